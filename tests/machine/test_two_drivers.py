"""Two drivers of one conversation: one goes on, the other leaves it to that; no word is lost and no tool runs twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import anyio
import pytest
from attrs import define, field
from history_oracle import judge
from hypothesis import given, settings
from hypothesis import strategies as st
from scenes import answer, call, calls, gated, said

from detent import Context, Conversation, MemoryJournal, State, Tool, Toolbox, replay, tool
from detent.machine.driver import Driver, World
from detent.machine.journal import Journal
from detent.machine.offering import Offering
from detent.machine.sql import SqlJournal
from detent.machine.world_tools import Tools
from detent.states import Event
from detent.states.effects import CallModel, CallTool, Effect, Prepare
from detent.states.events import Approved, Cancelled, Opened, Prepared, ToolStarted, UserSaid

OPENED = Opened(conversation_id="c")


async def at_once() -> None:
    """Let nobody wait."""


@define
class Scene:
    """A world with real tools, whose model calls two tools that count, one of which a person has to agree to."""

    pause: Callable[[], Awaitable[None]]
    ran: Counter[str] = field(factory=Counter[str])
    asked: list[str] = field(factory=list[str])
    tools: Tools = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.tools = Tools(offering=Offering(Toolbox([self._counting("look"), self._counting("pay")])))

    def _counting(self, name: str) -> Tool:
        async def count(context: Context[None]) -> str:
            self.ran[context.idempotency_key] += 1
            await self.pause()
            return "counted"

        return tool(count, name=name)

    async def perform(self, effect: Effect, conversation: Conversation) -> Event:
        await self.pause()
        match effect:
            case Prepare():
                return Prepared()
            case CallModel():
                self.asked.append(f"{conversation.seq}")
                await self.pause()
                rounds = conversation.run.rounds
                return (calls(call("look"), gated("pay")), calls(call("look"), call("look")), answer())[min(rounds, 2)]
            case CallTool():
                return await self.tools.call(effect, conversation)
            case _:
                raise AssertionError(effect)

    def may_start(self, effect: CallTool, running: list[CallTool], conversation: Conversation) -> bool:
        return self.tools.may_start(effect, running, conversation)

    def starts_are_recorded(self, effect: CallTool) -> bool:
        return self.tools.starts_are_recorded(effect)


async def go_on(world: World, journal: Journal, *words: Event) -> Conversation:
    """Drive what the journal holds, once, after agreeing to all that waits."""
    record = await journal.load("c")
    waiting = record.turn.undecided if record.turn else ()
    return await Driver(record, world, journal).run(*(Approved(call_id=slot.call.id) for slot in waiting), *words)


async def go_on_to_the_end(world: World, journal: Journal) -> Conversation:
    record = await go_on(world, journal)
    while not record.state.ends_a_run:
        record = await go_on(world, journal)
    return record


async def assert_the_slower_of_two_leaves_it_to_the_other(journal: Journal) -> None:
    at_the_model, ended = anyio.Event(), anyio.Event()

    async def late() -> None:
        if slow.asked and not ended.is_set():
            at_the_model.set()
            await ended.wait()

    slow, quick = Scene(late), Scene(at_once)
    ends: list[Conversation] = []

    async def drive_slowly() -> None:
        driver = Driver(Conversation(), slow, journal)
        ends.append(await driver.run(OPENED, said("hi")))
        assert not driver.is_left_to_another

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(drive_slowly)
        await at_the_model.wait()
        assert State.DONE is (await go_on_to_the_end(quick, journal)).state
        ended.set()

    events = await journal.read("c")
    assert [State.DONE] == [end.state for end in ends]
    assert (replay(events), replay(events)) == (ends[0], await journal.load("c"))
    assert (Counter(), [1, 1, 1, 1]) == (slow.ran, list(quick.ran.values()))


@pytest.mark.anyio
async def test_the_slower_of_two_drivers_returns_what_the_quicker_has_done() -> None:
    await assert_the_slower_of_two_leaves_it_to_the_other(MemoryJournal())


@pytest.mark.anyio
async def test_the_slower_of_two_drivers_returns_what_the_quicker_has_done_in_a_database(tmp_path: Path) -> None:
    async with SqlJournal(tmp_path / "runs.db") as journal:
        await assert_the_slower_of_two_leaves_it_to_the_other(journal)


@pytest.mark.anyio
@pytest.mark.parametrize("moment", [ToolStarted, UserSaid])
async def test_a_tool_does_not_run_where_the_run_is_stopped_just_as_it_would_start(moment: type[Event]) -> None:
    class Stopped(MemoryJournal):
        async def append(
            self, conversation_id: str, expected_seq: int, events: Sequence[Event], after: Conversation | None = None
        ) -> None:
            if expected_seq and not stopped and any(isinstance(event, moment) for event in events):
                stopped.append(True)
                await super().append(conversation_id, expected_seq, [Cancelled()])
            await super().append(conversation_id, expected_seq, events, after)

    def speak(before: Conversation, event: Event, after: Conversation, seconds: float) -> None:
        if moment is UserSaid and isinstance(event, ToolStarted):
            driver.tell(said("stop it"))

    scene, journal, stopped = Scene(at_once), Stopped(), list[bool]()
    waiting = await Driver(Conversation(), scene, journal).run(OPENED, said())
    driver = Driver(waiting, scene, journal, [speak])
    await driver.run(Approved(call_id="call00001"))

    assert ([True], Counter()) == (stopped, scene.ran)


@pytest.mark.anyio
@pytest.mark.parametrize("words", [(), (said("one more word"),)])
async def test_to_cancel_the_task_of_a_driver_that_was_overtaken_does_not_stop_the_other(words: tuple[Event, ...]) -> None:
    journal, at_the_model = MemoryJournal(), anyio.Event()

    async def stuck() -> None:
        if slow.asked:
            at_the_model.set()
            await anyio.sleep_forever()

    slow = Scene(stuck)
    driver = Driver(Conversation(), slow, journal)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(driver.run, OPENED, said())
        await at_the_model.wait()
        for word in words:
            driver.tell(word)
        await journal.append("c", 3, [calls(call("look"), call("look"))])
        tasks.cancel_scope.cancel()

    assert words == (await journal.read("c"))[4:]
    assert State.DONE is (await go_on_to_the_end(Scene(at_once), journal)).state


# --- any order of events -----------------------------------------------------------------------------------------------


@define
class Turnstile:
    """Lets one task through at a time, in an order that the test chooses."""

    waiting: list[anyio.Event] = field(factory=list[anyio.Event])

    async def enter(self) -> None:
        turn = anyio.Event()
        self.waiting.append(turn)
        await turn.wait()


@define
class Gated(MemoryJournal):
    """A journal before and behind which everybody waits for a turn."""

    turnstile: Turnstile = field(factory=Turnstile, kw_only=True)

    async def append(
        self, conversation_id: str, expected_seq: int, events: Sequence[Event], after: Conversation | None = None
    ) -> None:
        await self.turnstile.enter()
        await MemoryJournal.append(self, conversation_id, expected_seq, events, after)
        await self.turnstile.enter()


async def idle() -> None:
    """Let every task go as far as it can: far more turns of the loop than any needs between two turnstiles."""
    for _ in range(30):
        await anyio.lowlevel.checkpoint()


@define
class Crowd:
    """Drivers and people over one journal; each choice lets one of those who wait go on, or cancels one."""

    turnstile: Turnstile = field(factory=Turnstile)
    scopes: list[anyio.CancelScope] = field(factory=list[anyio.CancelScope])
    ended: int = 0
    said: list[str] = field(factory=list[str])
    journal: Gated = field(init=False)
    scene: Scene = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.journal = Gated(turnstile=self.turnstile)
        self.scene = Scene(self.turnstile.enter)

    async def begin(self, text: str) -> None:
        await Driver(Conversation(), self.scene, self.journal).run(OPENED, said(text))
        self.said.append(text)

    async def take_up(self, text: str) -> None:
        with anyio.CancelScope(shield=True):
            while "c" not in await self.journal.list():
                await self.turnstile.enter()
        words = [said(text)] if text else []
        record = await go_on(self.scene, self.journal, *words)
        self.said += [text] * bool(text)
        assert record == replay((await self.journal.read("c"))[: record.seq])

    async def one(self, act: Callable[[str], Awaitable[None]], text: str) -> None:
        try:
            with anyio.CancelScope() as scope:
                self.scopes.append(scope)
                await act(text)
        finally:
            self.ended += 1

    async def run(self, choices: Sequence[int], cancels: Sequence[tuple[int, int]]) -> None:
        async with anyio.create_task_group() as tasks:
            for act, text in (
                (self.begin, "a"),
                (self.begin, "b"),
                (self.take_up, "c"),
                (self.take_up, ""),
                (self.take_up, ""),
            ):
                tasks.start_soon(self.one, act, text)
            await self.let_through(5, choices, dict(cancels))

    async def let_through(self, count: int, choices: Sequence[int], cancels: dict[int, int]) -> None:
        turns = 0
        await idle()
        while self.ended < count:
            assert self.turnstile.waiting, "a driver hangs"
            assert turns < 2_000, "the drivers go round and round"
            choice = choices[turns] if turns < len(choices) else turns
            self.turnstile.waiting.pop(choice % len(self.turnstile.waiting)).set()
            if turns in cancels:
                self.scopes[cancels[turns] % len(self.scopes)].cancel()
            turns += 1
            await idle()


@settings(max_examples=40)
@given(
    choices=st.lists(st.integers(0, 11), min_size=20, max_size=120),
    cancels=st.lists(st.tuples(st.integers(5, 80), st.integers(2, 4)), max_size=2),
)
def test_in_whatever_order_things_happen_no_tool_runs_twice_and_no_word_is_lost(
    choices: list[int], cancels: list[tuple[int, int]]
) -> None:
    async def everything() -> tuple[Crowd, Conversation]:
        crowd = Crowd()
        await crowd.run(choices, cancels)
        seen = len(crowd.said)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(crowd.one, lambda _: end_it(crowd), "")
            await crowd.let_through(6, (), {})
        assert seen == len(crowd.said)
        return crowd, await crowd.journal.load("c")

    async def end_it(crowd: Crowd) -> None:
        await go_on_to_the_end(crowd.scene, crowd.journal)

    crowd, record = anyio.run(everything)
    events = anyio.run(crowd.journal.read, "c")
    heard = [message["content"] for message in record.messages if message["role"] == "user"]

    assert all(times == 1 for times in crowd.scene.ran.values())
    assert [1] * len(crowd.said) == [heard.count(text) for text in crowd.said]
    assert ([], record) == (judge(record.messages), replay(events))
