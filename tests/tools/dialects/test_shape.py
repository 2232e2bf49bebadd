from __future__ import annotations

from typing import Any

import pytest

from detent.tools.dialects.node import Node
from detent.tools.dialects.reading import read
from detent.tools.dialects.shape import Flattening, Shape


class Shaped:
    def __init__(self, schema: dict[str, Any], *, inline: bool = True) -> None:
        self.lost: list[str] = []
        source = read(schema)
        assert isinstance(source.root, Node)
        flattening = Flattening(source, inline, lambda path, keyword, why: self.lost.append(keyword))
        self.shape: Shape = flattening.shape(source.root)

    @property
    def said(self) -> list[tuple[str | None, dict[str, object]]]:
        return [(each.type, dict(each.node.values)) for each in self.shape.branches]


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "string", "minLength": 1, "minimum": 2}, [("string", {"minLength": 1})]),
        ({"type": ["string", "null"], "minLength": 1}, [("string", {"minLength": 1}), ("null", {})]),
        ({"type": ["integer", "number"]}, [("number", {})]),
        ({}, [(None, {})]),
        ({"enum": ["a", 1, 2.5]}, [("string", {"enum": ["a"]}), ("number", {"enum": [1, 2.5]})]),
        ({"enum": [1, 2.0]}, [("integer", {"enum": [1, 2.0]})]),
        ({"enum": [True, False, None]}, [("boolean", {}), ("null", {})]),
        ({"type": "string", "enum": [1]}, []),
        ({"type": "string", "anyOf": [{"minLength": 1}, {"type": "null"}]}, [("string", {"minLength": 1})]),
        ({"allOf": [{"type": "number"}, {"type": "integer"}]}, [("integer", {})]),
        ({"allOf": [{"type": "integer"}, {"type": "number"}]}, [("integer", {})]),
        (
            {"allOf": [{"minimum": 1}, {"minimum": 2, "maximum": 9}], "maximum": 5, "type": "integer"},
            [("integer", {"minimum": 2, "maximum": 5})],
        ),
        ({"anyOf": [False, {"type": "string"}]}, [("string", {})]),
        ({"anyOf": [{"type": "string"}, {"type": "string"}]}, [("string", {})]),
    ],
)
def test_a_schema_is_a_choice_of_types(schema: dict[str, Any], said: object) -> None:
    shaped = Shaped(schema)

    assert said == shaped.said
    assert [] == shaped.lost


def test_a_schema_without_a_type_speaks_of_one_and_lets_all_others_pass() -> None:
    assert {"string": {"minLength": 1}} == {type_: values for type_, values in Shaped({"minLength": 1}).said if values}
    assert 6 == len(Shaped({"minLength": 1}).said)


def test_properties_that_one_demand_does_not_list_are_judged_by_its_rest() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "additionalProperties": False,
        "allOf": [{"properties": {"b": {}}}],
    }
    (branch,) = Shaped(schema).shape.branches

    assert branch.node.named["properties"]["b"] is False
    assert branch.node.one["additionalProperties"] is False


@pytest.mark.parametrize(
    ("schema", "lost"),
    [
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, []),
        ({"oneOf": [{"type": "number"}, {"type": "integer"}]}, ["oneOf"]),
        ({"oneOf": [{"minimum": 1}, {"type": "integer"}]}, ["oneOf"]),
        ({"not": {}, "if": {}, "contains": {}}, ["not", "if", "contains"]),
        ({"allOf": [{"pattern": "a"}, {"pattern": "b"}]}, ["pattern"]),
        ({"allOf": [{"pattern": "a"}, {"pattern": "a"}]}, []),
        ({"allOf": [{"prefixItems": [{}]}, {"items": {}}]}, ["items"]),
        ({"allOf": [{"anyOf": [{"minimum": n} for n in range(6)]}] * 3}, ["allOf"]),
    ],
)
def test_what_can_not_be_said_of_one_value_is_reported(schema: dict[str, Any], lost: list[str]) -> None:
    assert lost == list(dict.fromkeys(Shaped(schema).lost))


def test_a_reference_that_stands_alone_is_kept_where_there_are_references() -> None:
    schema = {"anyOf": [{"$ref": "#/$defs/a"}, {"type": "null"}], "$defs": {"a": {"type": "string"}}}

    assert ["a", None] == [each.ref for each in Shaped(schema, inline=False).shape.branches]
    assert [None, None] == [each.ref for each in Shaped(schema).shape.branches]


def test_a_reference_with_demands_beside_it_is_opened() -> None:
    schema = {"$ref": "#/$defs/a", "minLength": 2, "$defs": {"a": {"type": "string", "maxLength": 5}}}
    (branch,) = Shaped(schema, inline=False).shape.branches

    assert {"minLength": 2, "maxLength": 5} == branch.node.values
    assert {"a"} == branch.through


def test_a_definition_that_leads_to_itself_on_the_spot_is_told_by_its_types() -> None:
    schema = {"$ref": "#/$defs/a", "$defs": {"a": {"type": "string", "anyOf": [{"$ref": "#/$defs/a"}, {"maxLength": 3}]}}}
    shaped = Shaped(schema)

    assert ["$ref"] == shaped.lost
    assert [("string", {}), ("string", {"maxLength": 3})] == shaped.said


def test_the_outer_annotation_stands() -> None:
    schema = {
        "$ref": "#/$defs/a",
        "description": "outer",
        "$defs": {"a": {"type": "string", "title": "T", "description": "inner"}},
    }

    assert {"title": "T", "description": "outer"} == Shaped(schema).shape.notes
