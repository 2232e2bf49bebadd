from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft7Validator  # type: ignore[import-untyped]  # typed only with types-jsonschema
from mistral_common.protocol.instruct.tool_calls import Function
from mistral_common.protocol.instruct.validator import MistralRequestValidator

from detent.tools.dialects import convert


def prop(schema: object, **definitions: Any) -> object:
    written = convert({"type": "object", "properties": {"p": schema}, "$defs": definitions}, "mistral").schema
    MistralRequestValidator()._validate_function(Function(name="f", parameters=written))
    return written["properties"]["p"]  # type: ignore[index]  # JSON


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (True, {}),
        (False, False),
        ({"type": ["string", "null"], "minLength": 1}, {"type": ["string", "null"], "minLength": 1}),
        ({"type": "array", "prefixItems": [{}], "items": False}, {"type": "array", "items": [{}], "additionalItems": False}),
        ({"dependentRequired": {"a": ["b"]}}, {"dependencies": {"a": ["b"]}}),
        ({"dependentSchemas": {"a": {"minProperties": 2}}}, {"dependencies": {"a": {"minProperties": 2}}}),
        (
            {"dependentRequired": {"a": ["b"], "c": ["d"]}, "dependentSchemas": {"a": {"minProperties": 2}}},
            {"dependencies": {"a": {"allOf": [{"minProperties": 2}, {"required": ["b"]}]}, "c": ["d"]}},
        ),
        ({"contains": {"type": "string"}, "minContains": 2}, {"contains": {"type": "string"}}),
        ({"contains": {"type": "string"}, "minContains": 0}, {}),
        ({"$ref": "#/$defs/s"}, {"$ref": "#/$defs/s"}),
        ({"$ref": "#/$defs/s", "minLength": 1}, {"minLength": 1, "allOf": [{"$ref": "#/$defs/s"}]}),
        ({"$ref": "#/$defs/s", "allOf": [{}]}, {"allOf": [{}, {"$ref": "#/$defs/s"}]}),
        ({"not": {"type": "string"}}, {"not": {"type": "string"}}),
    ],
)
def test_a_schema_in_the_words_of_draft_7(schema: object, expected: object) -> None:
    assert expected == prop(schema, s={"type": "string"})


def test_under_a_negation_nothing_may_be_dropped_so_the_negation_goes() -> None:
    inner = {"type": "array", "contains": {"type": "string"}, "minContains": 2}
    schema = {"type": "object", "properties": {"p": {"not": inner}, "q": {"oneOf": [inner, {"type": "array"}], "allOf": [{}]}}}
    converted = convert(schema, "mistral")

    assert {} == converted.schema["properties"]["p"]  # type: ignore[index]  # JSON
    assert "oneOf" not in converted.schema["properties"]["q"]  # type: ignore[index]  # JSON
    assert 2 == len(converted.schema["properties"]["q"]["allOf"])  # type: ignore[index]  # JSON
    assert {"not", "oneOf", "minContains"} == {each.keyword for each in converted.dropped}


def test_what_the_host_compiles_no_grammar_for_is_left_out() -> None:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://example.com/a", "type": "object"}
    converted = convert(schema, "mistral")

    assert {"type": "object", "properties": {}} == converted.schema
    assert not any(each.loosens for each in converted.dropped)


@pytest.mark.parametrize("root", [{}, {"type": ["object", "null"]}, {"type": "string"}, {"$ref": "#/$defs/s"}, True, None])
def test_the_root_is_an_object(root: Any) -> None:
    written = convert(root, "mistral").schema
    Draft7Validator.check_schema(written)

    assert "object" == written["type"]
