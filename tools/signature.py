"""What a function asks for: its parameters with their annotations resolved, and whether it wants the `Context`."""

from __future__ import annotations

import functools
import inspect
import sys
import types
import typing
from collections.abc import Callable, Iterator, Mapping

from attrs import frozen

from ..errors import ToolDefinitionError
from .context import is_context

__all__ = ["MISSING", "Parameter", "Signature", "name_of", "read_signature", "underlying", "wants_context", "without_partials"]

MISSING = inspect.Parameter.empty
"""The default of a parameter that has none."""

_EXAMPLE = "write its type, for example `{0}: str`"
_REFUSED_KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: "is positional-only, but arguments are passed by name; remove the `/`",
    inspect.Parameter.VAR_POSITIONAL: "takes any number of values, which no schema can describe; take a list instead",
    inspect.Parameter.VAR_KEYWORD: "takes any names, which no schema can describe; name the parameters or take a dict",
}


@frozen
class Parameter:
    """A parameter the model fills in.  *annotation* is a type, never a text; *default* may be `MISSING`."""

    name: str
    annotation: object
    default: object = MISSING


@frozen
class Signature:
    """The parameters in order, the `Context` not among them."""

    parameters: tuple[Parameter, ...]
    takes_context: bool


def name_of(function: Callable[..., object]) -> str:
    """Return the function's own name; for a callable object that of its class."""
    named = without_partials(function)
    return str(getattr(named, "__name__", type(named).__name__))


def without_partials(function: Callable[..., object]) -> Callable[..., object]:
    """Return what a `functools.partial` calls; anything else as it is."""
    while isinstance(function, functools.partial):
        function = typing.cast("functools.partial[object]", function).func
    return function


def underlying(function: Callable[..., object]) -> Callable[..., object]:
    """Return the function that was written: under partials, a callable object and decorators that keep `__wrapped__`."""
    written = without_partials(function)
    call: Callable[..., object] = written if inspect.isroutine(written) else type(written).__call__
    unwrapped: Callable[..., object] = inspect.unwrap(call)
    return unwrapped


def wants_context(function: Callable[..., object]) -> bool:
    """Whether the first parameter is annotated `Context`; False where that can not be found out."""
    try:
        first = next(_asked_for(function), None)
    except (TypeError, ValueError, NameError):
        return False
    return first is not None and _wants_context(function, first)


def read_signature(tool: str, function: Callable[..., object]) -> Signature:
    """Return what *function* asks for.  Raises `ToolDefinitionError` for a parameter that a model could not fill in."""
    try:
        asked = list(_asked_for(function))
    except (TypeError, ValueError, NameError) as error:
        raise ToolDefinitionError(tool, f"its signature can not be read: {error}") from error
    takes_context = bool(asked) and _wants_context(function, asked[0])
    rest = asked[1:] if takes_context else asked
    return Signature(tuple(_parameter(tool, function, each) for each in rest), takes_context)


def _asked_for(function: Callable[..., object]) -> Iterator[inspect.Parameter]:
    """Yield the parameters, without those that a partial has fixed: what the caller has set is not the model's to change."""
    fixed = _fixed(function)
    for name, parameter in inspect.signature(function).parameters.items():
        if name not in fixed:
            yield parameter


def _fixed(function: Callable[..., object]) -> Mapping[str, object]:
    return typing.cast("functools.partial[object]", function).keywords if isinstance(function, functools.partial) else {}


def _wants_context(function: Callable[..., object], first: inspect.Parameter) -> bool:
    if first.kind not in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD):
        return False
    annotations = [first.annotation]
    if isinstance(first.annotation, str):
        # The type of `deps` is often imported for type checkers only; the name before the bracket is enough.
        annotations.append(first.annotation.partition("[")[0])
    return any(_is_context(function, annotation) for annotation in annotations)


def _is_context(function: Callable[..., object], annotation: object) -> bool:
    try:
        return is_context(_resolved(function, annotation))
    except Exception:  # whatever a text evaluates to or raises: it is not the Context; if it is wrong, that is said later
        return False


def _parameter(tool: str, function: Callable[..., object], parameter: inspect.Parameter) -> Parameter:
    name = parameter.name
    if parameter.kind in _REFUSED_KINDS:
        raise ToolDefinitionError(tool, f"parameter {name!r} {_REFUSED_KINDS[parameter.kind]}")
    if parameter.annotation is MISSING:
        hint = "decorate no method; pass the bound one: `tool(thing.method)`" if name == "self" else _EXAMPLE.format(name)
        raise ToolDefinitionError(tool, f"parameter {name!r} has no annotation; {hint}")
    try:
        annotation = _resolved(function, parameter.annotation)
    except Exception as error:  # evaluating an annotation can raise anything
        problem = f"the annotation of parameter {name!r}, {parameter.annotation!r}, can not be resolved: {error}"
        raise ToolDefinitionError(tool, f"{problem}; define or import its names where the function is defined") from error
    if is_context(annotation):
        raise ToolDefinitionError(tool, f"parameter {name!r} is a Context, which must come first and by position")
    return Parameter(name, annotation, parameter.default)


def _resolved(function: Callable[..., object], annotation: object) -> object:
    """Return *annotation* with every text in it evaluated where the function was written."""
    written = underlying(function)
    holder = types.SimpleNamespace(__annotations__={"it": annotation})
    names: dict[str, object] = getattr(written, "__globals__", {})
    try:
        return typing.get_type_hints(holder, names, {}, include_extras=True)["it"]
    except NameError:
        return typing.get_type_hints(holder, names, _enclosing(written), include_extras=True)["it"]


def _enclosing(function: Callable[..., object]) -> dict[str, object]:
    """Return the local names of the functions that *function* is being defined in: the frames with their names, on the stack.

    A text is no reference to a local class, so nothing else leads there (pydantic looks at the caller's frame for the same
    reason).
    """
    parts = getattr(function, "__qualname__", "").split(".<locals>.")
    outer = {".<locals>.".join(parts[:count]): count for count in range(1, len(parts))}
    source = getattr(getattr(function, "__code__", None), "co_filename", None)
    found: dict[int, dict[str, object]] = {}
    frame = sys._getframe()  # pyright: ignore[reportPrivateUsage]  # the only way to the stack without reading its sources
    while frame := typing.cast("types.FrameType", frame.f_back):
        if frame.f_code.co_filename == source and frame.f_code.co_qualname in outer:
            found.setdefault(outer[frame.f_code.co_qualname], frame.f_locals)
    return {name: value for _, names in sorted(found.items()) for name, value in names.items()}
