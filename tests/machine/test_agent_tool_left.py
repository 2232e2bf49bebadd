"""An agent inside a run that is left to somebody else: it is left too, not cancelled; and where somebody else drives it."""

from __future__ import annotations

from collections.abc import Sequence

import anyio
import pytest
from attrs import define, field
from scenes import answer, slots
from scripted_host import ScriptedHost, asks, says

from detent import Agent, Conversation, Limits, MemoryJournal, Model, State, Tool, tool
from detent.errors import JournalError
from detent.machine import agent_tool
from detent.states import Event
from detent.states.events import Cancelled, ModelReplied, Prepared, ToolReturned, UserSaid

pytestmark = pytest.mark.anyio

INNER = "c:3:call00000"
HELP = asks(("helper", '{"task": "look"}'))
HELP_AND_LOOK = asks(("helper", '{"task": "look"}'), ("aside", "{}"))


@define
class Scene:
    """An agent whose tool is another, one call deep in a tool that ends when it is let."""

    out: ScriptedHost
    within: ScriptedHost
    journal: MemoryJournal
    began: list[str] = field(factory=list[str])
    begun: anyio.Event = field(factory=anyio.Event)
    goes_on: anyio.Event = field(factory=anyio.Event)
    aside: anyio.Event = field(factory=anyio.Event)

    def agent(self) -> Agent[str]:
        inner = Agent(Model("in", base_url=self.within.base_url), tools=[self._slow()], limits=Limits(retries=0))
        model = Model("out", base_url=self.out.base_url)
        return Agent(model, tools=[inner.as_tool("helper", "Helps."), self._beside()], journal=self.journal)

    def _slow(self) -> Tool:
        @tool(idempotent=True)
        async def slow() -> str:
            self.began.append("slow")
            self.begun.set()
            await self.goes_on.wait()
            return "seen"

        return slow

    def _beside(self) -> Tool:
        @tool(idempotent=True)
        async def aside() -> str:
            await self.aside.wait()
            return "beside"

        return aside


def returned(call_id: str, text: str) -> ToolReturned:
    return ToolReturned(call_id=call_id, content=text)


def inside(events: Sequence[Event], kind: type[Event]) -> int:
    return sum(isinstance(event, kind) for event in events)


async def test_where_the_run_outside_is_parked_the_one_inside_is_left_as_it_is_stored() -> None:
    with ScriptedHost(HELP, says("done")) as out, ScriptedHost(asks(("slow", "{}")), says("a cat")) as within:
        scene = Scene(out, within, MemoryJournal())
        async with scene.agent().stream("go", conversation_id="c") as run:
            await scene.begun.wait()
            await run.park(0)
        assert State.DISPATCHING_TOOLS is (await scene.journal.load(INNER)).state

        scene.goes_on.set()
        result = await scene.agent().resume("c")

    events = await scene.journal.read(INNER)
    assert (State.DONE, "a cat") == (result.state, result.tool_calls[0].result)
    assert (1, 0) == (inside(events, UserSaid), inside(events, Cancelled))
    assert 2 == len(within.requests)


class Breaking(MemoryJournal):
    """A journal that stores nothing more of one conversation once it is told to."""

    breaks: str = ""

    async def append(
        self, conversation_id: str, expected_seq: int, events: Sequence[Event], after: Conversation | None = None
    ) -> None:
        """Store, or raise `JournalError`."""
        if conversation_id == self.breaks:
            raise JournalError("the disk is full")
        await super().append(conversation_id, expected_seq, events, after)


async def test_where_the_journal_fails_the_run_outside_the_one_inside_is_left_as_it_is_stored() -> None:
    journal = Breaking()
    with ScriptedHost(HELP_AND_LOOK, says("done")) as out, ScriptedHost(asks(("slow", "{}")), says("a cat")) as within:
        scene = Scene(out, within, journal)

        async def break_it() -> None:
            await scene.begun.wait()
            journal.breaks = "c"
            scene.aside.set()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(break_it)
            with pytest.raises(JournalError, match="the disk is full"):
                await scene.agent().run("go", conversation_id="c")
        journal.breaks = ""
        assert State.DISPATCHING_TOOLS is (await journal.load(INNER)).state

        scene.goes_on.set()
        result = await scene.agent().resume("c")

    assert (State.DONE, ["a cat", "beside"]) == (result.state, [each.result for each in result.tool_calls])


