"""`Tool`: a function a model may call, what it is told of it, and under which policy it runs."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterable
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from attrs import Factory, field, frozen

from .arguments import Arguments, Reader, Refused, parse
from .checks import (
    Approve,
    HiddenUntil,
    OnCrash,
    check_approve,
    check_call,
    check_description,
    check_flag,
    check_hidden_until,
    check_idempotent,
    check_max_chars,
    check_max_parallel,
    check_name,
    check_on_crash,
    check_parameters,
    check_requires,
    check_retries,
    check_timeout,
    own_copy,
)
from .signature import wants_context, without_partials
from .wording import JsonObject, well_formed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .dialects import Restoring
    from .dialects.declaring import Dumpable

__all__ = ["Tool"]


def _clean(description: str) -> str:
    return well_formed(description) if isinstance(description, str) else description  # pyright: ignore[reportUnnecessaryIsInstance]  # refused later


def _names(names: str | Iterable[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _finds_context(tool: Tool) -> bool:
    return wants_context(tool.call)


@frozen(kw_only=True, eq=False, slots=False)
class Tool:
    """A function a model may call.

    *parameters* is a JSON schema of type object, *call* a plain or async function that takes the arguments by keyword (and
    the `Context` first, where its first parameter is annotated so).  `@tool` makes all four of a function; given by hand,
    the schema is checked here, and its references must stay within it: nothing is ever fetched.

    The policy: a call may take *timeout* seconds (None: any time) and is tried *retries* times more when it fails, which
    only an *idempotent* tool allows.  *approve* is whether a person must agree first, or a function that says so of the
    arguments.  While an *exclusive* tool runs no other does; of this one at most *max_parallel* calls of a run run at once.
    Results are cut after *max_chars* characters.  *on_crash* is what becomes of a call that was running when the process
    died: `retry`, `ask` a person or `report` to the model that its outcome is unknown; None leaves it to *idempotent*.
    *requires* names tools that must have returned in the conversation before this one may run.  *hidden_until* is a
    function of the conversation: while it does not hold, the model neither sees the tool nor can call it.

    Raises `ToolDefinitionError` for anything else.  Two tools are equal only when they are the same object.
    """

    name: str = field(validator=check_name)
    description: str = field(default="", converter=_clean, validator=check_description)
    parameters: JsonObject = field(repr=False, converter=own_copy, validator=check_parameters)
    call: Callable[..., object] = field(repr=False, validator=check_call)
    timeout: float | None = field(default=None, validator=check_timeout)
    retries: int = field(default=0, validator=check_retries)
    idempotent: bool = field(default=False, validator=check_idempotent)
    approve: Approve = field(default=False, validator=check_approve)
    exclusive: bool = field(default=False, validator=check_flag)
    max_parallel: int | None = field(default=None, validator=check_max_parallel)
    max_chars: int = field(default=20_000, validator=check_max_chars)
    on_crash: OnCrash | None = field(default=None, validator=check_on_crash)
    requires: tuple[str, ...] = field(default=(), converter=_names, validator=check_requires)
    hidden_until: HiddenUntil | None = field(default=None, validator=check_hidden_until)
    takes_context: bool = field(default=Factory(_finds_context, takes_self=True), validator=check_flag)
    _reader: Reader | None = field(default=None, alias="reader", repr=False)
    _reads: Reader = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Make the check of arguments, and look like the function to `help`, `inspect` and whoever prints it."""
        self.__dict__["_reads"] = self._reader or self._read_by_schema()
        for name in ("__module__", "__name__", "__qualname__", "__doc__"):
            if hasattr(self.call, name):
                self.__dict__[name] = getattr(self.call, name)
        self.__dict__["__wrapped__"] = self.call

    def _read_by_schema(self) -> Reader:
        from .raw import reader_of  # here: jsonschema is needed for schemas made by hand only

        return reader_of(self.name, self.parameters)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # Any: the function's own types, which a Tool does not carry
        """Call the function as if it were no tool: `weather("Oslo")`."""
        return self.call(*args, **kwargs)

    @property
    def is_async(self) -> bool:
        """Whether calling it gives a coroutine at once, so that it needs no thread of its own."""
        function = without_partials(self.call)
        return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)

    @classmethod
    def from_gemini(
        cls,
        declaration: Mapping[str, object] | Dumpable,
        *,
        call: Callable[..., object],
        **policy: Any,  # Any: the attributes of a tool below `call`, which are checked like those
    ) -> Tool:
        """Return the tool that Gemini's function *declaration* tells of.

        It is a mapping, or a `google.genai.types.FunctionDeclaration`.  Raises `ToolDefinitionError` for what is none.
        """
        from .dialects import declared

        said = declared(declaration)
        return cls(name=said.name, description=said.description, parameters=said.parameters, call=call, **policy)

    def to_gemini(self) -> JsonObject:
        """Return the function declaration for Gemini's native API: a dictionary of the caller's own."""
        from .dialects import declaration

        return declaration(self)

    def to_openai(self, *, strict: bool = False) -> JsonObject:
        """Return the entry of a request's `tools`: a dictionary of the caller's own.

        With *strict* it has OpenAI's strict form, if the schema has one: `dialects.convert(..., "strict")` says what stands in
        the way.
        """
        if strict:
            from .dialects import entry

            return entry(self, "strict")
        described: JsonObject = {"description": self.description} if self.description else {}
        function = {"name": self.name, **described, "parameters": copy.deepcopy(self.parameters)}
        return {"type": "function", "function": function}

    @cached_property
    def _restoring(self) -> Restoring:
        from .dialects import Restoring

        return Restoring.of(self.parameters)

    def read(self, arguments: str) -> Arguments | Refused:
        """Return the arguments in the model's text *arguments*, or what is wrong with them.  Never raises."""
        try:
            given = parse(arguments)
            return given if isinstance(given, Refused) else self._restoring.read(given, self._reads)
        except RecursionError:
            return Refused("the arguments are nested too deeply")
        except Exception as error:  # a validator of the user's own types may raise anything
            return Refused(f"the arguments could not be checked: {type(error).__name__}")

    def is_visible(self, conversation: object) -> bool:
        """Whether a model may see the tool in *conversation*.  A condition that raises does not hold."""
        try:
            return self.hidden_until is None or bool(self.hidden_until(conversation))
        except Exception:  # the condition is the user's code; to hide a tool does no harm
            return False

    def needs_approval(self, arguments: Arguments) -> bool:
        """Whether a person must agree to a call with *arguments*.  A predicate that raises means yes."""
        if isinstance(self.approve, bool):
            return self.approve
        try:
            return bool(self.approve(MappingProxyType(arguments.keywords)))
        except Exception:  # the predicate is the user's code; asking once too often does no harm
            return True
