from __future__ import annotations

import json
import socket

import jsonschema  # type: ignore[import-untyped]  # typed only with types-jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detent.errors import ToolDefinitionError
from detent.tools import Arguments, Refused, Tool
from detent.tools.raw import reader_of


def raw(properties: dict[str, object], **more: object) -> Tool:
    parameters = {"type": "object", "properties": properties, **more}
    return Tool(name="t", parameters=parameters, call=returned)


def returned(**keywords: object) -> object:
    return keywords


def message(tool: Tool, **given: object) -> str:
    found = tool.read(json.dumps(given))
    assert isinstance(found, Refused)
    return found.message


POINT = {"type": "object", "properties": {"kind": {"const": "point"}, "x": {"type": "number"}}, "required": ["kind", "x"]}
LINE = {"type": "object", "properties": {"kind": {"const": "line"}, "y": {"type": "number"}}, "required": ["kind", "y"]}


def test_arguments_that_fit_come_as_they_are_in_a_copy() -> None:
    found = raw({"a": {"type": "array"}}).read('{"a": [1], "b": "x"}')

    assert Arguments(keywords={"a": [1], "b": "x"}, json={"a": [1], "b": "x"}) == found
    assert isinstance(found, Arguments)
    assert found.keywords["a"] is not found.json["a"]


@pytest.mark.parametrize(
    ("schema", "value", "text"),
    [
        ({"type": "string"}, 3, "it: a string is wanted, not 3"),
        ({"type": ["integer", "null"]}, "x", 'it: an integer or null is wanted, not "x"'),
        ({"enum": ["a", 1]}, "x", 'it: one of "a", 1 is wanted, not "x"'),
        ({"const": {"a": 1}}, "x", 'it: {"a": 1} is wanted, not "x"'),
        ({"minimum": 5}, 3, "it: 3 does not keep to `minimum: 5`"),
        ({"items": {"pattern": "^a"}}, ["a", "b"], 'it[1]: "b" does not keep to `pattern: "^a"`'),
        (False, 3, "the arguments: 3 is not allowed"),
        ({"required": ["a", "b"], "type": "object"}, {}, "it.a: missing; it.b: missing"),
        (
            {"additionalProperties": False, "patternProperties": {"^x": {}}},
            {"x1": 1, "y": 1},
            "it.y: unknown, no arguments are taken",
        ),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, [], "it: a string or an integer is wanted, not []"),
        ({"oneOf": [POINT, LINE, {"type": "null"}]}, {"kind": "line"}, "it.y: missing"),
        (
            {"oneOf": [POINT, LINE]},
            {"kind": "x"},
            'it.kind: "point" or "line" is wanted, not "x"; it.x: missing; it.y: missing',
        ),
        (
            {"oneOf": [{"type": "integer"}, {"minimum": 1}]},
            3,
            'it: 3 does not keep to `oneOf: [{"type": "integer"}, {"minimum": 1}]`',
        ),
    ],
)
def test_each_problem_is_told_in_the_same_short_form(schema: object, value: object, text: str) -> None:
    assert text == message(raw({"it": schema}), it=value)


def test_an_unknown_name_comes_first_with_the_closest_known_one() -> None:
    tool = raw({"city": {}}, required=["city"], additionalProperties=False)

    assert "citty: unknown, did you mean `city`?; city: missing" == message(tool, citty=1)


def test_references_within_the_schema_are_followed_also_by_older_drafts() -> None:
    new = raw({"a": {"$ref": "#/$defs/b"}}, **{"$defs": {"b": {"type": "string"}}})
    old = raw(
        {"a": {"$ref": "#/definitions/b"}},
        **{"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {"b": {"type": "string"}}},
    )
    own = raw({"a": {"$ref": "t#/$defs/b"}}, **{"$id": "http://example.org/t", "$defs": {"b": {"type": "string"}}})

    assert {"a: a string is wanted, not 1"} == {message(tool, a=1) for tool in (new, old, own)}


def test_an_unknown_dialect_is_read_as_the_newest() -> None:
    assert "a: a string is wanted, not 1" == message(raw({"a": {"type": "string"}}, **{"$schema": "urn:unknown"}), a=1)


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"properties": 3}, r"no JSON schema: \$\.properties: 3 is not of type 'object'"),
        ({"properties": {"a": {"type": "strin"}}}, r"no JSON schema: \$\.properties\.a\.type: 'strin'"),
        ({"properties": {"a": {"pattern": "("}}}, r"no JSON schema: \$\.properties\.a\.pattern: '\('"),
        ({"properties": {"a": {"$ref": "#/$defs/b"}}}, "the reference '.*/b' leads nowhere"),
        (
            {"properties": {"a": {"$ref": "http://127.0.0.1:9/x"}}},
            "the reference 'http://127.0.0.1:9/x' leads nowhere.*none is fetched",
        ),
        ({"properties": {"a": {"items": {"$dynamicRef": "#b"}}}}, "the reference .* leads nowhere"),
        ({"$ref": "#"}, "refer to themselves without end"),
        ({"$schema": ["x"]}, "can not be used as a JSON schema: unhashable"),
    ],
)
def test_a_schema_that_can_not_be_used_is_a_definition_error(
    more: dict[str, object], problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("nothing may be fetched")

    monkeypatch.setattr(socket, "socket", refuse)
    with pytest.raises(ToolDefinitionError, match=problem):
        Tool(name="t", parameters={"type": "object", **more}, call=returned)


def test_a_schema_that_recurses_where_the_arguments_do_is_fine_until_they_are_too_deep() -> None:
    tool = raw({"a": {"$ref": "#"}})

    assert isinstance(tool.read('{"a": {"a": {}}}'), Arguments)
    assert Refused("the arguments are nested too deeply") == tool.read('{"a": ' * 400 + "{}" + "}" * 400)


SCHEMA = {"a": {"type": "integer"}, "b": {"enum": ["x", None]}, "c": {"oneOf": [POINT, LINE, {"type": "string"}]}}
VALUES = st.none() | st.integers() | st.sampled_from(["x", "y", [], {"kind": "point", "x": 1}, {"kind": "line"}])


@given(st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), VALUES))
def test_it_refuses_exactly_what_jsonschema_refuses(arguments: dict[str, object]) -> None:
    tool = raw(dict(SCHEMA), required=["a"], additionalProperties=False)
    try:
        jsonschema.validate(arguments, tool.parameters)
        fits = True
    except jsonschema.ValidationError:
        fits = False

    assert fits is isinstance(tool.read(json.dumps(arguments)), Arguments)


@pytest.mark.parametrize(
    ("schema", "value", "problem"),
    [
        ({"type": "boolean"}, True, None),
        ({"type": "boolean"}, "yes", 'the arguments: true or false is wanted, not "yes"'),
        ({"type": "integer"}, 1, None),
        ({"type": "array", "items": {"type": "string"}}, ["a", 1], "[1]: a string is wanted, not 1"),
        ({"enum": ["red", None]}, None, None),
        ({}, [1, {}], None),
    ],
)
def test_a_value_of_any_kind_can_be_checked(schema: dict[str, object], value: object, problem: str | None) -> None:
    assert problem == reader_of("t", schema).problem_of(value)