async def test_where_another_driver_goes_on_outside_the_one_inside_is_left_to_it() -> None:
    journal = MemoryJournal()
    with ScriptedHost(HELP_AND_LOOK) as out, ScriptedHost(asks(("slow", "{}")), says("a cat")) as within:
        scene = Scene(out, within, journal)

        async def overtake() -> None:
            await scene.begun.wait()
            before = await journal.load("c")
            await journal.append("c", before.seq, [returned(slots(before)[1].call.id, "theirs")])
            scene.aside.set()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(overtake)
            result = await scene.agent().run("go", conversation_id="c")
            assert State.DISPATCHING_TOOLS is result.state

    assert State.DISPATCHING_TOOLS is (await journal.load(INNER)).state
    assert 0 == inside(await scene.journal.read(INNER), Cancelled)


class Watched(MemoryJournal):
    """A journal that tells when somebody looks how far the one inside has come."""

    looked: anyio.Event | None = None

    async def load(self, conversation_id: str) -> Conversation:
        """Return the record."""
        if self.looked is not None and conversation_id == INNER:
            self.looked.set()
        return await super().load(conversation_id)


async def overtake(scene: Scene, journal: Watched, *then: Event) -> None:
    """Be another driver of the one inside: bring its tool's result, and once that was seen, what comes *then*."""
    await scene.begun.wait()
    before = await journal.load(INNER)
    await journal.append(INNER, before.seq, [returned(slots(before)[0].call.id, "theirs"), Prepared()])
    journal.looked = anyio.Event()
    scene.goes_on.set()
    if then:
        await journal.looked.wait()
        await journal.append(INNER, before.seq + 2, then)


async def parked(scene: Scene) -> None:
    """Leave the run in the tool inside, as by a crash."""
    async with scene.agent().stream("go", conversation_id="c") as run:
        await scene.begun.wait()
        await run.park(0)
    scene.begun = anyio.Event()


async def test_what_another_driver_came_to_inside_is_the_answer() -> None:
    journal = Watched()
    with ScriptedHost(HELP, says("done")) as out, ScriptedHost(asks(("slow", "{}")), says("never")) as within:
        scene = Scene(out, within, journal)
        await parked(scene)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(overtake, scene, journal, answer("their cat"))
            result = await scene.agent().resume("c")
            assert (State.DONE, "their cat") == (result.state, result.tool_calls[0].result)

    events = await journal.read(INNER)
    assert (1, 2, 1) == (inside(events, ToolReturned), inside(events, ModelReplied), len(within.requests))


async def test_where_the_other_driver_falls_silent_the_one_inside_is_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent_tool, "_SILENCE", 0.1)
    journal = Watched()
    with ScriptedHost(HELP, says("done")) as out, ScriptedHost(asks(("slow", "{}")), says("our cat")) as within:
        scene = Scene(out, within, journal)
        await parked(scene)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(overtake, scene, journal)
            result = await scene.agent().resume("c")
            assert (State.DONE, "our cat") == (result.state, result.tool_calls[0].result)

    assert ["slow", "slow"] == scene.began


async def test_the_driver_that_leads_outside_waits_for_nobody_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent_tool, "_SILENCE", float("inf"))
    journal = Watched()
    with ScriptedHost(HELP, says("done")) as out, ScriptedHost(asks(("slow", "{}")), says("our cat")) as within:
        scene = Scene(out, within, journal)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(overtake, scene, journal)
            result = await scene.agent().run("go", conversation_id="c")
            assert (State.DONE, "our cat") == (result.state, result.tool_calls[0].result)

    assert ["slow"] == scene.began


async def test_where_another_process_begins_it_too_the_task_is_said_once() -> None:
    class Late(MemoryJournal):
        """A journal in which somebody else has begun what one is about to begin."""

        async def append(
            self, conversation_id: str, expected_seq: int, events: Sequence[Event], after: Conversation | None = None
        ) -> None:
            if conversation_id == INNER and not expected_seq:
                await super().append(conversation_id, 0, events, after)
            await super().append(conversation_id, expected_seq, events, after)

    journal = Late()
    with ScriptedHost(HELP, says("done")) as out, ScriptedHost(says("a cat")) as within:
        result = await Scene(out, within, journal).agent().run("go", conversation_id="c")

    assert (State.DONE, "a cat") == (result.state, result.tool_calls[0].result)
    assert 1 == inside(await journal.read(INNER), UserSaid)
