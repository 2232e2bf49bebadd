from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Generic, TypeVar

import pytest

from detent import tools
from detent.errors import ToolDefinitionError
from detent.tools import Context, tool
from detent.tools.signature import MISSING, Parameter, name_of, read_signature, underlying, wants_context

if TYPE_CHECKING:

    class Nowhere:
        """A type that is there for type checkers only."""


T = TypeVar("T")
UNANNOTATED: Callable[..., object] = eval("lambda a: a")  # hidden from the type checkers, which want an annotation too


class Thing(Generic[T]):
    def method(self, city: str) -> str:
        return city

    def __call__(self, days: int = 3) -> int:
        return days


def plain(context: Context[Nowhere], city: str, *, days: int = 3) -> Nowhere:
    """Do nothing."""
    raise NotImplementedError


def test_the_parameters_come_in_order_with_their_types_and_defaults() -> None:
    found = read_signature("t", plain)

    assert (Parameter("city", str), Parameter("days", int, 3)) == found.parameters
    assert found.takes_context
    assert found.parameters[0].default is MISSING


def test_bound_methods_objects_and_partials_show_what_is_left_to_fill_in() -> None:
    assert (Parameter("city", str),) == read_signature("t", Thing[int]().method).parameters
    assert (Parameter("days", int, 3),) == read_signature("t", Thing[int]()).parameters
    assert (Parameter("city", str),) == read_signature("t", functools.partial(plain, days=1)).parameters
    assert () == read_signature("t", functools.partial(Thing[int]().method, "Oslo")).parameters


def test_what_is_called_has_a_name() -> None:
    assert "plain" == name_of(functools.partial(functools.partial(plain), days=1))
    assert "Thing" == name_of(Thing[int]())
    assert plain is underlying(functools.partial(plain))


def test_a_decorator_that_keeps_what_it_wraps_is_looked_through() -> None:
    @functools.wraps(plain)
    def wrapper(*args: object, **kwargs: object) -> object:
        raise NotImplementedError

    assert ("city", "days") == tuple(each.name for each in read_signature("t", wrapper).parameters)


def test_a_local_class_is_found_by_its_name_in_the_text() -> None:
    class Local:
        pass

    def inner() -> tuple[Parameter, ...]:
        def function(a: Local, b: list[Local]) -> None: ...

        return read_signature("t", function).parameters

    assert (Parameter("a", Local), Parameter("b", list[Local])) == inner()


def test_the_context_may_come_as_a_text_or_annotated() -> None:
    def annotated(context: Annotated[Context[int], "why"]) -> None: ...
    def dotted(context: int) -> None: ...
    def positional(context: Context[int], /) -> None: ...

    dotted.__annotations__["context"] = "tools.Context[Nowhere]"

    assert wants_context(annotated)
    assert wants_context(plain)
    assert wants_context(positional)
    assert wants_context(dotted)
    assert Context is tools.Context


@pytest.mark.parametrize("function", [max, print, lambda: 1, UNANNOTATED, Thing[int]().method])
def test_a_function_that_does_not_ask_for_the_context_does_not_get_it(function: Callable[..., object]) -> None:
    assert not wants_context(function)


def many(*values: int) -> None: ...
def names(**values: int) -> None: ...
def positional(value: int, /) -> None: ...
def second(value: int, context: Context[int]) -> None: ...
def keyword(*, context: Context[int]) -> None: ...
def unresolvable(value: list[Nowhere]) -> None: ...
def raising(value: int) -> None: ...


raising.__annotations__["value"] = "1 / 0"  # no type checker would let it stand there


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (UNANNOTATED, "parameter 'a' has no annotation; write its type, for example `a: str`"),
        (many, "parameter 'values' takes any number of values"),
        (names, "parameter 'values' takes any names"),
        (positional, "parameter 'value' is positional-only"),
        (second, "parameter 'context' is a Context, which must come first"),
        (keyword, "parameter 'context' is a Context, which must come first"),
        (unresolvable, "the annotation of parameter 'value', 'list\\[Nowhere\\]', can not be resolved: name 'Nowhere'"),
        (raising, "parameter 'value', '1 / 0', can not be resolved: division by zero"),
        (Thing[int].method, "parameter 'self' has no annotation; decorate no method; pass the bound one"),
        (max, "its signature can not be read"),
    ],
)
def test_what_a_model_can_not_fill_in_is_a_definition_error(function: Callable[..., object], problem: str) -> None:
    with pytest.raises(ToolDefinitionError, match=problem):
        read_signature("t", function)


def test_the_error_names_the_tool() -> None:
    with pytest.raises(ToolDefinitionError, match="tool 'many': ") as caught:
        tool(many)

    assert "many" == caught.value.tool
