from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft7Validator, Draft202012Validator  # type: ignore[import-untyped]  # typed only with types-jsonschema
from tool_schemas import fits, goes_round, loose_values, tool_schemas

from detent.tools.dialects.node import Node
from detent.tools.dialects.reading import read

OLD = "http://json-schema.org/draft-07/schema#"


def root(schema: object) -> Node:
    node = read(schema).root
    assert isinstance(node, Node)
    return node


def lost(schema: object) -> list[tuple[str, str]]:
    return [(each.path, each.keyword) for each in read(schema).dropped]


def test_keywords_stand_by_what_they_hold() -> None:
    node = root({"type": "object", "title": "T", "required": ["a", "a"], "properties": {"a": True}, "not": {}, "anyOf": [{}]})

    assert ("object",) == node.types
    assert {"title": "T"} == node.notes
    assert {"required": ["a"]} == node.values
    assert {"properties": {"a": True}} == node.named
    assert {"not": Node(at="/not")} == node.one
    assert {"anyOf": (Node(at="/anyOf/0"),)} == node.many


def test_a_const_is_a_choice_of_one() -> None:
    assert {"enum": [1]} == root({"const": 1}).values
    assert {"enum": [1]} == root({"const": 1, "enum": [1.0, 2]}).values
    assert {"enum": []} == root({"const": True, "enum": [1]}).values


@pytest.mark.parametrize("schema", [None, 3, "text", [], {"type": 3}, {"type": ["string", "text"]}, {"type": []}])
def test_what_is_no_schema_takes_anything_and_is_reported(schema: object) -> None:
    source = read(schema)

    assert source.root is True or root(schema).is_blank
    assert 1 == len(source.dropped)


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("minimum", "1"),
        ("minimum", True),
        ("minLength", -1),
        ("minLength", 1.5),
        ("multipleOf", 0),
        ("pattern", "("),
        ("pattern", 3),
        ("required", "a"),
        ("required", [1]),
        ("enum", {"a": 1}),
        ("enum", [float("nan")]),
        ("anyOf", []),
        ("anyOf", {}),
        ("properties", []),
        ("uniqueItems", "yes"),
        ("dependentRequired", {"a": "b"}),
        ("description", 3),
        ("$ref", 3),
        ("$ref", "#/nowhere"),
        ("$ref", "https://example.com/schema"),
        ("$dynamicRef", "#"),
        ("unevaluatedProperties", False),
        ("x-anything", 1),
        ("nullable", True),
    ],
)
def test_a_value_of_no_use_is_left_out_and_reported(keyword: str, value: object) -> None:
    assert root({keyword: value}).is_blank
    assert [("", keyword)] == lost({keyword: value})


def test_an_inner_schema_of_no_use_takes_anything() -> None:
    assert {"a": True} == root({"properties": {"a": 3}}).named["properties"]
    assert [("/properties/a~1b", "")] == lost({"properties": {"a/b": 3}})


def test_whole_numbers_may_be_written_with_a_point() -> None:
    assert {"minItems": 2} == root({"minItems": 2.0}).values


def test_a_name_that_is_no_pattern_opens_the_object() -> None:
    node = root({"patternProperties": {"(": {}, "^a": {}}, "additionalProperties": False})

    assert ["^a"] == list(node.named["patternProperties"])
    assert "additionalProperties" not in node.one


def test_older_drafts_are_read_as_the_newest_one_says_it() -> None:
    tuples = root({"items": [{"type": "string"}], "additionalItems": False})
    assert False is tuples.one["items"]
    assert 1 == len(tuples.many["prefixItems"])
    assert {"exclusiveMinimum": 3} == root({"minimum": 3, "exclusiveMinimum": True}).values
    assert {"minimum": 3} == root({"minimum": 3, "exclusiveMinimum": False}).values
    asked = root({"$schema": OLD, "dependencies": {"a": ["b"], "c": {"type": "object"}}})

    assert {"dependentRequired": {"a": ["b"]}} == asked.values
    assert ["c"] == list(asked.named["dependentSchemas"])


def test_in_older_drafts_nothing_counts_beside_a_reference() -> None:
    schema = {
        "$schema": OLD,
        "properties": {"a": {"$ref": "#/definitions/s", "minLength": 9}},
        "definitions": {"s": {"minLength": 1}},
    }
    node = root(schema).named["properties"]["a"]

    assert Node(at="/properties/a", ref="s") == node
    assert {"minLength": 1} == read(schema).definitions["s"].values  # type: ignore[union-attr]  # it is a node


def test_in_older_drafts_later_keywords_mean_nothing() -> None:
    assert root({"$schema": OLD, "prefixItems": [False]}).is_blank


def test_nesting_has_an_end() -> None:
    deep: dict[str, Any] = {}
    for _ in range(2_000):
        deep = {"properties": {"a": deep}}

    assert [""] == [each.keyword for each in read(deep).dropped]


def written(node: Node | bool) -> Any:
    """Write what was read as Draft 2020-12, plainly."""
    if isinstance(node, bool):
        return node
    found: dict[str, Any] = {**node.values, **({"type": list(node.types)} if node.types else {})}
    found |= {key: written(each) for key, each in node.one.items()}
    found |= {key: [written(each) for each in several] for key, several in node.many.items()}
    found |= {key: {name: written(each) for name, each in several.items()} for key, several in node.named.items()}
    return found | ({"$ref": f"#/$defs/{node.ref}" if node.ref else "#"} if node.ref is not None else {})


@settings(max_examples=settings().max_examples // 2)
@given(schema=tool_schemas, value=loose_values)
def test_what_was_read_takes_what_was_given(schema: Any, value: Any) -> None:
    source = read(schema)
    again = written(source.root)
    again["$defs"] = {name: written(each) for name, each in source.definitions.items() if name}
    Draft202012Validator.check_schema(again)
    if not any(each.loosens for each in source.dropped) and not goes_round(schema):
        assert fits(value, schema) == fits(value, again)


def test_an_old_schema_takes_the_same_values_as_its_own_draft_says() -> None:
    old = {"$schema": OLD, "items": [{"type": "string"}, {"type": "integer"}], "additionalItems": {"type": "null"}}
    again = written(read(old).root)
    values = [[], ["a"], ["a", 1], ["a", 1, None], ["a", 1, 2], [1], "other"]

    assert [Draft7Validator(old).is_valid(each) for each in values] == [bool(fits(each, again)) for each in values]
