"""`Tools`: which may start, what each is handed, and what comes of it; seen through whole runs where that shows more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import anyio
import pytest
from scenes import after, call, calls, dispatching, gated
from scripted_host import ScriptedHost, asks, says

from detent import (
    Agent,
    Conversation,
    Model,
    RunResult,
    State,
    Tool,
    Toolbox,
    replay,
    tool,
)
from detent.machine.offering import Offering
from detent.machine.world_tools import Tools
from detent.states import effects
from detent.states.effects import CallTool
from detent.states.events import Approved, Opened, Prepared, ToolAsked, ToolFailed, ToolReturned, ToolStarted, UserSaid
from detent.states.messages import Call, UserMessage
from detent.states.turn import Ask, OutcomeKind

pytestmark = pytest.mark.anyio


def effect(name: str, *, started: bool = False, call_id: str = "call00000") -> CallTool:
    return CallTool(call=Call(id=call_id, name=name), key="k", started=started)


def tools(*some: Tool, **options: Any) -> Tools:
    return Tools(offering=Offering(Toolbox(some)), **options)


def named(name: str, **policy: Any) -> Tool:
    async def run() -> str:
        return name

    return tool(run, name=name, **policy)


async def run(*some: Tool | Callable[..., Any], ask: tuple[tuple[str, str], ...], **options: Any) -> RunResult[str]:
    """Return what a run comes to whose model makes the calls *ask* at once, then answers."""
    with ScriptedHost(asks(*ask), says("ok")) as host:
        return await Agent(Model("m", base_url=host.base_url), tools=some, **options).run("go")


# --- which may start -----------------------------------------------------------------------------------------------------


def test_an_exclusive_tool_may_start_beside_none_and_none_beside_it() -> None:
    here, at = tools(named("alone", exclusive=True, max_parallel=2), named("shared"), max_parallel=2), Conversation()

    assert here.may_start(effect("alone"), [], at)
    assert not here.may_start(effect("alone"), [effect("shared")], at)
    assert not here.may_start(effect("alone"), [effect("alone")], at)
    assert not here.may_start(effect("shared"), [effect("alone")], at)
    assert here.may_start(effect("shared"), [effect("shared")], at)
    assert not here.may_start(effect("shared"), [effect("shared")] * 2, at)


def test_what_is_no_tool_needs_no_room() -> None:
    here = tools(named("alone", exclusive=True), max_parallel=1)

    assert here.may_start(effect("unknown"), [effect("alone")], Conversation())


def test_no_more_of_one_tool_run_at_once_than_it_allows() -> None:
    here, at = tools(named("two", max_parallel=2), named("free")), Conversation()

    assert here.may_start(effect("two"), [effect("two"), effect("free"), effect("free")], at)
    assert not here.may_start(effect("two"), [effect("two"), effect("free"), effect("two")], at)
    assert here.may_start(effect("free"), [effect("two")] * 2, at)


def test_a_tool_waits_for_one_of_the_same_turn_that_it_requires() -> None:
    here = tools(named("search"), named("book", requires="search"))
    both = dispatching(call("book"), call("search"))
    book, search = (each for each in effects(both) if isinstance(each, CallTool))
    done = after(both, ToolReturned(call_id="call00001", content="x"))

    assert [False, True, True] == [
        here.may_start(book, [], both),
        here.may_start(search, [], both),
        here.may_start(book, [], done),
    ]


def test_the_start_of_a_tool_is_recorded_where_it_must_not_be_repeated_unknowingly() -> None:
    here = tools(named("pay"), named("look", idempotent=True), named("again", on_crash="retry"), named("ask", on_crash="ask"))

    assert here.starts_are_recorded(effect("pay"))
    assert not here.starts_are_recorded(effect("look"))
    assert not here.starts_are_recorded(effect("unknown"))
    assert [False, True, False] == [here.starts_are_recorded(effect(each, started=True)) for each in ("pay", "again", "ask")]


async def test_at_most_so_many_calls_of_a_tool_run_at_once_in_a_run() -> None:
    running, most = 0, 0

    @tool(max_parallel=2)
    async def work() -> str:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await anyio.wait_all_tasks_blocked()
        running -= 1
        return "ok"

    result = await run(work, ask=(("work", "{}"),) * 3)

    assert (2, 3) == (most, sum(each.ok for each in result.tool_calls))


# --- what must come first ------------------------------------------------------------------------------------------------


async def test_a_tool_runs_after_those_that_it_requires_though_it_was_called_before() -> None:
    order: list[str] = []

    def noting(name: str, **policy: Any) -> Tool:
        async def note() -> str:
            await anyio.lowlevel.checkpoint()
            order.append(name)
            return name

        return tool(note, name=name, **policy)

    book, hold = noting("book", requires=["search", "hold"]), noting("hold", requires="search")
    result = await run(book, hold, noting("search"), ask=(("book", "{}"), ("hold", "{}"), ("search", "{}")))

    assert ["search", "hold", "book"] == order
    assert [True] * 3 == [each.ok for each in result.tool_calls]


async def test_a_tool_is_refused_until_those_that_it_requires_have_returned() -> None:
    @tool
    async def broken() -> str:
        raise OSError("no")

    result = await run(
        broken, named("search"), named("book", requires=["search", "broken"]), ask=(("book", "{}"), ("broken", "{}"))
    )

    assert OutcomeKind.RAISED is result.tool_calls[0].kind
    assert (
        "Tool error: `book` can not be called yet: `search` and `broken` must have returned first"
        == result.tool_calls[0].result
    )


async def test_what_returned_in_an_earlier_turn_or_run_counts() -> None:
    with ScriptedHost(asks(("search", "{}")), says("ok"), asks(("book", "{}")), says("ok")) as host:
        agent = Agent(Model("m", base_url=host.base_url), tools=[named("search"), named("book", requires="search")])
        first = await agent.run("go")
        second = await agent.run("go", conversation=first.conversation)

    assert [("book", True)] == [(each.tool, each.ok) for each in second.tool_calls]


async def test_what_failed_in_an_earlier_turn_does_not_count() -> None:
    failed = after(dispatching(call("search")), ToolFailed(call_id="call00000", content="Tool error: no"), Prepared())
    open_turn = after(failed, calls(call("book")))
    (wanted,) = effects(open_turn)
    assert isinstance(wanted, CallTool)
    ended = await tools(named("search"), named("book", requires="search")).call(wanted, open_turn)

    assert isinstance(ended, ToolFailed)


# --- hiding --------------------------------------------------------------------------------------------------------------


async def test_a_tool_that_hides_is_neither_offered_nor_run_until_its_condition_holds() -> None:
    def searched(conversation: Conversation) -> bool:
        return len(conversation.history) > 2

    with ScriptedHost(asks(("book", "{}"), ("search", "{}")), asks(("book", "{}")), says("ok")) as host:
        agent = Agent(Model("m", base_url=host.base_url), tools=[named("search"), named("book", hidden_until=searched)])
        result = await agent.run("go")

    offered = [[each["function"]["name"] for each in request["tools"]] for request in host.requests]
    assert [OutcomeKind.UNKNOWN_TOOL, OutcomeKind.RETURNED] == [each.kind for each in result.tool_calls[:2]]
    assert "Tool error: there is no tool `book`. Tools: `search`" == result.tool_calls[0].result
    assert [["search"], ["search"], ["search", "book"]] == offered


async def test_a_hidden_tool_asks_nobody_for_approval() -> None:
    hidden = named("pay", approve=True, hidden_until=lambda conversation: conversation.nothing)
    result = await run(hidden, named("look"), ask=(("pay", "{}"),))

    assert (State.DONE, OutcomeKind.UNKNOWN_TOOL) == (result.state, result.tool_calls[0].kind)


async def test_where_all_tools_hide_none_are_offered() -> None:
    with ScriptedHost(says("ok")) as host:
        await Agent(Model("m", base_url=host.base_url), tools=[named("book", hidden_until=lambda _: False)]).run("go")

    assert "tools" not in host.requests[0] and "tool_choice" not in host.requests[0]


# --- after a crash -------------------------------------------------------------------------------------------------------


def crashed(name: str, *more: Any, gate: bool = False) -> Conversation:
    """Return the record that a crash leaves: the tool was started, nothing more is known."""
    said, asked = UserSaid(message=UserMessage(content="go")), calls(gated(name) if gate else call(name))
    approved = [Approved(call_id="call00000", arguments='{"x": 2}')] * gate
    return replay([Opened(conversation_id="c"), said, Prepared(), asked, *approved, ToolStarted(call_id="call00000"), *more])


def noted(name: str, **policy: Any) -> tuple[Tool, list[str]]:
    ran: list[str] = []

    async def note(x: int = 1) -> str:
        ran.append(f"{name} {x}")
        return "ran"

    return tool(note, name=name, **policy), ran


async def taken_up(record: Conversation, *some: Tool, **decisions: Any) -> RunResult[str]:
    with ScriptedHost(says("ok")) as host:
        return await Agent(Model("m", base_url=host.base_url), tools=some).resume(record, **decisions)


@pytest.mark.parametrize(
    ("policy", "kind", "runs"),
    [
        ({}, OutcomeKind.LOST, 0),
        ({"on_crash": "report", "idempotent": True}, OutcomeKind.LOST, 0),
        ({"idempotent": True}, OutcomeKind.RETURNED, 1),
        ({"on_crash": "retry"}, OutcomeKind.RETURNED, 1),
    ],
)
async def test_after_a_crash_a_call_is_run_again_or_reported_as_its_tool_says(
    policy: dict[str, Any], kind: OutcomeKind, runs: int
) -> None:
    made, ran = noted("act", **policy)
    result = await taken_up(crashed("act"), made)

    assert (State.DONE, kind, runs) == (result.state, result.tool_calls[0].kind, len(ran))


async def test_after_a_crash_a_tool_that_is_no_longer_there_is_an_unknown_one() -> None:
    result = await taken_up(crashed("gone"))

    assert (State.DONE, OutcomeKind.UNKNOWN_TOOL) == (result.state, result.tool_calls[0].kind)


Word = Literal["approve", "deny"]


@pytest.mark.parametrize(("word", "kind", "runs"), [("approve", OutcomeKind.RETURNED, 1), ("deny", OutcomeKind.DENIED, 0)])
async def test_after_a_crash_a_person_is_asked_where_the_tool_says_so(word: Word, kind: OutcomeKind, runs: int) -> None:
    made, ran = noted("pay", on_crash="ask")
    waiting = await taken_up(crashed("pay"), made)
    assert (State.AWAITING_APPROVAL, []) == (waiting.state, ran)
    assert ["Shall it be run again?"] == [(each.question or "")[-22:] for each in waiting.approvals]

    result = await taken_up(waiting.conversation, made, **{word: ["call00000"]})

    assert (State.DONE, kind, runs) == (result.state, result.tool_calls[0].kind, len(ran))


async def test_a_person_who_is_asked_after_a_crash_sees_the_arguments_that_would_run() -> None:
    made, ran = noted("pay", on_crash="ask")
    waiting = await taken_up(crashed("pay", gate=True), made)
    assert [{"x": 2}] == [each.args for each in waiting.approvals]

    await taken_up(waiting.conversation, made, approve=waiting.approvals)

    assert ["pay 2"] == ran


async def test_a_tool_that_was_run_again_and_crashed_again_is_asked_about_again() -> None:
    made, ran = noted("pay", on_crash="ask")
    once_more = crashed("pay", ToolAsked(call_id="call00000", ask=Ask(question="?")), Approved(call_id="call00000"))
    waiting = await taken_up(after(once_more, ToolStarted(call_id="call00000")), made)

    assert (State.AWAITING_APPROVAL, []) == (waiting.state, ran)
