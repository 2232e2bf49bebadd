from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, Literal, NotRequired, Optional, Required, TypedDict, TypeVar

import attrs
import pytest
from pydantic import BaseModel, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from detent.errors import ToolDefinitionError
from detent.tools import Arguments, Refused, tool

T = TypeVar("T")


@attrs.frozen
class Seat:
    """A seat."""

    row: int = attrs.field(validator=attrs.validators.ge(1))
    _name: str = attrs.field(default="a", validator=attrs.validators.instance_of(str))
    tags: list[str] = attrs.field(factory=list[str])
    count: int = attrs.field(init=False, default=0)


class Trip(TypedDict, total=False):
    """A trip."""

    seat: Required[Seat]
    day: str
    note: NotRequired[str]


@attrs.frozen
class Train:
    seats: tuple[Seat, ...]
    first: Seat | None = None


@attrs.frozen
class Node:
    children: list[Node]


@attrs.frozen
class Box(Generic[T]):
    inside: T


@attrs.frozen
class Strict:
    it: object = attrs.field(validator=attrs.validators.instance_of(int))


@attrs.frozen
class Bare:
    inside = attrs.field()  # type: ignore[var-annotated]  # pyright: ignore


@attrs.frozen
class Fussy:
    inside: int

    def __attrs_post_init__(self) -> None:
        raise TypeError


@attrs.frozen
class Able:
    inside: int

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(cls, core_schema.int_schema())


def read(function: Callable[..., object], **given: object) -> object:
    found = tool(function).read(json.dumps(given))
    return found.keywords["it"] if isinstance(found, Arguments) else found


def test_an_attrs_class_is_built_wherever_it_stands() -> None:
    def alone(it: Seat) -> None: ...
    def listed(it: list[Seat]) -> None: ...
    def keyed(it: dict[str, Seat]) -> None: ...
    def optional(it: Optional[Seat]) -> None: ...  # noqa: UP045  # the older form is used as well
    def either(it: int | Seat) -> None: ...
    def annotated(it: Annotated[Seat, Field(description="Where.")]) -> None: ...
    def sequence(it: Sequence[Seat]) -> None: ...
    def nested(it: Train) -> None: ...

    assert Seat(1) == read(alone, it={"row": "1"})
    assert [Seat(1, "b", ["x"])] == read(listed, it=[{"row": 1, "name": "b", "tags": ["x"]}])
    assert {"a": Seat(1)} == read(keyed, it={"a": {"row": 1}})
    assert Seat(1) == read(optional, it={"row": 1})
    assert Seat(1) == read(either, it={"row": 1})
    assert Seat(1) == read(annotated, it={"row": 1})
    assert [Seat(1)] == read(sequence, it=[{"row": 1}])
    assert Train((Seat(1),), Seat(2)) == read(nested, it={"seats": [{"row": 1}], "first": {"row": 2}})


def test_an_attrs_class_is_described_once() -> None:
    def function(a: Seat, b: list[Seat]) -> None: ...

    parameters = tool(function).parameters
    seat = {
        "type": "object",
        "description": "A seat.",
        "properties": {
            "row": {"type": "integer"},
            "name": {"type": "string", "default": "a"},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["row"],
        "additionalProperties": False,
    }

    assert {"Seat": seat} == parameters["$defs"]


def test_what_an_attrs_class_refuses_is_told_to_the_model() -> None:
    def function(it: Seat) -> None: ...
    def fussy(it: Fussy) -> None: ...

    assert Refused("it: 'row' must be >= 1: 0") == read(function, it={"row": 0})
    assert Refused("it.count: unknown") == read(function, it={"row": 1, "count": 2})
    assert Refused("it: can not be built") == read(fussy, it={"inside": 2})


def test_a_validator_of_an_attrs_class_that_raises_a_type_error_is_told_too() -> None:
    def function(it: Strict) -> None: ...

    found = read(function, it={"it": "x"})

    assert isinstance(found, Refused)
    assert found.message.startswith("it: 'it' must be <class 'int'>")


def test_a_typed_dict_has_the_keys_it_says() -> None:
    def function(it: Trip) -> None: ...

    trip = tool(function).parameters["$defs"]["Trip"]  # type: ignore[index]  # pyright: ignore

    assert ["seat"] == trip["required"]
    assert "A trip." == trip["description"]
    assert {"seat": Seat(1), "day": "Monday"} == read(function, it={"seat": {"row": 1}, "day": "Monday"})
    assert Refused("it.seat: missing") == read(function, it={"note": "x"})


def test_other_types_stay_as_they_are() -> None:
    @dataclasses.dataclass
    class Point:
        x: int

    def function(it: Literal["a", "b"], b: Able, c: dict[str, list[int]], d: Point, e: list[None] | None) -> None: ...

    found = tool(function).read('{"it": "a", "b": 1, "c": {"x": [1]}, "d": {"x": 1}, "e": [null]}')

    assert isinstance(found, Arguments)
    assert {"it": "a", "b": Able(1), "c": {"x": [1]}, "d": Point(1), "e": [None]} == found.keywords


def test_a_recursive_pydantic_model_needs_no_rewriting() -> None:
    def function(it: Tree) -> None: ...

    assert Tree(children=[Tree(children=[])]) == read(function, it=Tree(children=[Tree(children=[])]).model_dump())


class Tree(BaseModel):
    children: list[Tree]


def test_what_can_not_be_rewritten_is_a_definition_error() -> None:
    def recursive(it: list[Node]) -> None: ...
    def generic(it: Box[int]) -> None: ...
    def bare(it: Bare) -> None: ...

    with pytest.raises(ToolDefinitionError, match=r"parameter 'it' .* Node contains itself"):
        tool(recursive)
    with pytest.raises(ToolDefinitionError, match=r"parameter 'it' .*Box"):
        tool(generic)
    with pytest.raises(ToolDefinitionError, match=r"parameter 'it' .* Bare\.inside has no annotation"):
        tool(bare)
