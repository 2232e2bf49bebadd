from __future__ import annotations

from collections.abc import Callable

import pytest

from detent.errors import ConfigurationError, ToolDefinitionError
from detent.tools import Toolbox, tool


def weather(city: str) -> str:
    """Report the weather."""
    return city


@tool
def search(words: str) -> str:
    """Search."""
    return words


BOX = Toolbox([weather, search])


def numbered(count: int) -> list[object]:
    return [tool(weather, name=f"t{number}") for number in range(count)]


def test_functions_become_tools_in_the_order_given() -> None:
    assert ("weather", "search") == BOX.names
    assert ["weather", "search"] == [each.name for each in BOX]
    assert 2 == len(BOX)
    assert "Toolbox(weather, search)" == repr(BOX)


def test_a_tool_is_found_by_its_name() -> None:
    assert search is BOX.get("search")
    assert BOX.get("nothing") is None


def test_a_name_and_a_tool_can_be_looked_for() -> None:
    assert "weather" in BOX
    assert search in BOX
    assert "nothing" not in BOX
    assert tool(weather) not in BOX
    assert 3 not in BOX


def test_a_toolbox_can_be_made_of_a_toolbox_and_of_nothing() -> None:
    assert BOX.names == Toolbox(BOX).names
    assert () == Toolbox().names


def test_the_request_lists_every_tool() -> None:
    assert [each.to_openai() for each in BOX] == BOX.to_openai()


def test_two_tools_of_one_name_are_refused() -> None:
    with pytest.raises(ToolDefinitionError, match="tool 'weather': two tools have this name"):
        Toolbox([weather, weather])


def test_more_than_128_tools_are_refused() -> None:
    assert 128 == len(Toolbox(numbered(128)))  # type: ignore[arg-type]  # pyright: ignore
    with pytest.raises(ConfigurationError, match="129 given, but hosts take 128 at most"):
        Toolbox(numbered(129))  # type: ignore[arg-type]  # pyright: ignore


@pytest.mark.parametrize(
    ("tools", "problem"),
    [
        (weather, "must be a list of tools or functions, not function; put it in a list"),
        (search, "must be a list of tools or functions, not Tool"),
        (None, "must be a list of tools or functions, not NoneType"),
        ("ab", "each must be a tool or a function, not str"),
        ([{"type": "function"}], "each must be a tool or a function, not dict"),
    ],
)
def test_what_are_no_tools_is_refused(tools: object, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        Toolbox(tools)  # type: ignore[arg-type]  # pyright: ignore


@tool(requires="search")
def book(seat: str) -> str:
    """Book a seat."""
    return seat


TRAVEL = Toolbox([search, book, weather])


def test_toolboxes_can_be_put_together() -> None:
    assert ("weather", "search", "book") == (BOX | [book]).names
    assert ("weather", "search") == BOX.names
    with pytest.raises(ToolDefinitionError, match="two tools have this name"):
        _ = BOX | BOX


def test_some_tools_can_be_chosen_and_keep_their_order() -> None:
    assert ("search", "weather") == TRAVEL.only("weather", "search").names
    assert () == TRAVEL.only().names


def test_some_tools_can_be_left_out() -> None:
    assert ("search", "weather") == TRAVEL.without("book").names
    assert TRAVEL.names == TRAVEL.without().names


def test_tools_can_be_renamed_and_what_requires_them_follows() -> None:
    renamed = TRAVEL.renamed({"search": "find"})

    assert ("find", "book", "weather") == renamed.names
    assert [(), ("find",), ()] == [each.requires for each in renamed]
    assert ("search",) == book.requires


def test_tools_that_change_names_with_one_another_do_so() -> None:
    swapped = TRAVEL.renamed({"search": "book", "book": "search"})

    assert [("book", ()), ("search", ("book",)), ("weather", ())] == [(each.name, each.requires) for each in swapped]


def test_a_new_name_must_be_free_and_one_that_hosts_take() -> None:
    with pytest.raises(ToolDefinitionError, match="two tools have this name"):
        TRAVEL.renamed({"search": "weather"})
    with pytest.raises(ToolDefinitionError, match="name must be 1 to 64"):
        TRAVEL.prefixed("a b ")


def test_a_prefix_goes_before_every_name() -> None:
    prefixed = TRAVEL.prefixed("travel_")

    assert ("travel_search", "travel_book", "travel_weather") == prefixed.names
    assert [(), ("travel_search",), ()] == [each.requires for each in prefixed]
    assert "Oslo" == prefixed.get("travel_weather").call(city="Oslo")  # type: ignore[union-attr]  # pyright: ignore


@pytest.mark.parametrize("change", [BOX.only, BOX.without, lambda name: BOX.renamed({name: "x"})])
def test_a_name_that_is_not_there_is_refused_with_the_closest(change: Callable[[str], Toolbox]) -> None:
    with pytest.raises(ConfigurationError, match="no tool `serch`; did you mean `search`"):
        change("serch")


def test_a_model_is_told_the_names_it_may_have_meant() -> None:
    assert "there is no tool `wether`; did you mean `weather`? Tools: `weather`, `search`" == BOX.unknown("wether")
    assert "there is no tool `zzz`. Tools: `weather`, `search`" == BOX.unknown("zzz")
    assert "there is no tool `x`; there are no tools" == Toolbox().unknown("x")


def test_the_message_is_short_and_well_formed_whatever_the_model_called() -> None:
    message = Toolbox(numbered(128)).unknown("a\ud800\n" + "x" * 1_000_000)  # type: ignore[arg-type]  # pyright: ignore

    message.encode()
    assert len(message) < 500
    assert "and 108 more" in message
    assert "\n" not in message
