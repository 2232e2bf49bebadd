"""Arguments from words, by schema: what is taken, what is left open, and what stands in when a call is forced."""

from __future__ import annotations

from typing import TypeAlias

import pytest

from detent.practice.filling import arguments, value_for
from detent.practice.reading import clues
from detent.practice.request import JSONValue, Offer
from detent.practice.schema import conforms, takes_text

Json: TypeAlias = dict[str, JSONValue]


def filled(text: str, schema: Json, *, forced: bool = False, definitions: Json | None = None) -> JSONValue:
    """Return what the one required parameter, `it`, is given; "open" when it is not."""
    properties: JSONValue = {"it": schema}
    parameters: Json = {"type": "object", "properties": properties, "required": ["it"], "$defs": definitions or {}}
    given = arguments(Offer(name="tool", parameters=parameters), clues(text), forced=forced)
    return "open" if given is None else given["it"]


@pytest.mark.parametrize(
    ("text", "schema", "expected"),
    [
        ("make it red", {"$ref": "#/$defs/Colour"}, "red"),
        ("make it of 7", {"anyOf": [{"type": "null"}, {"type": "integer"}]}, 7),
        ("make it of 7", {"oneOf": [{"$ref": "#/$defs/Colour"}]}, "open"),
        ("loop", {"$ref": "#/$defs/Loop"}, "loop"),
        ("nowhere", {"$ref": "#/nowhere"}, "nowhere"),
        ("x", {"const": 5}, 5),
        ("1 and 2 and 30", {"type": "integer", "minimum": 10}, 30),
        ("1 and 2", {"type": "integer", "minimum": 10}, "open"),
        ("about 2.5", {"type": "integer"}, "open"),
        ("about 1,234.5", {"type": "number"}, 1234.5),
        ("yes", {"type": "boolean"}, True),
        ("colours 'red' and 'green'", {"type": "array", "items": {"type": "string"}}, ["red", "green"]),
        ("nothing", {"type": "array", "items": {"type": "integer"}}, "open"),
        ("short", {"type": "string", "minLength": 20}, "open"),
        ("it: Oslo", {"type": "string"}, "Oslo"),
        (
            "of 7",
            {"type": "object", "properties": {"n": {"type": "integer"}, "m": {"type": "integer"}}, "required": ["n"]},
            {"n": 7},
        ),
    ],
)
def test_a_parameter_is_filled_from_the_words(text: str, schema: Json, expected: JSONValue) -> None:
    definitions: Json = {"Colour": {"enum": ["red", "green"]}, "Loop": {"$ref": "#/$defs/Loop"}}

    assert filled(text, schema, definitions=definitions) == expected


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer"}, 0),
        ({"type": "integer", "minimum": 3}, 3),
        ({"type": "number", "exclusiveMinimum": 2.5}, 3),
        ({"type": "integer", "exclusiveMaximum": -4}, -5),
        ({"type": "integer", "default": 9}, 9),
        ({"enum": ["a", "b"]}, "a"),
        ({"type": "array", "items": {"type": "integer"}}, []),
        ({"type": "object"}, {}),
        ({"type": "null"}, None),
        ({"type": "string", "minLength": 3, "maxLength": 3}, "---"),
    ],
)
def test_a_forced_call_has_something_that_fits(schema: Json, expected: JSONValue) -> None:
    assert filled("", schema, forced=True) == expected


def test_what_fits_nowhere_is_left_out_even_when_forced() -> None:
    assert value_for({"type": "string", "minLength": 10_000}, clues("")) is None


def test_recursion_has_an_end() -> None:
    tree: Json = {"type": "object", "properties": {"of": {"$ref": "#"}}, "required": ["of"]}

    assert value_for(tree, clues("a tree")) is None


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"const": 1}, True),
        ({"enum": [0]}, False),
        ({"type": "integer"}, True),
        ({"type": "number"}, "1"),
        ({"type": ["string", "null"]}, 1),
        ({"type": "array", "minItems": 1}, []),
        ({"type": "object", "required": ["a"]}, {}),
        ({"maximum": 3}, 4),
    ],
)
def test_what_does_not_conform_is_seen(schema: Json, value: JSONValue) -> None:
    assert not conforms(schema, value)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, True),
        ({"title": "Anything"}, True),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, True),
        ({"enum": ["x", "y"]}, True),
        ({"enum": ["y"]}, False),
        ({"const": 1}, False),
        ({"type": "integer"}, False),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, False),
        ({"$ref": "#/$defs/Elsewhere"}, False),
        ({"type": "string", "maxLength": 0}, False),
    ],
)
def test_a_text_goes_only_where_texts_are_taken(schema: Json, expected: bool) -> None:
    assert takes_text(schema, "x") is expected
