"""A run that is watched: by several readers, and spoken to while it is being stopped."""

from __future__ import annotations

import threading

import anyio
import pytest
from scripted_host import ScriptedHost, asks, hangs, says, streams

from detent import Agent, DetentError, Limits, MemoryJournal, Model, State, Tool, tool
from detent.states.events import UserSaid

pytestmark = pytest.mark.anyio


def agent_at(host: ScriptedHost, journal: MemoryJournal, *tools: Tool) -> Agent[str]:
    return Agent(Model("m", base_url=host.base_url), tools=tools, journal=journal, limits=Limits(retries=0))


async def test_each_of_several_readers_comes_to_the_end() -> None:
    ended: list[int] = []
    with ScriptedHost(streams({"content": "a"}, {"content": "b"})) as host:
        async with agent_at(host, MemoryJournal()).stream("hi") as run:

            async def read(number: int) -> None:
                async for _ in run:
                    pass
                ended.append(number)

            with anyio.fail_after(10):
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(read, 1)
                    tasks.start_soon(read, 2)

    assert [1, 2] == sorted(ended)


async def test_nothing_is_heard_any_more_while_a_run_is_being_cancelled() -> None:
    journal = MemoryJournal()
    with ScriptedHost(hangs(threading.Event()), says("another run")) as host:
        async with agent_at(host, journal).stream("hi", conversation_id="c") as run:
            while not host.requests:
                await anyio.sleep(0.001)
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(run.cancel)
                await anyio.sleep(0)
                with pytest.raises(DetentError):
                    run.say("one more thing")

    assert (State.CANCELLED, 1) == (run.result.state, len(host.requests))
    assert 1 == sum(isinstance(event, UserSaid) for event in await journal.read("c"))


async def test_a_run_that_is_being_parked_is_left_as_it_is_stored_where_nobody_waits_for_it() -> None:
    journal = MemoryJournal()
    with ScriptedHost(hangs(threading.Event())) as host:
        async with agent_at(host, journal).stream("hi", conversation_id="c") as run:
            while not host.requests:
                await anyio.sleep(0.001)
            with anyio.move_on_after(0.01):
                await run.park(60)

    assert State.AWAITING_MODEL is (await journal.load("c")).state


async def test_nothing_is_heard_any_more_where_a_parked_run_does_not_store_it() -> None:
    begun, journal = anyio.Event(), MemoryJournal()

    @tool(idempotent=True)
    async def tidy() -> None:
        try:
            begun.set()
            await anyio.sleep_forever()
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.sleep(0.1)

    with ScriptedHost(asks(("tidy", "{}"))) as host:
        async with agent_at(host, journal, tidy).stream("hi", conversation_id="c") as run:
            await begun.wait()
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(run.park, 0)
                await anyio.sleep(0.05)
                with pytest.raises(DetentError):
                    run.say("one more thing")

    assert State.DISPATCHING_TOOLS is (await journal.load("c")).state
