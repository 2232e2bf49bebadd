from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detent.tools.arguments import Arguments, Refused
from detent.tools.dialects import Restoring
from detent.tools.raw import reader_of

CLOSED = {"additionalProperties": False}


def read(schema: dict[str, Any], given: dict[str, Any]) -> Arguments | Refused:
    return Restoring.of(schema).read(given, reader_of("tool", schema))


def obj(required: str = "", **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required.split(), **CLOSED}


INT, TEXT = {"type": "integer"}, {"type": "string"}


@pytest.mark.parametrize(
    ("schema", "given", "expected"),
    [
        (obj(a=INT), {"a": None}, {}),
        (obj(a={"type": ["integer", "null"]}), {"a": None}, {"a": None}),
        (obj(a=INT, b=INT), {"a": None, "b": 3}, {"b": 3}),
        (obj(o=obj(a=INT)), {"o": {"a": None}}, {"o": {}}),
        (obj(xs={"type": "array", "items": obj(a=INT)}), {"xs": [{"a": None}, {"a": 1}]}, {"xs": [{}, {"a": 1}]}),
        (obj(xs={"type": "array", "prefixItems": [TEXT, obj(a=INT)]}), {"xs": ["x", {"a": None}]}, {"xs": ["x", {}]}),
        (obj(o={"anyOf": [obj("a", a=TEXT), obj("b", b=TEXT, c=INT)]}), {"o": {"b": "x", "c": None}}, {"o": {"b": "x"}}),
        (
            {**obj(t={"$ref": "#/$defs/t"}), "$defs": {"t": obj(t={"$ref": "#/$defs/t"}, n=INT)}},
            {"t": {"t": {"n": None}}},
            {"t": {"t": {}}},
        ),
        (obj(m={"type": "object", "additionalProperties": obj(a=INT)}), {"m": {"x": {"a": None}}}, {"m": {"x": {}}}),
        (obj("$f", **{"$f": INT}), {"_f": 3}, {"$f": 3}),
        (obj("$f", **{"$f": INT}), {"$f": 3}, {"$f": 3}),
        (obj("$f _f", **{"$f": INT, "_f": INT}), {"_f_2": 3, "_f": 4}, {"$f": 3, "_f": 4}),
        (obj(o=obj("anyOf", anyOf=INT)), {"o": {"_anyOf": 1}}, {"o": {"anyOf": 1}}),
        (obj("", **{"$f": INT}), {"_f": None}, {}),
        ({"type": "object", "properties": {"a": INT}}, {"a": None, "other": None}, {"other": None}),
    ],
)
def test_what_dialects_do_is_undone(schema: dict[str, Any], given: dict[str, Any], expected: object) -> None:
    found = read(schema, given)

    assert isinstance(found, Arguments)
    assert expected == found.keywords
    assert given == found.json


@pytest.mark.parametrize(
    ("schema", "given"),
    [(obj("a", a=INT), {"a": None}), (obj(a=INT), {"b": None}), (obj("a", a=INT, b=INT), {"b": 1})],
)
def test_null_stays_refused_where_something_is_asked_for(schema: dict[str, Any], given: dict[str, Any]) -> None:
    assert reader_of("tool", schema)(given) == read(schema, given)


def test_of_what_is_refused_only_what_is_wrong_is_told() -> None:
    assert Refused('b: an integer is wanted, not "x"') == read(obj(a=INT, b=INT), {"a": None, "b": "x"})


def test_an_open_object_is_given_under_its_own_name_too() -> None:
    found = read({"type": "object", "properties": {"$f": INT}}, {"_f": 3, "other": 1})

    assert isinstance(found, Arguments)
    assert {"$f": 3, "other": 1} == found.keywords


values = st.recursive(
    st.none() | st.integers(0, 2),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from("abc"), values, max_size=3))
def test_what_fits_is_left_alone(given: dict[str, Any]) -> None:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"a": INT, "b": obj(a=INT, b={}), "c": {"type": "array", "items": {}}},
    }
    reader = reader_of("tool", schema)
    before = reader(given)
    if isinstance(before, Arguments):
        assert before == read(schema, given)
