"""A run that is parked: nothing new begins, what is under way is recorded, and whoever takes it up goes on."""

from __future__ import annotations

import threading

import anyio
import pytest
from history_oracle import judge
from scripted_host import ScriptedHost, asks, hangs, says

from detent import Agent, Limits, MemoryJournal, Model, State, Tool, tool
from detent.states.events import Cancelled, ToolReturned

pytestmark = pytest.mark.anyio


def agent_at(host: ScriptedHost, journal: MemoryJournal, *tools: Tool) -> Agent[str]:
    return Agent(Model("m", base_url=host.base_url), tools=tools, journal=journal, limits=Limits(retries=0))


async def test_a_tool_that_is_under_way_ends_and_the_next_model_call_is_left_to_whoever_goes_on() -> None:
    begun, goes_on, journal = anyio.Event(), anyio.Event(), MemoryJournal()

    @tool
    async def slow() -> str:
        begun.set()
        await goes_on.wait()
        return "done at last"

    with ScriptedHost(asks(("slow", "{}")), says("hello")) as host:
        async with agent_at(host, journal, slow).stream("hi", conversation_id="c") as run:
            await begun.wait()
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(run.park, 60.0)
                await anyio.wait_all_tasks_blocked()
                goes_on.set()
        parked = await journal.load("c")
        assert (State.PROMPTING, 1) == (parked.state, len(host.requests))

        result = await agent_at(host, journal, slow).resume("c")

    events = await journal.read("c")
    assert ("hello", State.DONE) == (result.text, result.state)
    assert 1 == sum(isinstance(event, ToolReturned) for event in events)
    assert not any(isinstance(event, Cancelled) for event in events)
    assert [] == judge(result.conversation.messages)


async def test_what_does_not_end_in_time_is_dropped_and_asked_for_again() -> None:
    journal, gate = MemoryJournal(), threading.Event()
    with ScriptedHost(hangs(gate), says("hello")) as host:
        async with agent_at(host, journal).stream("hi", conversation_id="c") as run:
            while not host.requests:
                await anyio.sleep(0.001)
            await run.park(0)
        assert State.AWAITING_MODEL is (await journal.load("c")).state

        assert "hello" == (await agent_at(host, journal).resume("c")).text


async def test_a_run_that_has_ended_is_not_changed() -> None:
    journal = MemoryJournal()
    with ScriptedHost(says("hello")) as host:
        async with agent_at(host, journal).stream("hi", conversation_id="c") as run:
            async for _ in run:
                pass
            await run.park()

    assert (State.DONE, run.conversation) == (run.result.state, await journal.load("c"))
