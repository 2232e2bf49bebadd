"""`@tool`: a tool from a function's signature and docstring."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import TypedDict, Unpack, overload

from ..errors import ToolDefinitionError
from .checks import Approve, HiddenUntil, OnCrash, refuse_uncallable
from .docstring import read_docstring
from .signature import name_of, read_signature
from .tool import Tool

__all__ = ["Policy", "tool"]


class Policy(TypedDict, total=False):
    """How a tool is to be run; `Tool` says what each means and what holds without it."""

    timeout: float | None
    retries: int
    idempotent: bool
    approve: Approve
    exclusive: bool
    max_parallel: int | None
    max_chars: int
    on_crash: OnCrash | None
    requires: str | Iterable[str]
    hidden_until: HiddenUntil | None


@overload
def tool(
    function: Callable[..., object], /, *, name: str | None = None, description: str | None = None, **policy: Unpack[Policy]
) -> Tool: ...
@overload
def tool(
    *, name: str | None = None, description: str | None = None, **policy: Unpack[Policy]
) -> Callable[[Callable[..., object]], Tool]: ...
def tool(
    function: Callable[..., object] | None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    **policy: Unpack[Policy],
) -> Tool | Callable[[Callable[..., object]], Tool]:
    """Return the tool that *function* is; without one, a decorator that does.

    The annotations become the JSON schema, the docstring (Google, NumPy or Sphinx style) the descriptions.  *name* and
    *description* replace the function's own.  *function* may be async, a bound method, a `functools.partial` (what it fixes
    stays hidden) or a callable object.  A first parameter annotated `Context` gets the context and is not described.  A
    generator, sync or async, tells with each value that it yields how far it has come; its result is what it returns, or
    else the last of these.

    Raises `ToolDefinitionError` for a parameter without an annotation, `*args` and `**kwargs`, and a type that no JSON
    schema describes.
    """
    if function is None:
        return functools.partial(tool, name=name, description=description, **policy)
    if isinstance(function, Tool):
        return _as_it_is(function, name, description, policy)
    name = name_of(function) if name is None else name
    refuse_uncallable(name, function)
    asked, documented = read_signature(name, function), read_docstring(function)
    from .schema import schema_of  # here, because it imports pydantic, and `import detent` shall be quick

    parameters, reader = schema_of(name, asked.parameters, documented.parameters)
    return Tool(
        name=name,
        description=documented.description if description is None else description,
        parameters=parameters,
        call=function,
        takes_context=asked.takes_context,
        reader=reader,
        **policy,
    )


def _as_it_is(given: Tool, name: str | None, description: str | None, policy: Policy) -> Tool:
    if policy or name is not None or description is not None:
        raise ToolDefinitionError(given.name, "is a tool already; change one with attrs.evolve")
    return given
