"""An asyncio task that is cancelled while an append is under way: its cancellation goes through every shield."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from scripted_host import ScriptedHost, asks, says

from detent import Agent, Conversation, Limits, MemoryJournal, Model, State, replay, tool
from detent.states import Event
from detent.states.events import Cancelled, ToolReturned

pytestmark = pytest.mark.anyio


class Slow(MemoryJournal):
    """A journal that takes a moment to store a result: before it does, or after it has, as a thread does."""

    def __init__(self, *, goes_on: bool) -> None:
        super().__init__()
        self.going, self.goes_on, self.left = asyncio.Event(), goes_on, list[asyncio.Task[None]]()

    async def append(
        self, conversation_id: str, expected_seq: int, events: Sequence[Event], after: Conversation | None = None
    ) -> None:
        """Store, after a moment where there is a result among them."""
        if not any(isinstance(event, ToolReturned) for event in events) or self.going.is_set():
            return await super().append(conversation_id, expected_seq, events, after)
        self.going.set()
        if self.goes_on:
            self.left.append(asyncio.create_task(super().append(conversation_id, expected_seq, events, after)))
            await asyncio.shield(self.left[0])
        await asyncio.sleep(60)
        return None


@pytest.mark.parametrize("goes_on", [True, False])
async def test_what_is_being_stored_when_the_task_is_cancelled_is_stored_once_and_the_run_ends_in_cancelled(
    goes_on: bool,
) -> None:
    @tool
    async def pay() -> str:
        return "paid"

    journal = Slow(goes_on=goes_on)
    with ScriptedHost(asks(("pay", "{}")), says("never")) as host:
        agent = Agent(Model("m", base_url=host.base_url), tools=[pay], journal=journal, limits=Limits(retries=0))
        task = asyncio.create_task(agent.run("go", conversation_id="c"))
        await journal.going.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    events = await journal.read("c")
    assert (State.CANCELLED, "paid") == (replay(events).state, replay(events).messages[-1]["content"])
    assert [ToolReturned, Cancelled] == [type(event) for event in events[-2:]]
