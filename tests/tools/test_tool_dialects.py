from __future__ import annotations

from typing import Any

import pytest
from google.genai import types

from detent.errors import ToolDefinitionError
from detent.tools import Arguments, Refused, Tool, Toolbox, tool


@tool
def book(city: str, nights: int = 1) -> str:
    """Book a room.

    Args:
        city: The city's name.
        nights: How many.
    """
    return f"{nights} in {city}"


@tool
def now() -> str:
    """Tell the time."""
    return "noon"


def raw(name: str, properties: dict[str, Any], **more: Any) -> Tool:
    schema = {"type": "object", "properties": properties, **more}
    return Tool(name=name, description="", parameters=schema, call=lambda **given: str(given))


def test_a_tool_as_gemini_declares_it() -> None:
    expected = {
        "name": "book",
        "description": "Book a room.",
        "parameters": {
            "type": "OBJECT",
            "properties": {
                "city": {"type": "STRING", "description": "The city's name."},
                "nights": {"type": "INTEGER", "default": 1, "description": "How many."},
            },
            "propertyOrdering": ["city", "nights"],
            "required": ["city"],
        },
    }

    assert expected == book.to_gemini()
    assert types.FunctionDeclaration.model_validate(book.to_gemini()).name == "book"


def test_a_tool_without_parameters_is_declared_without() -> None:
    assert {"name": "now", "description": "Tell the time."} == now.to_gemini()


def test_there_and_back_the_tool_takes_the_same() -> None:
    again = Tool.from_gemini(book.to_gemini(), call=book.call, timeout=3, approve=True)

    assert (book.name, book.description, 3, True) == (again.name, again.description, again.timeout, again.approve)
    assert isinstance(again.read('{"city": "Oslo", "nights": 2}'), Arguments)
    assert isinstance(again.read('{"nights": 2}'), Refused)
    assert book.to_gemini() == again.to_gemini()


def test_a_declaration_of_geminis_library_becomes_a_tool() -> None:
    schema = types.Schema(type=types.Type.OBJECT, properties={"a": types.Schema(type=types.Type.INTEGER, nullable=True)})
    made = Tool.from_gemini(types.FunctionDeclaration(name="f", parameters=schema), call=lambda a=None: str(a))

    assert {"type": "object", "properties": {"a": {"type": ["integer", "null"]}}} == made.parameters


def test_a_bad_declaration_or_policy_is_refused() -> None:
    with pytest.raises(ToolDefinitionError, match="a function declaration must be a mapping"):
        Tool.from_gemini({}, call=book.call)
    with pytest.raises(ToolDefinitionError, match="name must be 1 to 64"):
        Tool.from_gemini({"name": "a b"}, call=book.call)
    with pytest.raises(ToolDefinitionError, match="timeout must be a number"):
        Tool.from_gemini({"name": "a"}, call=book.call, timeout=-1)


def test_the_strict_form_where_there_is_one() -> None:
    function: Any = book.to_openai(strict=True)["function"]
    assert function["strict"] is True
    assert ["city", "nights"] == function["parameters"]["required"]
    free = raw("free", {"a": {}})

    assert free.to_openai() == free.to_openai(strict=True)


def test_null_for_what_may_be_left_out_is_left_out() -> None:
    read = book.read('{"city": "Oslo", "nights": null}')

    assert isinstance(read, Arguments)
    assert {"city": "Oslo", "nights": 1} == read.keywords
    assert {"city": "Oslo", "nights": None} == read.json


def test_null_for_what_has_to_be_there_is_refused() -> None:
    assert Refused("city: a string is wanted, not null") == book.read('{"city": null, "nights": null}')


def test_a_name_that_a_host_had_to_change_is_read_as_the_tools_own() -> None:
    search = raw("search", {"$filter": {"type": "string"}}, required=["$filter"])
    assert ["_filter"] == list(search.to_gemini()["parameters"]["properties"])  # type: ignore[index]  # JSON
    read = search.read('{"_filter": "x"}')

    assert isinstance(read, Arguments)
    assert {"$filter": "x"} == read.keywords


def test_a_toolbox_speaks_every_dialect() -> None:
    box = Toolbox([book, now])

    assert [each.to_gemini() for each in box] == box.to_gemini()
    assert [each.to_openai(strict=True) for each in box] == box.to_openai(strict=True)
    assert box.to_openai() == box.in_dialect("openai")
    assert ["book", "now"] == [each["function"]["name"] for each in box.in_dialect("moonshot")]  # type: ignore[index]  # JSON


def test_a_tool_is_found_by_the_name_it_was_sent_under() -> None:
    first, other = raw("1st", {}), raw("_2nd", {})
    box = Toolbox([first, other])

    assert first is box.get("_1st")
    assert other is box.get("_2nd")
    assert box.get("_3rd") is None
    assert box.get("2nd") is None
