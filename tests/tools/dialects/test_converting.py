from __future__ import annotations

import copy
from typing import Any, get_args

import pytest

from detent.tools import Tool
from detent.tools.dialects import DIALECTS, Dialect, convert, entry, in_dialect, sent_name

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"a": {"type": "string", "default": ["x"]}, "b": {"enum": [["y"]]}},
    "examples": [{"a": "b"}],
}


def named(name: str, schema: dict[str, Any]) -> Tool:
    return Tool(name=name, description="Do it.", parameters=schema, call=lambda **_: "done")


def test_the_dialects_are_these() -> None:
    assert ("openai", "strict", "gemini", "moonshot", "mistral") == DIALECTS == get_args(Dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_result_is_the_callers_own(dialect: Dialect) -> None:
    before = copy.deepcopy(SCHEMA)
    written = convert(SCHEMA, dialect).schema
    spoil(written)

    assert before == SCHEMA


def spoil(value: Any) -> None:
    for each in list(value.values() if isinstance(value, dict) else value):
        if isinstance(each, dict | list):
            spoil(each)
    value.clear()


def test_openai_takes_a_schema_as_it_is() -> None:
    assert SCHEMA == convert(SCHEMA, "openai").schema
    assert () == convert(SCHEMA, "openai").dropped


def test_an_entry_says_strict_only_where_it_is() -> None:
    closed = {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False}
    function = entry(named("a", closed), "strict")["function"]
    assert isinstance(function, dict)
    assert function["strict"] is True

    assert {"name", "description", "parameters"} == entry(named("a", SCHEMA), "strict")["function"].keys()  # type: ignore[attr-defined]  # JSON


@pytest.mark.parametrize(
    ("name", "dialect", "sent"),
    [
        ("1st", "gemini", "_1st"),
        ("-a", "moonshot", "_-a"),
        ("1st", "openai", "1st"),
        ("1st", "mistral", "1st"),
        ("_a", "gemini", "_a"),
        ("a1", "gemini", "a1"),
    ],
)
def test_some_hosts_want_a_letter_first(name: str, dialect: Dialect, sent: str) -> None:
    assert sent == sent_name(name, dialect)
    assert [sent] == [each["function"]["name"] for each in in_dialect([named(name, SCHEMA)], dialect)]  # type: ignore[index]  # JSON


def test_every_tool_is_there_in_order() -> None:
    tools = [named("a", SCHEMA), named("b", SCHEMA)]

    assert [entry(each, "moonshot") for each in tools] == in_dialect(tools, "moonshot")
