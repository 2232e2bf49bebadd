from __future__ import annotations

from typing import Any

import pytest
from google.genai import types
from wire_dialects import gemini_problems

from detent.tools.dialects import convert
from detent.tools.dialects.gemini import respelled


def prop(schema: dict[str, Any], **definitions: Any) -> dict[str, Any]:
    whole = {"type": "object", "properties": {"p": schema}, "$defs": definitions}
    written = convert(whole, "gemini").schema
    assert [] == gemini_problems(written)
    types.Schema.model_validate(respelled(written))
    return written["properties"]["p"]  # type: ignore[index,no-any-return]  # JSON


TREE = {"type": "object", "properties": {"left": {"$ref": "#/$defs/tree"}, "name": {"type": "string"}}}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "array"}, {"type": "array", "items": {}}),
        ({"type": "array", "items": False}, {"type": "array", "maxItems": 0, "items": {}}),
        ({"type": "object", "properties": {}}, {"type": "object"}),
        ({"type": "object", "required": ["a"]}, {"type": "object", "description": 'Required: "a"'}),
        ({"type": "string", "enum": ["", "a"]}, {"type": "string", "description": 'One of: "", "a"'}),
        ({"enum": [1, 2], "description": "Which"}, {"type": "integer", "description": "Which (one of: 1, 2)"}),
        ({"type": "string", "format": "date-time"}, {"type": "string", "format": "date-time"}),
        ({"type": "integer", "format": "int64"}, {"type": "integer", "format": "int64"}),
        ({"type": "integer", "format": "date-time"}, {"type": "integer", "description": "Format: date-time"}),
        ({"type": "integer", "exclusiveMaximum": 9}, {"type": "integer", "maximum": 8}),
        ({"type": "string", "examples": ["a", "b"]}, {"type": "string", "example": "a"}),
        ({"type": "string", "title": "T", "default": "x"}, {"type": "string", "default": "x"}),
        (
            {"type": "object", "additionalProperties": {"type": "integer"}},
            {"type": "object", "description": 'Other properties: {"type": "integer"}'},
        ),
        (
            {"type": "array", "prefixItems": [{"type": "string"}, {"type": "null"}], "maxItems": 2},
            {"type": "array", "maxItems": 2, "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
        ),
        (
            {"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "integer"}},
            {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
        ),
        ({"anyOf": [{"type": "string"}, {}], "description": "D"}, {"description": "D"}),
        (
            {"anyOf": [{"type": "string", "description": "a"}, {"type": "integer"}], "description": "D", "default": 1},
            {"anyOf": [{"type": "string", "description": "D (a)"}, {"type": "integer"}]},
        ),
        ({"not": {}, "type": "string"}, {"type": "string"}),
        ({"enum": [], "description": ""}, {}),
    ],
)
def test_a_schema_within_what_gemini_understands(schema: dict[str, Any], expected: object) -> None:
    assert expected == prop(schema)


def test_references_are_written_out_and_recursion_is_cut_to_its_type() -> None:
    once = {"type": "object", "properties": {"left": {"type": "object"}, "name": {"type": "string"}}}

    assert once == prop({"$ref": "#/$defs/tree"}, tree=TREE)


def test_two_uses_of_a_definition_are_no_recursion() -> None:
    both = prop(
        {"type": "object", "properties": {"a": {"$ref": "#/$defs/s"}, "b": {"$ref": "#/$defs/s"}}}, s={"type": "string"}
    )

    assert {"a": {"type": "string"}, "b": {"type": "string"}} == both["properties"]


def test_definitions_that_multiply_are_cut_somewhere() -> None:
    definitions = {
        f"d{n}": {"type": "object", "properties": {k: {"$ref": f"#/$defs/d{n + 1}"} for k in "abc"}} for n in range(20)
    }
    whole = {"type": "object", "properties": {"p": {"$ref": "#/$defs/d0"}}, "$defs": {**definitions, "d20": {"type": "string"}}}
    converted = convert(whole, "gemini")

    assert len(str(converted.schema)) < 1_000_000
    assert any("too long" in each.why for each in converted.dropped)


def test_parameters_get_names_that_gemini_takes_but_what_is_in_them_keeps_its_own() -> None:
    inner = {"type": "object", "properties": {"a-b": {"type": "string"}}, "required": ["a-b"]}
    written = convert({"type": "object", "properties": {"$filter": inner, "ok": {}}, "required": ["$filter"]}, "gemini").schema

    assert ["_filter", "ok"] == list(written["properties"])  # type: ignore[call-overload]  # JSON
    assert ["_filter"] == written["required"]
    assert ["a-b"] == list(written["properties"]["_filter"]["properties"])  # type: ignore[index]  # JSON


def test_a_root_of_several_objects_becomes_one_that_takes_them_all() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "anyOf": [{"required": ["a", "b"]}, {"required": ["a"]}],
    }
    converted = convert(schema, "gemini")

    assert {"type": "object", "properties": schema["properties"], "required": ["a"]} == converted.schema
    assert ["anyOf"] == [each.keyword for each in converted.dropped]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, {"type": "STRING"}),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, {"type": "STRING", "nullable": True}),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, {"anyOf": [{"type": "STRING"}, {"type": "INTEGER"}]}),
        (
            {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]},
            {"anyOf": [{"type": "STRING"}, {"type": "INTEGER"}], "nullable": True},
        ),
        (
            {"type": "object", "properties": {"type": {"type": "string"}, "b": {"type": "array", "items": {"type": "string"}}}},
            {
                "type": "OBJECT",
                "properties": {"type": {"type": "STRING"}, "b": {"type": "ARRAY", "items": {"type": "STRING"}}},
                "propertyOrdering": ["type", "b"],
            },
        ),
        (
            {"type": "string", "enum": ["string"], "default": "string"},
            {"type": "STRING", "enum": ["string"], "default": "string"},
        ),
    ],
)
def test_the_native_api_has_a_spelling_of_its_own(schema: dict[str, Any], expected: object) -> None:
    assert expected == respelled(schema)
