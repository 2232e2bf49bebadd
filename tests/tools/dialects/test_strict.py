from __future__ import annotations

from typing import Any

import pytest
from wire_dialects import strict_problems

from detent.tools.dialects import Converted, Dropped, convert


def strict(schema: object, **definitions: Any) -> Converted:
    converted = convert({"type": "object", "properties": {"p": schema}, "required": ["p"], "$defs": definitions}, "strict")
    assert not converted.strict or [] == strict_problems(converted.schema)
    return converted


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "enum": ["a"]}, {"type": "string", "enum": ["a"]}),
        ({"type": "string", "default": "a"}, {"type": "string", "description": 'Default: "a"'}),
        ({"type": "string", "minLength": 2}, {"type": "string", "description": "2 or more characters"}),
        ({"type": "string", "pattern": "^(?=a)"}, {"type": "string", "description": "Matches the regular expression ^(?=a)"}),
        ({"type": "string", "pattern": "^a"}, {"type": "string", "pattern": "^a"}),
        ({"type": "string", "format": "ipv4"}, {"type": "string", "format": "ipv4"}),
        ({"type": "number", "exclusiveMinimum": 0}, {"type": "number", "exclusiveMinimum": 0}),
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, {"anyOf": [{"type": "string"}, {"type": "integer"}]}),
        (
            {"type": "object", "properties": {}, "additionalProperties": False},
            {"type": "object", "properties": {}, "required": [], "additionalProperties": False},
        ),
        (
            {"type": "object", "properties": {"a": {"type": ["string", "null"]}, "b": {"enum": ["x"]}}},
            {
                "type": "object",
                "properties": {
                    "a": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                    "b": {"anyOf": [{"type": "string", "enum": ["x"]}, {"type": "null"}]},
                },
                "required": ["a", "b"],
                "additionalProperties": False,
            },
        ),
    ],
)
def test_the_strict_form(schema: dict[str, Any], expected: object) -> None:
    converted = strict(schema)

    assert converted.strict
    assert {"p": expected} == converted.schema["properties"]


@pytest.mark.parametrize(
    ("schema", "keyword"),
    [
        ({}, "type"),
        (True, "type"),
        ({"type": "array"}, "type"),
        ({"type": "object"}, "additionalProperties"),
        ({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": True}, "additionalProperties"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "additionalProperties"),
        ({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["b"]}, "required"),
        ({"type": "string", "not": {"const": "a"}}, "not"),
        ({"type": "object", "properties": {"a": {"type": "string"}}, "patternProperties": {"^b": {}}}, "patternProperties"),
        ({"type": "string", "$dynamicRef": "#"}, "$dynamicRef"),
        ({"$ref": "#/$defs/none"}, "$ref"),
    ],
)
def test_where_the_form_of_a_value_can_not_be_told_there_is_no_strict_form(schema: object, keyword: str) -> None:
    converted = strict(schema)

    assert not converted.strict
    assert schema == converted.schema["properties"]["p"]  # type: ignore[index]  # JSON
    assert keyword in [each.keyword for each in converted.dropped]


def test_what_stands_in_the_way_is_named_with_its_place() -> None:
    items = {"type": "array", "items": {"type": "object", "additionalProperties": True}}

    assert (Dropped("/properties/p/items", "additionalProperties", "an object of any properties can not be strict"),) == strict(
        items
    ).dropped


def test_references_stay_and_may_go_round() -> None:
    tree = {"type": "object", "properties": {"left": {"$ref": "#/$defs/tree"}}, "additionalProperties": False}
    converted = strict({"$ref": "#/$defs/tree"}, tree=tree)

    assert converted.strict
    assert {"$ref": "#/$defs/tree"} == converted.schema["properties"]["p"]  # type: ignore[index]  # JSON
    assert ["tree"] == list(converted.schema["$defs"])  # type: ignore[call-overload]  # JSON


def test_a_tool_without_parameters_can_be_strict() -> None:
    converted = convert({"type": "object", "properties": {}}, "strict")

    assert converted.strict
    assert {"type": "object", "properties": {}, "required": [], "additionalProperties": False} == converted.schema


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"a": schema}, "required": ["a"], "additionalProperties": False}
    return schema


def test_ten_levels_and_a_thousand_choices_are_the_most() -> None:
    assert strict(nested(9)).strict
    assert not strict(nested(10)).strict
    assert strict({"type": "integer", "enum": list(range(1_000))}).strict
    assert not strict({"type": "integer", "enum": list(range(1_001))}).strict
    assert not strict({"type": "string", "enum": ["x" * 121_000]}).strict
