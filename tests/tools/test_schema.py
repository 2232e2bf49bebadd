from __future__ import annotations

import datetime
import decimal
import enum
import json
import pathlib
import uuid
from collections.abc import Callable
from typing import Annotated, Literal

import jsonschema  # type: ignore[import-untyped]  # typed only with types-jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from detent.errors import ToolDefinitionError
from detent.tools import Arguments, Refused, tool


class Unit(enum.Enum):
    CELSIUS = "c"
    KELVIN = "k"


class Titled(BaseModel):
    title: str
    properties: dict[str, int] = {"title": 1}


class StrictDay(BaseModel):
    model_config = ConfigDict(strict=True)
    day: datetime.date


def weather(city: str, days: int = 3, *, unit: Unit = Unit.CELSIUS, tags: list[str] | None = None) -> None:
    """Report the weather.

    Args:
        city: The city.
    """


def message(function: Callable[..., object], **given: object) -> str:
    found = tool(function).read(json.dumps(given))
    assert isinstance(found, Refused)
    return found.message


def test_the_schema_of_a_function_is_compact() -> None:
    assert {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "The city."},
            "days": {"type": "integer", "default": 3},
            "unit": {"$ref": "#/$defs/Unit", "default": "c"},
            "tags": {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "null"}], "default": None},
        },
        "required": ["city"],
        "additionalProperties": False,
        "$defs": {"Unit": {"type": "string", "enum": ["c", "k"]}},
    } == tool(weather).parameters


def test_a_function_without_parameters_takes_an_empty_object() -> None:
    def function() -> None: ...

    assert {"type": "object", "properties": {}, "additionalProperties": False} == tool(function).parameters
    assert Arguments(keywords={}, json={}) == tool(function).read("")
    assert "a: unknown, no arguments are taken" == message(function, a=1)


def test_titles_go_but_properties_and_keys_called_title_stay() -> None:
    def function(title: Titled, it: tuple[Titled, int], more: Titled | None = None) -> None: ...

    parameters = tool(function).parameters
    titled = {
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "properties": {"type": "object", "additionalProperties": {"type": "integer"}, "default": {"title": 1}},
        },
        "required": ["title"],
    }

    assert ["title", "it"] == parameters["required"]
    assert {"Titled": titled} == parameters["$defs"]
    assert "Titled" not in json.dumps(parameters["properties"]).replace("$defs/Titled", "")


def test_values_have_the_annotated_types() -> None:
    def function(
        day: datetime.date,
        unit: Unit,
        price: decimal.Decimal,
        key: uuid.UUID,
        at: pathlib.Path,
        some: set[int],
        strict: StrictDay,
    ) -> None: ...

    key = "00000000-0000-0000-0000-000000000001"
    given = {"day": "2026-11-20", "unit": "k", "price": "1.10", "key": key, "at": "/a", "some": [1, "2"]}
    found = tool(function).read(json.dumps({**given, "strict": {"day": "2026-11-20"}}))

    assert isinstance(found, Arguments)
    assert {
        "day": datetime.date(2026, 11, 20),
        "unit": Unit.KELVIN,
        "price": decimal.Decimal("1.10"),
        "key": uuid.UUID(int=1),
        "at": pathlib.Path("/a"),
        "some": {1, 2},
        "strict": StrictDay(day=datetime.date(2026, 11, 20)),
    } == found.keywords
    assert "k" == found.json["unit"]


def test_the_functions_own_defaults_are_filled_in() -> None:
    found = tool(weather).read('{"city": "Oslo"}')

    assert Arguments(keywords={"city": "Oslo", "days": 3, "unit": Unit.CELSIUS, "tags": None}, json={"city": "Oslo"}) == found


def test_a_default_may_be_a_pydantic_field() -> None:
    def function(city: str = Field(default="Oslo", description="The city."), days: int = Field(ge=1)) -> None: ...

    parameters = tool(function).parameters

    assert {"type": "string", "default": "Oslo", "description": "The city."} == parameters["properties"]["city"]  # type: ignore[index]  # pyright: ignore
    assert Arguments(keywords={"city": "Oslo", "days": 1}, json={"days": 1}) == tool(function).read('{"days": 1}')


def test_each_problem_is_told_with_its_path() -> None:
    def function(
        city: str, stops: list[Titled], unit: Unit, mode: Literal["a", "b"], days: Annotated[int, Field(ge=1)]
    ) -> None: ...

    text = message(function, city=3, stops=[{"title": "x"}, {}], unit="f", mode=2, days=0)

    assert [
        "city: a string is wanted, not 3",
        "stops[1].title: missing",
        "unit: 'c' or 'k' is wanted, not \"f\"",
        "mode: 'a' or 'b' is wanted, not 2",
        "days: should be greater than or equal to 1, not 0",
    ] == text.split("; ")


def test_the_branches_of_a_union_are_one_problem() -> None:
    def function(it: int | str | Titled) -> None: ...

    assert "it: an integer or a string or an object is wanted, not []" == message(function, it=[])


def test_an_unknown_name_comes_first_and_the_closest_known_one_with_it() -> None:
    assert "citty: unknown, did you mean `city`?; city: missing" == message(weather, citty="Oslo")


def test_what_a_validator_says_is_told() -> None:
    def lower(value: str) -> str:
        if value != value.lower():
            raise ValueError("write it small")
        return value

    def short(value: str) -> str:
        if len(value) > 2:
            raise AssertionError("too long")
        return value

    def function(a: Annotated[str, AfterValidator(lower)] = "", b: Annotated[str, AfterValidator(short)] = "") -> None: ...

    assert "a: write it small; b: too long" == message(function, a="A", b="bbb")


def test_an_unknown_name_further_in_and_depth_are_told() -> None:
    class Closed(BaseModel):
        model_config = ConfigDict(extra="forbid")

    def function(it: Closed | None = None, deep: object = None) -> None: ...

    assert "it.a: unknown" == message(function, it={"a": 1})
    assert Refused("the arguments: nested too deeply") == tool(function).read('{"deep": ' + "[" * 300 + "]" * 300 + "}")


def test_the_culprit_is_named() -> None:
    class Odd: ...

    def odd(a: int, it: list[Odd]) -> None: ...
    def function(a: int, it: Callable[[int], int]) -> None: ...

    with pytest.raises(
        ToolDefinitionError, match=r"tool 'odd': the type of parameter 'it' can not be described.*Odd"
    ) as caught:
        tool(odd)
    with pytest.raises(ToolDefinitionError, match="tool 'function': the type of parameter 'it' can not be described"):
        tool(function)
    assert "arbitrary_types_allowed" not in str(caught.value)


def test_what_only_fails_together_is_told_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    from detent.tools import fields

    def of(name: str, parameters: tuple[object, ...], texts: object) -> fields.Fields:
        if len(parameters) > 1:
            raise RuntimeError
        return fields.Fields(Titled, ())

    monkeypatch.setattr(fields.Fields, "of", of)
    with pytest.raises(ToolDefinitionError, match="the parameters can not be described: RuntimeError"):
        tool(weather)


@given(
    st.fixed_dictionaries({"city": st.text()}, optional={"days": st.integers(-9, 9), "tags": st.none() | st.lists(st.text())})
)
def test_what_the_schema_allows_is_read(arguments: dict[str, object]) -> None:
    jsonschema.validate(arguments, TOOL.parameters)
    found = TOOL.read(json.dumps(arguments))

    assert isinstance(found, Arguments)
    assert arguments == found.json
    assert arguments == {name: found.keywords[name] for name in arguments}


TOOL = tool(weather)
