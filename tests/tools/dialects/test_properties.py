"""What holds of every conversion, whatever the schema."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from google.genai import types
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator  # type: ignore[import-untyped]  # typed only with types-jsonschema
from tool_schemas import NAMES, fits, loose_values, tool_schemas
from wire_dialects import gemini_problems, moonshot_problems, strict_problems

from detent.tools.dialects import DIALECTS, Dialect, convert, from_gemini
from detent.tools.dialects.gemini import respelled

arguments = st.lists(st.dictionaries(st.sampled_from(NAMES), loose_values, max_size=4), min_size=4, max_size=8)
anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "properties",
                    "items",
                    "anyOf",
                    "allOf",
                    "oneOf",
                    "$ref",
                    "$defs",
                    "enum",
                    "required",
                    "not",
                    "const",
                    "minimum",
                    "x",
                ]
            )
            | st.text(max_size=2),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
HALF = settings(max_examples=settings().max_examples // 2)
"""For what does not need as many examples as the tests that compare with a judge."""

LOOSER_ONLY: tuple[Dialect, ...] = ("gemini", "moonshot", "mistral")


def takes(value: object, schema: dict[str, Any], dialect: Dialect) -> bool | None:
    return fits(value, schema, Draft7Validator if dialect == "mistral" else Draft202012Validator)


@given(schema=tool_schemas, values=arguments)
def test_a_dialect_is_never_stricter_and_says_where_it_is_looser(schema: Any, values: list[Any]) -> None:
    verdicts = [fits(value, schema) for value in values]
    for dialect in LOOSER_ONLY:
        converted = convert(schema, dialect)
        for value, before in zip(values, verdicts, strict=True):
            after = takes(value, converted.schema, dialect)
            if None not in (before, after):
                assert after or not before
                assert before == after or any(each.loosens for each in converted.dropped)


@HALF
@given(schema=tool_schemas, values=arguments)
def test_strict_takes_what_the_original_does_with_null_for_what_is_left_out(schema: Any, values: list[Any]) -> None:
    converted = convert(schema, "strict")
    if not converted.strict:
        assert copy.deepcopy(schema) == converted.schema
        assert converted.dropped
        return
    assert [] == strict_problems(converted.schema)
    for value in values:
        if fits(value, schema) and value.keys() <= schema["properties"].keys():
            filled = {**dict.fromkeys(schema["properties"]), **value}
            flat = all(not isinstance(each, dict | list) for each in value.values())
            absent = [name for name in filled if name not in value]
            assert (
                not flat or takes(filled, converted.schema, "strict") or [n for n in absent if schema["properties"][n] is False]
            )


@HALF
@given(schema=tool_schemas)
def test_what_is_written_keeps_to_the_rules_of_the_host(schema: Any) -> None:
    assert [] == gemini_problems(convert(schema, "gemini").schema)
    assert [] == moonshot_problems(convert(schema, "moonshot").schema)
    Draft7Validator.check_schema(convert(schema, "mistral").schema)


@HALF
@given(schema=tool_schemas)
def test_the_way_to_gemini_and_back_is_the_same_the_second_time(schema: Any) -> None:
    once = from_gemini(respelled(convert(schema, "gemini").schema))
    again = from_gemini(respelled(convert(once, "gemini").schema))  # type: ignore[arg-type]  # a mapping comes back as one

    assert once == again


@HALF
@given(schema=tool_schemas)
def test_what_is_written_for_gemini_is_a_schema_to_its_own_library(schema: Any) -> None:
    native = respelled(convert(schema, "gemini").schema)

    assert native == types.Schema.model_validate(native).model_dump(mode="json", by_alias=True, exclude_unset=True)


@pytest.mark.parametrize("dialect", DIALECTS)
@HALF
@given(schema=anything)
def test_no_json_is_too_strange(dialect: Dialect, schema: Any) -> None:
    before = copy.deepcopy(schema)

    converted = convert(schema, dialect)

    assert repr(before) == repr(schema)
    if dialect not in ("openai", "strict"):
        assert "object" == converted.schema["type"]
        (Draft7Validator if dialect == "mistral" else Draft202012Validator).check_schema(converted.schema)
        json.dumps(converted.schema, allow_nan=False)


@HALF
@given(schema=anything)
def test_no_json_is_too_strange_to_come_from_gemini(schema: Any) -> None:
    json.dumps(from_gemini(schema), allow_nan=False)
