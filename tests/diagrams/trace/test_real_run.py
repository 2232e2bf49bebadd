"""The events of a real run, by a real driver over real HTTP, drawn in every form."""

from __future__ import annotations

import anyio
import pytest
from scripted_host import ScriptedHost, asks, refuses, says

from detent import Agent, Limits, MemoryJournal, Model, tool
from detent.diagrams.trace import RunTrace, page, path, sequence, text, trace
from detent.diagrams.trace.activity import Lane, Work

pytestmark = pytest.mark.anyio


async def run_of_two_tools_that_meet() -> RunTrace:
    """Return a run whose two tools can only end because they run at once, after a first call in vain."""
    here, there = anyio.Event(), anyio.Event()

    @tool
    async def ping() -> str:
        here.set()
        await there.wait()
        return "pong"

    @tool
    async def pong() -> str:
        there.set()
        await here.wait()
        return "ping"

    journal = MemoryJournal()
    with ScriptedHost(refuses(500, "out of order"), asks(("ping", "{}"), ("pong", "{}")), says("Both are there.")) as host:
        agent = Agent(Model("gpt", base_url=host.base_url), tools=[ping, pong], journal=journal, limits=Limits(retries=1))
        await agent.run("Are they there?", conversation_id="meeting")
    drawn = trace(await journal.read("meeting"))
    for form in (page, path, sequence, text):
        assert form(drawn)
    return drawn.runs[0]


async def test_tools_that_ran_at_once_overlap() -> None:
    run = await run_of_two_tools_that_meet()
    ping, pong = (next(span for span in call.spans if span.work is Work.WORKING) for call in run.calls(Lane.TOOL))

    assert max(ping.start, pong.start) < min(ping.end, pong.end)


async def test_a_try_in_vain_and_the_next_are_two_calls() -> None:
    run = await run_of_two_tools_that_meet()
    calls = run.calls(Lane.MODEL)

    assert ["gpt", "gpt", "gpt"] == [call.name for call in calls]
    assert [True, False, False] == [bool(call.fault) for call in calls]
    assert [False, True, False] == [any(span.work is Work.PAUSE for span in call.spans) for call in calls]
    assert "done" == run.state
