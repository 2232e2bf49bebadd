from __future__ import annotations

from typing import Any

import pytest
from wire_dialects import moonshot_problems

from detent.tools.dialects import convert

ANY = ["string", "number", "boolean", "array", "object", "null"]


def prop(schema: object, **definitions: Any) -> dict[str, Any]:
    written = convert({"type": "object", "properties": {"p": schema}, "$defs": definitions}, "moonshot").schema
    assert [] == moonshot_problems(written)
    return written["properties"]["p"]  # type: ignore[index,no-any-return]  # JSON


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (True, {"type": ANY}),
        ({"description": "D", "default": 1}, {"type": ANY, "description": "D (default: 1)"}),
        ({"enum": ["a", "b"]}, {"type": "string", "enum": ["a", "b"]}),
        ({"enum": ["a", None]}, {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]}),
        ({"type": "string", "format": "uri"}, {"type": "string", "description": "Format: uri"}),
        ({"type": "string", "default": "a"}, {"type": "string", "default": "a"}),
        ({"type": "string", "default": None}, {"type": "string", "description": "Default: null"}),
        ({"type": "integer", "default": True}, {"type": "integer", "description": "Default: true"}),
        ({"type": "array", "default": []}, {"type": "array", "description": "Default: []"}),
        ({"type": "array", "items": {}}, {"type": "array"}),
        (
            {"type": "array", "items": {"type": "string"}, "minItems": 1},
            {"type": "array", "minItems": 1, "items": {"type": "string"}},
        ),
        ({"type": "integer", "maximum": 2**60}, {"type": "integer", "description": f"At most {2**60}"}),
        (
            {"type": "integer", "minimum": 5, "exclusiveMaximum": 1},
            {"type": "integer", "minimum": 5, "description": "At most 0"},
        ),
        ({"type": "integer", "minimum": 5, "maximum": 1}, {"type": "integer", "minimum": 5, "description": "At most 1"}),
        (
            {
                "type": "object",
                "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
                "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
            },
            {
                "anyOf": [
                    {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "required": [each]}
                    for each in "ab"
                ]
            },
        ),
        (
            {"type": "object", "properties": {"anyOf": {"type": "string"}}, "required": ["anyOf"]},
            {"type": "object", "properties": {"_anyOf": {"type": "string"}}, "required": ["_anyOf"]},
        ),
        (
            {"type": "object", "additionalProperties": {"type": "integer"}},
            {"type": "object", "additionalProperties": {"type": "integer"}},
        ),
    ],
)
def test_a_schema_as_moonshot_takes_it(schema: object, expected: object) -> None:
    assert expected == prop(schema)


@pytest.mark.parametrize(("second", "expected"), [({"additionalProperties": False}, False), ({}, None)])
def test_a_root_of_several_objects_is_closed_when_all_of_them_are(second: dict[str, Any], expected: object) -> None:
    one = {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False}
    other = {"type": "object", "properties": {"b": {"type": "string"}}, **second}
    written = convert({"anyOf": [one, other]}, "moonshot").schema

    assert [] == moonshot_problems(written)
    assert expected == written.get("additionalProperties")


def test_names_by_pattern_leave_an_object_open() -> None:
    schema = {"type": "object", "patternProperties": {"^x": {"type": "string"}}, "additionalProperties": False}

    assert {"type": "object", "additionalProperties": True} == prop(schema)


def test_definitions_stand_at_the_root_and_may_go_round() -> None:
    node = {"type": "object", "properties": {"next": {"anyOf": [{"$ref": "#/properties/p"}, {"type": "null"}]}}}
    written = convert({"type": "object", "properties": {"p": node}}, "moonshot").schema

    assert [] == moonshot_problems(written)
    assert {"$defs"} == written.keys() - {"type", "properties"}
    assert {"anyOf": [{"$ref": "#/$defs/p"}, {"type": "null"}]} == written["$defs"]["p"]["properties"]["next"]  # type: ignore[index]  # JSON


def test_a_recursion_that_the_validator_sees_no_end_of_is_cut() -> None:
    schema = {"type": "object", "properties": {"p": {"type": "array", "items": {"$ref": "#"}}}, "required": ["p"]}
    converted = convert(schema, "moonshot")

    assert {"p": {"type": "array", "items": {"type": "object"}}} == converted.schema["properties"]
    assert ["$ref"] == [each.keyword for each in converted.dropped]


def test_a_recursion_that_ends_stays() -> None:
    node = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "next": {"type": "array", "items": {"$ref": "#/$defs/node"}}},
        "required": ["name", "next"],
    }

    assert {"$ref": "#/$defs/node"} == prop({"$ref": "#/$defs/node"}, node=node)
    assert {"$ref": "#/$defs/both"} == prop(
        {"$ref": "#/$defs/both"}, both={"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}, node=node
    )


def test_a_reference_is_described_from_outside() -> None:
    assert {"anyOf": [{"$ref": "#/$defs/s"}], "description": "D"} == prop(
        {"$ref": "#/$defs/s", "description": "D"}, s={"type": "string"}
    )


def test_five_hundred_choices_are_the_most() -> None:
    assert "enum" in prop({"enum": list(range(500))})
    assert "enum" not in prop({"enum": list(range(501))})
