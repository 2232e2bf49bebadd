"""`Agent.as_tool`: a conversation of its own, within the bounds of the one around it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import anyio
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from scenes import after, awaiting_model, call, calls, said
from scripted_host import Answer, Script, ScriptedHost, asks, hangs, refuses, says

from detent import Agent, Context, Conversation, Limits, MemoryJournal, Model, State, Tool, replay, tool
from detent.machine.agent_tool import left_of
from detent.states import Usage
from detent.states.events import Opened, Prepared
from detent.states.turn import OutcomeKind

pytestmark = pytest.mark.anyio

HELP = asks(("helper", '{"task": "look"}'))


@tool
async def look() -> str:
    return "seen"


@contextmanager
def hosts(outer: list[Script], inner: list[Script]) -> Generator[tuple[Model, Model, ScriptedHost]]:
    """Give a model for the outside, one for the inside, and the host of the latter."""
    with ScriptedHost(*outer) as out, ScriptedHost(*inner) as within:
        yield Model("out", base_url=out.base_url), Model("in", base_url=within.base_url), within


def helper(model: Model, *tools: Tool, timeout: float | None = None, **options: Any) -> Tool:
    options.setdefault("limits", Limits(retries=0))
    return Agent(model, tools=tools, **options).as_tool("helper", "Helps.", timeout=timeout)


async def test_an_agent_answers_another_from_a_conversation_of_its_own() -> None:
    journal = MemoryJournal()
    with hosts([HELP, says("done")], [asks(("look", "{}")), says("a cat")]) as (out, within, host):
        outer = Agent(out, tools=[helper(within, look)], journal=journal)
        result = await outer.run("go", conversation_id="c")

    assert (State.DONE, "done", ["a cat"]) == (result.state, result.text, [each.result for each in result.tool_calls])
    assert ["c", "c:3:call00000"] == [*await journal.list()]
    assert (await journal.load("c:3:call00000")) == replay(await journal.read("c:3:call00000"))
    assert ["look"] == [message["content"] for message in host.requests[0]["messages"] if message["role"] == "user"]
    assert Usage(prompt=40, completion=20, model_calls=4) == result.usage == result.conversation.usage


async def test_the_answer_may_be_of_a_type() -> None:
    with hosts([HELP, says("done")], [says('{"degrees": 4}')]) as (out, within, _):
        result = await Agent(out, tools=[helper(within, output=dict[str, int])]).run("go")

    assert '{"degrees":4}' == result.tool_calls[0].result


async def test_its_conversation_is_kept_in_its_own_journal_where_it_has_one() -> None:
    own, around = MemoryJournal(), MemoryJournal()
    with hosts([HELP, says("done")], [says("a cat")]) as (out, within, _):
        await Agent(out, tools=[helper(within, journal=own)], journal=around).run("go", conversation_id="c")

    assert (("c",), ("c:3:call00000",)) == (await around.list(), await own.list())


async def test_where_nothing_is_stored_the_same_id_twice_is_two_conversations() -> None:
    with hosts([HELP, says("one"), HELP, says("two")], [says("a cat"), says("a dog")]) as (out, within, _):
        agent = Agent(out, tools=[helper(within)])
        results = [await agent.run("go", conversation_id="c") for _ in range(2)]

    assert ["a cat", "a dog"] == [result.tool_calls[0].result for result in results]
    assert [3, 3] == [result.usage.model_calls for result in results]


async def test_deps_are_for_the_tools_inside_too() -> None:
    seen: list[object] = []

    @tool
    async def ask(context: Context[str]) -> str:
        seen.append(context.deps)
        return "ok"

    with hosts([HELP, says("done")], [asks(("ask", "{}")), says("ok")]) as (out, within, _):
        await Agent(out, tools=[helper(within, ask)]).run("go", deps="ada")

    assert ["ada"] == seen


async def test_a_failure_inside_is_told_to_the_model_outside() -> None:
    with hosts([HELP, says("a pity")], [refuses(401, "bad key")]) as (out, within, _):
        result = await Agent(out, tools=[helper(within)]).run("go")

    told = result.tool_calls[0].result or ""
    assert (State.DONE, OutcomeKind.RAISED) == (result.state, result.tool_calls[0].kind)
    assert told.startswith("Tool error: the agent came to no answer: ") and "bad key" in told


async def test_a_limit_inside_is_told_with_what_was_gathered() -> None:
    with hosts([HELP, says("ok")], [asks(("look", "{}"))]) as (out, within, _):
        result = await Agent(out, tools=[helper(within, look, limits=Limits(rounds=1))]).run("go")

    told = result.tool_calls[0].result or ""
    assert (OutcomeKind.RETURNED, True) == (result.tool_calls[0].kind, "look(): seen" in told)
    assert told.endswith("\n[It had to stop there: the limit of 1 round was reached.]")


async def test_a_call_without_a_task_never_reaches_the_agent() -> None:
    with hosts([asks(("helper", '{"job": 1}')), says("ok")], [says("never")]) as (out, within, host):
        result = await Agent(out, tools=[helper(within)]).run("go")

    assert (OutcomeKind.BAD_ARGUMENTS, []) == (result.tool_calls[0].kind, host.requests)


async def test_agents_run_side_by_side() -> None:
    together, waiting = anyio.Event(), 0

    @tool
    async def meet() -> str:
        nonlocal waiting
        waiting += 1
        if waiting == 2:
            together.set()
        await together.wait()
        return "met"

    def inner(body: dict[str, Any]) -> Any:
        return says("ok") if body["messages"][-1]["role"] == "tool" else asks(("meet", "{}"))

    twice = asks(("helper", '{"task": "a"}'), ("helper", '{"task": "b"}'))
    journal = MemoryJournal()
    with hosts([twice, says("done")], [inner]) as (out, within, _):
        agent = Agent(out, tools=[helper(within, meet)], journal=journal)
        result = await agent.run("go", conversation_id="c")

    assert (["ok", "ok"], 6) == ([each.result for each in result.tool_calls], result.usage.model_calls)
    assert ["c", "c:3:call00000", "c:3:call00001"] == sorted(await journal.list())


# --- limits --------------------------------------------------------------------------------------------------------------


async def test_it_stops_at_what_is_left_of_the_limits_outside() -> None:
    journal = MemoryJournal()
    with hosts([HELP, says("never")], [asks(("look", "{}"))]) as (out, within, host):
        agent = Agent(out, tools=[helper(within, look)], journal=journal, limits=Limits(total_tokens=40))
        result = await agent.run("go", conversation_id="c")

    inner = await journal.load("c:3:call00000")
    assert (25, 2, State.LIMIT_HIT) == (inner.run.limits.total_tokens, len(host.requests), inner.state)
    assert (State.LIMIT_HIT, 45) == (result.state, result.usage.total)


async def test_the_time_of_the_run_outside_stops_it_too() -> None:
    journal, gate = MemoryJournal(), threading.Event()
    begun = said(limits=Limits(seconds=1.0), at=time.time())
    await journal.append("c", 0, [Opened(conversation_id="c"), begun, Prepared(), calls(call("helper", '{"task": "look"}'))])
    with hosts([says("never")], [hangs(gate)]) as (out, within, _):
        result = await Agent(out, tools=[helper(within)], journal=journal).resume("c")
        gate.set()

    inner = await journal.load("c:3:call00000")
    assert (State.LIMIT_HIT, True) == (result.state, inner.state.ends_a_run)
    assert inner.run.limits.seconds is not None
    assert inner.run.limits.seconds < 1.0


def used(**usage: Any) -> Conversation:
    return after(awaiting_model(at=time.time()), calls(call("helper"), usage=Usage(**usage)))


def around(limits: Limits, **usage: Any) -> Conversation:
    record = used(**usage)
    return evolve(record, run=evolve(record.run, limits=limits))


def test_without_limits_outside_its_own_stand() -> None:
    own = Limits(rounds=3, total_tokens=10, cost=0.5, seconds=2.0, on_limit="answer")

    assert own == left_of(own, around(Limits(rounds=1), prompt=100, cost=9.0))


def test_of_two_limits_the_lower_holds() -> None:
    outside = around(
        Limits(input_tokens=100, output_tokens=50, total_tokens=120, cost=1.0), prompt=30, completion=10, cost=0.25
    )
    wide = left_of(Limits(), outside)
    narrow = left_of(Limits(input_tokens=5, output_tokens=6, total_tokens=7, cost=0.125), outside)

    assert (70, 40, 80, 0.75) == (wide.input_tokens, wide.output_tokens, wide.total_tokens, wide.cost)
    assert (5, 6, 7, 0.125) == (narrow.input_tokens, narrow.output_tokens, narrow.total_tokens, narrow.cost)


def test_what_is_left_of_the_time_is_counted_from_the_start_of_the_run() -> None:
    seconds = left_of(Limits(), around(Limits(seconds=1000.0))).seconds
    late = around(Limits(seconds=1000.0))
    over = left_of(Limits(), evolve(late, run=evolve(late.run, started_at=time.time() - 5000))).seconds

    assert seconds is not None and over is not None
    assert 900 < seconds <= 1000 and 0 < over < 1


@given(st.integers(0, 200), st.integers(0, 200), st.floats(0, 3), st.integers(1, 100), st.floats(0.001, 2))
def test_what_is_left_is_always_a_limit(prompt: int, completion: int, cost: float, tokens: int, price: float) -> None:
    outside = around(
        Limits(input_tokens=tokens, output_tokens=tokens, total_tokens=tokens, cost=price),
        prompt=prompt,
        completion=completion,
        cost=cost,
    )
    left = left_of(Limits(input_tokens=50), outside)

    assert 1 <= (left.input_tokens or 0) <= min(50, max(1, tokens - prompt))
    assert left.total_tokens == max(1, tokens - prompt - completion)
    assert 0 < (left.cost or 0) <= price


# --- cancelling, timeouts, failures: what is stored and counted -----------------------------------------------------------


async def test_to_cancel_outside_cancels_inside_and_both_are_stored() -> None:
    journal, begun = MemoryJournal(), anyio.Event()

    @tool
    async def endless() -> str:
        begun.set()
        await anyio.sleep_forever()
        return ""

    with hosts([HELP], [asks(("endless", "{}"))]) as (out, within, _):
        agent = Agent(out, tools=[helper(within, endless)], journal=journal)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(lambda: agent.run("go", conversation_id="c"))
            await begun.wait()
            tasks.cancel_scope.cancel()

    records = [replay(await journal.read(each)) for each in ("c", "c:3:call00000")]
    assert [State.CANCELLED] * 2 == [record.state for record in records]


class Distant(MemoryJournal):
    """A journal that takes a moment to answer."""

    async def load(self, conversation_id: str) -> Conversation:
        await anyio.lowlevel.checkpoint()
        return await super().load(conversation_id)


async def test_what_it_used_counts_where_its_time_was_over() -> None:
    journal, gate = Distant(), threading.Event()
    with hosts([HELP, says("ok")], [asks(("look", "{}")), hangs(gate)]) as (out, within, _):
        agent = Agent(out, tools=[helper(within, look, timeout=0.5)], journal=journal)
        result = await agent.run("go", conversation_id="c")
        gate.set()

    inner = await journal.load("c:3:call00000")
    assert (OutcomeKind.TIMED_OUT, State.CANCELLED) == (result.tool_calls[0].kind, inner.state)
    assert Usage(prompt=20, completion=10, model_calls=2) + inner.usage == result.usage


@pytest.mark.parametrize("journal", [None, MemoryJournal()])
async def test_what_it_used_counts_once_where_it_was_tried_again(journal: MemoryJournal | None) -> None:
    script: list[Script] = [asks(("look", "{}")), refuses(401, "no"), says("a cat")]
    with hosts([HELP, says("ok")], script) as (out, within, host):
        again = evolve(helper(within, look), retries=1)
        result = await Agent(out, tools=[again], journal=journal).run("go", conversation_id="c")

    assert ("a cat", 3) == (result.tool_calls[0].result, len(host.requests))
    assert 4 == result.usage.model_calls


async def test_the_task_is_what_the_schema_asks_for() -> None:
    made = helper(Model("m", base_url="http://h"))

    assert ["task"] == list(json.loads(json.dumps(made.parameters["properties"])))
    assert (True, True, True) == (made.idempotent, made.takes_context, made.is_async)


def told_back(body: dict[str, Any]) -> Answer:
    """Ask the helper for what the user said, and answer with what it says."""
    last = body["messages"][-1]
    return asks(("helper", json.dumps({"task": last["content"]}))) if last["role"] == "user" else says(last["content"])


def echoes(body: dict[str, Any]) -> Answer:
    time.sleep(0.05)
    return says(f"of {body['messages'][-1]['content']}")


async def test_a_conversation_begun_again_under_a_deleted_ones_id_is_not_told_the_answers_of_that() -> None:
    journal = MemoryJournal()
    with hosts([told_back], [echoes]) as (out, within, _):
        agent = Agent(out, tools=[helper(within)], journal=journal)
        first = await agent.run("one", conversation_id="c")
        await journal.delete("c")
        second = await agent.run("two", conversation_id="c")

    assert ("of one", "of two") == (first.text, second.text)


@pytest.mark.parametrize("journal", [None, MemoryJournal()])
async def test_runs_from_one_record_that_is_not_stored_are_each_told_their_own_answer(journal: MemoryJournal | None) -> None:
    texts: dict[str, str] = {}
    with hosts([told_back], [echoes]) as (out, within, _):
        agent = Agent(out, tools=[helper(within, journal=journal)])
        begun = (await agent.run("zero")).conversation

        async def go_on(task: str, pause: float) -> None:
            await anyio.sleep(pause)
            texts[task] = (await agent.run(task, conversation=begun)).text

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(go_on, "one", 0.0)
            tasks.start_soon(go_on, "two", 0.02)

    assert {"one": "of one", "two": "of two"} == texts
