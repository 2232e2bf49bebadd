from __future__ import annotations

import functools
from collections.abc import AsyncIterator

import pytest

from detent.errors import ToolDefinitionError
from detent.tools import Context, Tool, tool


@tool
async def weather(city: str) -> str:
    """Report the weather of a city.

    Args:
        city: The city's name, in English.
    """
    return city


@tool(
    name="look", description="Look it up.", timeout=5, retries=2, idempotent=True, approve=True, exclusive=True, max_chars=500
)
def search(context: Context[dict[str, int]], words: str = "x") -> str:
    """Search."""
    return f"{context.deps}{words}"


class Shop:
    def order(self, item: str) -> str:
        """Order it."""
        return item


def test_a_bare_decorator_takes_everything_from_the_function() -> None:
    assert ("weather", "Report the weather of a city.") == (weather.name, weather.description)
    assert {"city": {"type": "string", "description": "The city's name, in English."}} == weather.parameters["properties"]
    assert (None, 0, False, False, False, 20_000, None, False) == (
        weather.timeout,
        weather.retries,
        weather.approve,
        weather.idempotent,
        weather.exclusive,
        weather.max_chars,
        weather.on_crash,
        weather.takes_context,
    )


def test_a_decorator_with_options_sets_them() -> None:
    assert ("look", "Look it up.", 5, 2, True) == (
        search.name,
        search.description,
        search.timeout,
        search.retries,
        search.approve,
    )
    assert (True, True, 500, True) == (search.idempotent, search.exclusive, search.max_chars, search.takes_context)


def test_the_policy_towards_other_calls_is_set_too() -> None:
    made = tool(Shop().order, max_parallel=2, requires="look", hidden_until=bool)

    assert (2, ("look",), bool) == (made.max_parallel, made.requires, made.hidden_until)
    assert (None, (), None) == (weather.max_parallel, weather.requires, weather.hidden_until)


def test_a_generator_is_a_tool_that_needs_a_thread() -> None:
    async def steps() -> AsyncIterator[str]:
        yield "one"

    made = tool(steps)

    assert ({}, False) == (made.parameters["properties"], made.is_async)


def test_the_context_is_not_described_and_comes_first() -> None:
    context = Context(deps={"a": 1}, call_id="c", idempotency_key="k", conversation_id="i")

    assert ["words"] == list(search.parameters["properties"])  # type: ignore[call-overload]  # pyright: ignore
    assert "{'a': 1}y" == search.call(context, words="y")


def test_a_bound_method_and_a_partial_are_tools_too() -> None:
    order = tool(Shop().order, on_crash="report")
    hidden = tool(functools.partial(Shop().order, item="secret"), name="hidden")

    assert ("order", "Order it.", "report", "pen") == (order.name, order.description, order.on_crash, order(item="pen"))
    assert {} == hidden.parameters["properties"]
    assert "secret" == hidden()


def test_a_decorator_can_be_used_twice() -> None:
    quick = tool(timeout=1)

    assert [1, 1] == [quick(Shop().order).timeout, quick(Shop().order).timeout]


def test_an_empty_description_replaces_the_docstring() -> None:
    assert "" == tool(Shop().order, description="").description


def test_a_tool_stays_the_tool_it_is() -> None:
    assert weather is tool(weather)
    for options in ({"timeout": 3}, {"name": "x"}, {"description": "x"}):
        with pytest.raises(ToolDefinitionError, match="is a tool already"):
            tool(weather, **options)  # pyright: ignore


def test_what_can_not_be_called_is_no_tool() -> None:
    with pytest.raises(ToolDefinitionError, match="call must be a function"):
        tool(5)  # type: ignore[call-overload]  # pyright: ignore
    with pytest.raises(ToolDefinitionError, match="not the class Shop"):
        tool(Shop)


def test_a_function_without_a_usable_name_needs_one() -> None:
    with pytest.raises(ToolDefinitionError, match="give one with name="):
        tool(lambda: 1)

    assert isinstance(tool(lambda: 1, name="one"), Tool)
