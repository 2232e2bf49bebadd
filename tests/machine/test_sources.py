"""`Sources`: where an agent's tools come from, and what can not be together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from scripted_host import ScriptedHost, asks, says

from detent import Agent, ConfigurationError, Model, Tool, Toolbox, tool
from detent.errors import ToolDefinitionError
from detent.machine.sources import checked_sources


def named(name: str, *requires: str) -> Tool:
    async def run() -> str:
        return name

    return tool(run, name=name, requires=requires)


def plain() -> str:
    """Say."""
    return "plain"


class Server:
    """Tools that change."""

    def __init__(self, *tools: Tool) -> None:
        self.tools = tools


def names(*given: Any) -> tuple[str, ...]:
    return checked_sources(given).toolbox().names


def test_tools_functions_toolboxes_and_servers_may_stand_together_in_order() -> None:
    given = (named("a"), plain, Toolbox([named("b"), named("c")]), Server(named("d"), named("e")))

    assert ("a", "plain", "b", "c", "d", "e") == names(*given)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Toolbox([named("a")]), ("a",)),
        (Server(named("a"), named("b")), ("a", "b")),
        ((each for each in [named("a")]), ("a",)),
        ((), ()),
    ],
)
def test_a_toolbox_a_server_or_any_iterable_may_stand_alone(given: object, expected: tuple[str, ...]) -> None:
    assert expected == checked_sources(given).toolbox().names


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (named("a"), r"put the one you gave in brackets: \[a\]"),
        (plain, "put the one you gave in brackets"),
        ("ab", "a list of tools is wanted, not 'ab'"),
        (None, "a list of tools is wanted, not None"),
        ([3], "each must be a tool or a function, not int"),
        ([[named("a")]], "each must be a tool or a function, not list"),
    ],
)
def test_what_are_no_tools_is_refused_with_what_would_do(given: object, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        checked_sources(given)


def test_a_required_tool_may_come_from_anywhere() -> None:
    assert ("book", "search") == names(named("book", "search"), Server(named("search")))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            [named("book", "serch"), named("search")],
            "tool 'book': requires `serch`, but there is no tool `serch`; did you mean",
        ),
        ([named("a", "b"), named("b", "c"), named("c", "a")], "requires itself by way of others: "),
        ([named("a"), Server(named("a"))], "tool 'a': two tools have this name"),
    ],
)
def test_what_can_not_be_together_is_refused_when_the_agent_is_made(given: list[Any], message: str) -> None:
    with pytest.raises(ToolDefinitionError, match=message):
        Agent(Model("m", base_url="http://h"), tools=given)


def test_a_cycle_is_shown_all_the_way_round() -> None:
    with pytest.raises(ToolDefinitionError) as caught:
        names(named("a", "b"), named("b", "a"), named("c"))

    around = str(caught.value).split(": ")[-1].split(" -> ")
    assert (around[0], {"a", "b"}, 3, caught.value.tool) == (around[-1], set(around), len(around), around[0])


def test_tools_that_never_change_are_not_looked_at_again() -> None:
    sources = checked_sources([named("a")])

    assert (False, False) == (sources.is_live, sources.has_changed(Toolbox()))


def test_a_change_of_a_server_is_seen() -> None:
    server = Server(named("a"))
    sources = checked_sources([named("first"), server])
    toolbox = sources.toolbox()
    seen = [sources.has_changed(toolbox)]
    for change in ((*server.tools, named("b")), (named("a"),), ()):
        server.tools = change
        seen.append(sources.has_changed(toolbox))

    assert [False, True, True, True] == seen
    assert (True, ("first",)) == (sources.is_live, sources.toolbox().names)


@pytest.mark.anyio
async def test_each_run_begins_with_the_tools_that_are_there_by_then() -> None:
    server = Server(named("a"))
    agent_tools: list[Callable[..., Any] | Any] = [plain, server]

    def change(body: dict[str, Any]) -> Any:
        server.tools = (named("b"),)
        return asks(("a", "{}"), ("b", "{}"))

    with ScriptedHost(change, says("ok")) as host:
        agent = Agent(Model("m", base_url=host.base_url), tools=agent_tools)
        first = await agent.run("go")
        second = await agent.run("go")

    offered = [[each["function"]["name"] for each in request["tools"]] for request in host.requests]
    assert [["plain", "a"], ["plain", "a"], ["plain", "b"]] == offered
    assert [True, False] == [each.ok for each in first.tool_calls]
    assert (("plain", "b"), "ok") == (agent.toolbox.names, second.text)


@pytest.mark.anyio
async def test_a_server_without_tools_yet_is_told_of_all_the_same() -> None:
    server = Server()
    with ScriptedHost(says("ok")) as host:
        agent = Agent(Model("m", base_url=host.base_url), tools=server, tools_note="There are tools.")
        await agent.run("go")

    assert "There are tools." == host.requests[0]["messages"][0]["content"]
    assert "tools" not in host.requests[0]
