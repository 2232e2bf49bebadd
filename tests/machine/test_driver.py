"""`Driver`: the order of things, with a world that does as the test says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import anyio
import pytest
from scenes import calls, said

from detent import Conversation, MemoryJournal, State, replay
from detent.errors import JournalConflict
from detent.machine.driver import Driver, lone_exceptions
from detent.states import Event
from detent.states.effects import CallModel, CallTool, Effect, Prepare
from detent.states.events import (
    Cancelled,
    ModelReplied,
    Opened,
    Prepared,
    Reply,
    RequestedCall,
    ToolReturned,
    ToolStarted,
)
from detent.states.messages import Said

pytestmark = pytest.mark.anyio

OPENED = Opened(conversation_id="c")
ANSWER = ModelReplied(reply=Reply(said=Said(text="done")))
STALE = ModelReplied(reply=Reply(said=Said(text="stale")))


class Scripted:
    """A world: models answer in order, every tool does what *tool* says."""

    def __init__(self, *replies: ModelReplied, tool: Callable[[CallTool], Awaitable[str]] | None = None, room: int = 8) -> None:
        self.replies = list(replies)
        self.tool = tool
        self.room = room
        self.performed: list[Effect] = []
        self.idempotent = False

    async def perform(self, effect: Effect, conversation: Conversation) -> Event:
        self.performed.append(effect)
        match effect:
            case Prepare():
                return Prepared()
            case CallModel():
                return self.replies.pop(0)
            case CallTool():
                content = "ok" if self.tool is None else await self.tool(effect)
                return ToolReturned(call_id=effect.call.id, content=content)
            case _:
                raise AssertionError(effect)

    def may_start(self, effect: CallTool, running: list[CallTool], conversation: Conversation) -> bool:
        return len(running) < self.room

    def starts_are_recorded(self, effect: CallTool) -> bool:
        return not self.idempotent


def names(events: Sequence[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


async def test_each_effect_is_performed_once_and_its_event_recorded() -> None:
    journal = MemoryJournal()
    world = Scripted(calls(RequestedCall(name="a")), ANSWER)

    end = await Driver(Conversation(), world, journal).run(OPENED, said())

    assert State.DONE is end.state
    assert ["Prepare", "CallModel", "CallTool", "Prepare", "CallModel"] == [type(effect).__name__ for effect in world.performed]
    expected = "Opened UserSaid Prepared ModelReplied ToolStarted ToolReturned Prepared ModelReplied"
    assert expected.split() == names(await journal.read("c"))
    assert end == replay(await journal.read("c"))


async def test_what_causes_a_tool_is_on_disk_before_the_tool_starts() -> None:
    journal = MemoryJournal()
    seen: list[list[str]] = []

    async def look(effect: CallTool) -> str:
        seen.append(names(await journal.read("c")))
        return "ok"

    await Driver(Conversation(), Scripted(calls(RequestedCall(name="a")), ANSWER, tool=look), journal).run(OPENED, said())

    assert [["Opened", "UserSaid", "Prepared", "ModelReplied", "ToolStarted"]] == seen


async def test_the_start_of_an_idempotent_tool_is_not_recorded() -> None:
    journal = MemoryJournal()
    world = Scripted(calls(RequestedCall(name="a")), ANSWER)
    world.idempotent = True

    await Driver(Conversation(), world, journal).run(OPENED, said())

    assert "ToolStarted" not in names(await journal.read("c"))


async def test_a_call_is_not_started_again_because_an_event_came_between() -> None:
    started: list[str] = []
    first_done = anyio.Event()

    async def run(effect: CallTool) -> str:
        started.append(effect.call.id)
        if effect.call.name == "slow":
            await first_done.wait()
            await anyio.wait_all_tasks_blocked()
        else:
            first_done.set()
        return "ok"

    world = Scripted(calls(RequestedCall(name="slow"), RequestedCall(name="quick")), ANSWER, tool=run)
    await Driver(Conversation(), world).run(OPENED, said())

    assert ["call00000", "call00001"] == sorted(started)


async def test_no_more_calls_are_started_than_there_is_room_for() -> None:
    running, most = 0, 0

    async def run(effect: CallTool) -> str:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await anyio.wait_all_tasks_blocked()
        running -= 1
        return "ok"

    world = Scripted(calls(*[RequestedCall(name="a")] * 5), ANSWER, tool=run, room=2)
    await Driver(Conversation(), world).run(OPENED, said())

    assert 2 == most


async def test_a_call_starts_even_where_the_world_says_there_is_no_room_at_all() -> None:
    world = Scripted(calls(RequestedCall(name="a"), RequestedCall(name="b")), ANSWER, room=0)

    end = await Driver(Conversation(), world).run(OPENED, said())

    assert State.DONE is end.state


async def test_a_cancelled_driver_records_the_end_and_lets_the_cancellation_go_on() -> None:
    journal = MemoryJournal()

    async def endless(effect: CallTool) -> str:
        await anyio.sleep_forever()
        return ""

    driver = Driver(Conversation(), Scripted(calls(RequestedCall(name="a")), tool=endless), journal)
    scope = anyio.CancelScope()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_cancel_when_idle, scope)
        with scope:
            await driver.run(OPENED, said())

    assert scope.cancelled_caught
    assert State.CANCELLED is driver.conversation.state
    assert driver.conversation == replay(await journal.read("c"))


async def _cancel_when_idle(scope: anyio.CancelScope) -> None:
    await anyio.wait_all_tasks_blocked()
    scope.cancel()


async def test_being_told_to_cancel_ends_the_run_without_an_exception() -> None:
    async def endless(effect: CallTool) -> str:
        driver.tell(Cancelled())
        driver.tell(Cancelled())
        await anyio.sleep_forever()
        return ""

    driver = Driver(Conversation(), Scripted(calls(RequestedCall(name="a")), tool=endless))

    assert State.CANCELLED is (await driver.run(OPENED, said())).state


async def test_a_result_that_comes_after_the_end_is_dropped() -> None:
    async def late(effect: CallTool) -> str:
        driver.tell(Cancelled())
        return "too late"

    driver = Driver(Conversation(), Scripted(calls(RequestedCall(name="a")), tool=late))
    end = await driver.run(OPENED, said())

    assert State.CANCELLED is end.state
    assert "cancelled" in str(end.messages[-1]["content"])


async def test_what_is_said_meanwhile_reaches_the_model_before_its_next_reply() -> None:
    async def talk(effect: CallTool) -> str:
        driver.tell(said("and hurry"))
        return "ok"

    driver = Driver(Conversation(), Scripted(calls(RequestedCall(name="a")), ANSWER, tool=talk))
    end = await driver.run(OPENED, said("go"))

    assert ["user", "assistant", "tool", "user", "assistant"] == [message["role"] for message in end.messages]


async def test_a_journal_that_has_lost_the_conversation_stops_the_run_with_its_own_error() -> None:
    journal = MemoryJournal()

    async def forget(effect: CallTool) -> str:
        await journal.delete("c")
        return "ok"

    driver = Driver(Conversation(), Scripted(calls(RequestedCall(name="a")), tool=forget), journal)
    with pytest.raises(JournalConflict, match="holds 0 events, not the 5"):
        await driver.run(OPENED, said())

    assert State.DISPATCHING_TOOLS is driver.conversation.state


async def test_a_run_that_is_stopped_and_spoken_to_again_gets_a_reply_of_its_own() -> None:
    class SlowAtFirst(Scripted):
        async def perform(self, effect: Effect, conversation: Conversation) -> Event:
            event = await super().perform(effect, conversation)
            if event is STALE:
                driver.tell(Cancelled())
                driver.tell(said("anew"))
                await asked_again.wait()
            elif event is ANSWER:
                asked_again.set()
                await given_up.wait()
            return event

    def observe(before: Conversation, event: Event, after: Conversation, seconds: float) -> None:
        if isinstance(event, ModelReplied):
            replies.append(event)

    asked_again, given_up, replies = anyio.Event(), anyio.Event(), list[Event]()
    driver = Driver(Conversation(), SlowAtFirst(STALE, ANSWER), observers=[observe])
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(driver.run, OPENED, said())
        await asked_again.wait()
        await anyio.wait_all_tasks_blocked()
        given_up.set()

    assert [ANSWER] == replies


async def test_what_is_said_while_the_last_reply_is_stored_begins_another_run() -> None:
    def observe(before: Conversation, event: Event, after: Conversation, seconds: float) -> None:
        if event is STALE:
            driver.tell(said("and another thing"))

    driver = Driver(Conversation(), Scripted(STALE, ANSWER), observers=[observe])
    end = await driver.run(OPENED, said())

    assert ["hi", "stale", "and another thing", "done"] == [message["content"] for message in end.messages]


async def test_a_journal_that_fails_in_the_middle_leaves_the_record_as_it_is_stored() -> None:
    class Full(MemoryJournal):
        async def append(
            self, conversation_id: str, expected_seq: int, events: Sequence[Event], after: Conversation | None = None
        ) -> None:
            if any(isinstance(event, ToolStarted) for event in events):
                raise OSError("disk full")
            await super().append(conversation_id, expected_seq, events, after)

    journal = Full()
    world = Scripted(calls(RequestedCall(name="a")), ANSWER)
    driver = Driver(Conversation(), world, journal)

    with pytest.raises(OSError, match="disk full"):
        await driver.run(OPENED, said())

    assert driver.conversation == replay(await journal.read("c"))
    assert not any(isinstance(effect, CallTool) for effect in world.performed)


async def test_observers_are_told_of_every_transition_in_order() -> None:
    moves: list[tuple[str, str, str]] = []

    def observe(before: Conversation, event: Event, after: Conversation, seconds: float) -> None:
        assert seconds >= 0
        moves.append((before.state.value, type(event).__name__, after.state.value))

    await Driver(Conversation(), Scripted(ANSWER), observers=[observe]).run(OPENED, said())

    assert [
        ("done", "Opened", "done"),
        ("done", "UserSaid", "prompting"),
        ("prompting", "Prepared", "awaiting_model"),
        ("awaiting_model", "ModelReplied", "done"),
    ] == moves


async def test_a_run_that_waits_for_a_person_returns() -> None:
    world = Scripted(calls(RequestedCall(name="pay", gated=True)))

    end = await Driver(Conversation(), world).run(OPENED, said())

    assert State.AWAITING_APPROVAL is end.state
    assert not any(isinstance(effect, CallTool) for effect in world.performed)


async def test_a_fault_of_the_world_itself_is_raised_as_it_is() -> None:
    async def fail(effect: CallTool) -> str:
        raise ValueError("a bug of ours")

    with pytest.raises(ValueError, match="a bug of ours"):
        await Driver(Conversation(), Scripted(calls(RequestedCall(name="a")), tool=fail)).run(OPENED, said())


def test_exceptions_that_are_not_alone_stay_a_group() -> None:
    with pytest.raises(ExceptionGroup) as caught, lone_exceptions():
        raise ExceptionGroup("two", [ValueError("a"), ExceptionGroup("one", [KeyError("b")])])

    assert 2 == len(caught.value.exceptions)
