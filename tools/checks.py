"""What the attributes of a `Tool` must be like.  Each check raises `ToolDefinitionError`, which names tool and attribute."""

from __future__ import annotations

import inspect
import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol, TypeAlias, cast

from attrs import Attribute

from ..errors import ToolDefinitionError
from .wording import JsonObject, well_formed

__all__ = [
    "Approve",
    "HiddenUntil",
    "OnCrash",
    "check_approve",
    "check_call",
    "check_description",
    "check_flag",
    "check_hidden_until",
    "check_idempotent",
    "check_max_chars",
    "check_max_parallel",
    "check_name",
    "check_on_crash",
    "check_parameters",
    "check_requires",
    "check_retries",
    "check_timeout",
    "own_copy",
    "refuse_uncallable",
]

Approve: TypeAlias = bool | Callable[[Mapping[str, object]], bool]
"""Whether a person must agree to a call, or a function that says so of the arguments."""

# Any: the conversation, a type that the tools do not know.
HiddenUntil: TypeAlias = Callable[[Any], bool]
"""A function of the conversation that says whether a model may see the tool."""

OnCrash: TypeAlias = Literal["retry", "ask", "report"]
"""What becomes of a call that was running when the process died."""

_NAME = re.compile("[a-zA-Z0-9_-]{1,64}")
_FEWEST_CHARS = 100


class Named(Protocol):
    """A tool being checked."""

    @property
    def name(self) -> str: ...
    @property
    def retries(self) -> int: ...


def check_name(tool: Named, _: Attribute[str], name: object) -> None:
    """Refuse a name that a host would refuse."""
    if not isinstance(name, str):
        raise ToolDefinitionError(repr(name), "name must be a string")
    if not _NAME.fullmatch(name):
        raise ToolDefinitionError(name, "name must be 1 to 64 of A-Z a-z 0-9 _ -; hosts refuse others; give one with name=")


def check_description(tool: Named, _: Attribute[str], description: object) -> None:
    """Refuse what is no text."""
    if not isinstance(description, str):
        raise ToolDefinitionError(tool.name, f"description must be a string, not {type(description).__name__}")


def check_parameters(tool: Named, _: Attribute[JsonObject], parameters: object) -> None:
    """Refuse what is no schema of an object; whether it is a schema at all is seen when it is put to use."""
    if not isinstance(parameters, dict):
        raise ToolDefinitionError(tool.name, "parameters must be a JSON schema: a dictionary of what JSON can hold")
    if cast("JsonObject", parameters).get("type") != "object":
        raise ToolDefinitionError(tool.name, 'parameters must have "type": "object"; a host takes no other schema')


def check_call(tool: Named, _: Attribute[Callable[..., object]], call: object) -> None:
    """Refuse what can not be called."""
    refuse_uncallable(tool.name, call)


def refuse_uncallable(tool: str, call: object) -> None:
    """Raise unless *call* is a function, or an object like one."""
    if not callable(call) or isinstance(call, type):
        raise ToolDefinitionError(tool, f"call must be a function or a callable object, not {_kind(call)}")


def _kind(value: object) -> str:
    return f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__


def check_timeout(tool: Named, _: Attribute[float | None], timeout: object) -> None:
    """Refuse what is no time."""
    is_number = isinstance(timeout, int | float) and not isinstance(timeout, bool)
    if timeout is not None and not (is_number and math.isfinite(cast("float", timeout)) and cast("float", timeout) > 0):
        raise ToolDefinitionError(
            tool.name, f"timeout must be a number of seconds above 0, or None for no limit, not {timeout!r}"
        )


def check_retries(tool: Named, _: Attribute[int], retries: object) -> None:
    """Refuse what is no number of times."""
    if not isinstance(retries, int) or isinstance(retries, bool) or retries < 0:
        raise ToolDefinitionError(tool.name, f"retries must be 0 or more, not {retries!r}")


def check_idempotent(tool: Named, attribute: Attribute[bool], idempotent: object) -> None:
    """Refuse retries of a tool that has effects each time."""
    check_flag(tool, attribute, idempotent)
    if tool.retries and not idempotent:
        raise ToolDefinitionError(
            tool.name, "retries need idempotent=True: what a failed call has done, a second one does again"
        )


def check_approve(tool: Named, _: Attribute[bool], approve: object) -> None:
    """Refuse what can not decide at once."""
    if not isinstance(approve, bool) and not callable(approve):
        raise ToolDefinitionError(tool.name, f"approve must be True, False or a function of the arguments, not {approve!r}")
    if inspect.iscoroutinefunction(approve):
        raise ToolDefinitionError(tool.name, "approve must be a plain function, not an async one")


def check_flag(tool: Named, attribute: Attribute[bool], flag: object) -> None:
    """Refuse what is neither True nor False."""
    if not isinstance(flag, bool):
        raise ToolDefinitionError(tool.name, f"{attribute.name} must be True or False, not {flag!r}")


def check_max_chars(tool: Named, _: Attribute[int], most: object) -> None:
    """Refuse what leaves no room for a result."""
    if not isinstance(most, int) or isinstance(most, bool) or most < _FEWEST_CHARS:
        raise ToolDefinitionError(tool.name, f"max_chars must be {_FEWEST_CHARS} or more, not {most!r}")


def check_max_parallel(tool: Named, _: Attribute[int | None], most: object) -> None:
    """Refuse what is no number of calls."""
    if most is not None and (not isinstance(most, int) or isinstance(most, bool) or most < 1):
        raise ToolDefinitionError(tool.name, f"max_parallel must be 1 or more, or None for no limit, not {most!r}")


def check_requires(tool: Named, _: Attribute[tuple[str, ...]], names: tuple[object, ...]) -> None:
    """Refuse what are no names of other tools."""
    for name in names:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ToolDefinitionError(tool.name, f"requires must be the names of other tools, not {name!r}")
    if tool.name in names:
        raise ToolDefinitionError(tool.name, "requires itself, so it could never run")


def check_hidden_until(tool: Named, _: Attribute[HiddenUntil | None], condition: object) -> None:
    """Refuse what can not decide at once."""
    if condition is not None and (not callable(condition) or inspect.iscoroutinefunction(condition)):
        raise ToolDefinitionError(tool.name, f"hidden_until must be a plain function of the conversation, not {condition!r}")


def check_on_crash(tool: Named, _: Attribute[OnCrash | None], policy: object) -> None:
    """Refuse an unknown policy."""
    if policy not in (None, "retry", "ask", "report"):
        raise ToolDefinitionError(tool.name, f"on_crash must be 'retry', 'ask', 'report' or None, not {policy!r}")


def own_copy(parameters: Mapping[str, object]) -> JsonObject:
    """Return a copy that nobody else can change, with `properties`; None, which `check_parameters` refuses, for no JSON."""
    try:
        written = json.dumps(dict(parameters), allow_nan=False, ensure_ascii=False)
        copied = cast("JsonObject", json.loads(well_formed(written)))
    except (TypeError, ValueError, RecursionError):
        return cast("JsonObject", None)
    # A host refuses "object schema missing properties".
    return copied if "properties" in copied or copied.get("type") != "object" else {**copied, "properties": {}}
