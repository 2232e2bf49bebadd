from __future__ import annotations

from typing import Any

import pytest
from google.genai import types

from detent.errors import ToolDefinitionError
from detent.tools.dialects import declared, from_gemini

SAID = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
NATIVE = {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}, "required": ["city"]}


@pytest.mark.parametrize(
    "given",
    [
        {"name": "weather", "description": "Report.", "parameters": NATIVE},
        {"name": "weather", "description": "Report.", "parameters": SAID},
        {"name": "weather", "description": "Report.", "parametersJsonSchema": SAID},
        {"name": "weather", "description": "Report.", "parameters_json_schema": SAID},
        types.FunctionDeclaration(name="weather", description="Report.", parameters=types.Schema.model_validate(NATIVE)),
        types.FunctionDeclaration(name="weather", description="Report.", parameters_json_schema=SAID),
    ],
)
def test_a_declaration_in_any_form(given: Any) -> None:
    said = declared(given)

    assert ("weather", "Report.", SAID) == (said.name, said.description, said.parameters)


def test_a_declaration_without_parameters_takes_none() -> None:
    assert {"type": "object"} == declared({"name": "now"}).parameters


def test_dots_and_colons_in_a_name_give_way() -> None:
    assert "a_b_c-d" == declared({"name": "a.b:c-d"}).name


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, 'must be a mapping with a "name"'),
        ({"name": 3}, 'must be a mapping with a "name"'),
        ("weather", "must be a mapping, or a FunctionDeclaration"),
        ({"name": "a", "parameters": NATIVE, "parametersJsonSchema": SAID}, "exclude each other; give one"),
        ({"name": "a", "parameters": 3}, "parameters must be a schema"),
    ],
)
def test_what_is_no_declaration_is_refused(given: Any, problem: str) -> None:
    with pytest.raises(ToolDefinitionError, match=problem):
        declared(given)


@pytest.mark.parametrize(
    ("native", "expected"),
    [
        ({"type": "STRING", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "STRING", "nullable": False}, {"type": "string"}),
        (
            {"type": "STRING", "format": "enum", "enum": ["A"], "nullable": True},
            {"type": ["string", "null"], "enum": ["A", None]},
        ),
        ({"anyOf": [{"type": "STRING"}], "nullable": True}, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ({"any_of": [{"type": "INTEGER"}]}, {"anyOf": [{"type": "integer"}]}),
        ({"enum": ["a"], "nullable": True}, {"anyOf": [{"enum": ["a"]}, {"type": "null"}]}),
        ({"nullable": True}, {}),
        ({"type": "INTEGER", "format": "enum", "enum": ["1", "2"]}, {"type": "integer", "enum": [1, 2]}),
        ({"type": "NUMBER", "enum": ["1.5", "x"]}, {"type": "number", "enum": [1.5, "x"]}),
        ({"type": "INTEGER", "format": "int64"}, {"type": "integer"}),
        ({"type": "STRING", "format": "date-time"}, {"type": "string", "format": "date-time"}),
        ({"type": "STRING", "example": "x"}, {"type": "string", "examples": ["x"]}),
        ({"type": "TYPE_UNSPECIFIED"}, {}),
        (
            {"type": "ARRAY", "min_items": "1", "maxItems": "3", "items": {"type": "STRING"}},
            {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "string"}},
        ),
        (
            {"type": "OBJECT", "additional_properties": {"type": "STRING"}},
            {"type": "object", "additionalProperties": {"type": "string"}},
        ),
        ({"type": "OBJECT", "additionalProperties": False}, {"type": "object", "additionalProperties": False}),
        ({"ref": "#/defs/a", "defs": {"a": {"type": "STRING"}}}, {"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}}),
        ({"type": "STRING", "description": None}, {"type": "string"}),
        (
            {"type": "STRING", "default": "STRING", "enum": ["STRING"]},
            {"type": "string", "default": "STRING", "enum": ["STRING"]},
        ),
    ],
)
def test_geminis_schema_as_json_schema(native: dict[str, Any], expected: object) -> None:
    assert expected == from_gemini(native)


def test_properties_stand_in_the_order_that_is_asked_for() -> None:
    native = {
        "type": "OBJECT",
        "properties": {"a": {"type": "STRING"}, "type": {"type": "OBJECT"}, "c_d": {"type": "STRING"}},
        "property_ordering": ["c_d", "none", "a", "a"],
    }
    written = from_gemini(native)
    assert isinstance(written, dict)

    assert ["c_d", "a", "type"] == list(written["properties"])
    assert {"type": "object"} == written["properties"]["type"]
    assert "propertyOrdering" not in written
