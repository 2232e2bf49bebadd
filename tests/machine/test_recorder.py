"""`Recorder`: what is stored is the record, and who comes second gives way."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from scenes import after, answer, awaiting_model, call, calls, dispatching, gated, prompting, said

from detent import Conversation, MemoryJournal, State, replay
from detent.errors import JournalConflict
from detent.machine.recorder import DRIVERS_OWN, Recorder, moves_of
from detent.states import Event
from detent.states.events import (
    Approved,
    Cancelled,
    Denied,
    ModelReplied,
    Opened,
    Prepared,
    ToolReturned,
    ToolStarted,
    UserSaid,
)

pytestmark = pytest.mark.anyio

OPENED = Opened(conversation_id="c")
TO_APPROVE = (OPENED, said(), Prepared(), calls(gated("pay"), gated("pay")))


async def stored(*events: Event) -> MemoryJournal:
    journal = MemoryJournal()
    await journal.append("c", 0, events)
    return journal


async def recording(journal: MemoryJournal, *events: Event, at: int) -> Recorder:
    """Return a recorder that has seen the first *at* events of *journal* and was then given *events* to record."""
    recorder = Recorder(replay((await journal.read("c"))[:at]), journal, ())
    await recorder.record(moves_of(recorder.conversation, events))
    return recorder


async def names(journal: MemoryJournal) -> list[str]:
    return [type(event).__name__ for event in await journal.read("c")]


async def test_without_a_journal_the_record_is_all_there_is() -> None:
    recorder = Recorder(Conversation(), None, ())
    await recorder.record(moves_of(recorder.conversation, [OPENED, said()]))

    assert State.PROMPTING is recorder.conversation.state


async def test_nothing_to_record_is_not_stored() -> None:
    class Untouched(MemoryJournal):
        async def append(
            self, conversation_id: str, expected_seq: int, events: Sequence[Event], after: Conversation | None = None
        ) -> None:
            raise AssertionError("nothing is to be stored")

    recorder = Recorder(prompting(), Untouched(), ())
    await recorder.record([])

    assert prompting() == recorder.conversation


async def test_the_words_of_two_people_are_both_stored() -> None:
    journal = await stored(OPENED, said("first"), said("second"))
    recorder = await recording(journal, said("third"), at=2)

    assert ["second", "third"] == [message.content for message in recorder.conversation.inbox]
    assert (replay(await journal.read("c")), False) == (recorder.conversation, recorder.is_left_to_another)


async def test_two_people_may_decide_at_once_of_different_calls() -> None:
    journal = await stored(*TO_APPROVE, Approved(call_id="call00000"))
    recorder = await recording(journal, Denied(call_id="call00001"), at=4)

    assert (State.DISPATCHING_TOOLS, False) == (recorder.conversation.state, recorder.is_left_to_another)
    assert ["Approved", "Denied"] == (await names(journal))[4:]


async def test_of_two_words_on_one_call_the_first_stands() -> None:
    journal = await stored(*TO_APPROVE, Denied(call_id="call00000"))
    recorder = await recording(journal, Approved(call_id="call00000"), at=4)

    assert (replay([*TO_APPROVE, Denied(call_id="call00000")]), 0) == (recorder.conversation, recorder.epoch)
    assert ["Denied"] == (await names(journal))[4:]


async def test_a_run_that_two_begin_under_one_id_is_one_run() -> None:
    journal = await stored(OPENED)
    recorder = await recording(journal, OPENED, said(), at=0)

    assert (State.PROMPTING, ["Opened", "UserSaid"]) == (recorder.conversation.state, await names(journal))


async def test_what_one_has_done_is_dropped_where_another_driver_went_on() -> None:
    journal = await stored(OPENED, said(), Prepared(), calls(call("look")))
    recorder = await recording(journal, answer("mine"), at=3)

    assert (True, 1) == (recorder.is_left_to_another, recorder.epoch)
    assert replay(await journal.read("c")) == recorder.conversation
    assert State.DISPATCHING_TOOLS is recorder.conversation.state


async def test_the_start_of_a_tool_is_dropped_even_where_it_would_still_fit() -> None:
    calling = (OPENED, said(), Prepared(), calls(call("a"), call("b")))
    journal = await stored(*calling, ToolStarted(call_id="call00000"))
    recorder = await recording(journal, ToolStarted(call_id="call00001"), at=4)

    assert (True, ["ToolStarted"]) == (recorder.is_left_to_another, (await names(journal))[4:])


async def test_a_persons_word_is_stored_after_what_another_driver_did() -> None:
    journal = await stored(OPENED, said(), Prepared(), calls(call("look")))
    recorder = await recording(journal, answer("mine"), said("wait"), at=3)

    assert ["ModelReplied", "UserSaid"] == (await names(journal))[3:]
    assert (["wait"], True) == ([m.content for m in recorder.conversation.inbox], recorder.is_left_to_another)


async def test_a_persons_word_to_a_run_that_ended_meanwhile_begins_another() -> None:
    journal = await stored(OPENED, said(), Prepared(), answer("theirs"))
    recorder = await recording(journal, said("go on"), at=3)

    assert (State.PROMPTING, False) == (recorder.conversation.state, recorder.is_left_to_another)
    assert ["hi", "theirs", "go on"] == [message["content"] for message in recorder.conversation.messages]


async def test_a_run_that_another_driver_brought_to_rest_is_left_to_nobody() -> None:
    waiting = await recording(await stored(*TO_APPROVE), answer("mine"), at=3)
    ended = await recording(await stored(OPENED, said(), Prepared(), answer("theirs")), answer("mine"), at=3)

    assert [False, False] == [waiting.is_left_to_another, ended.is_left_to_another]
    assert [State.AWAITING_APPROVAL, State.DONE] == [waiting.conversation.state, ended.conversation.state]
    assert waiting.epoch and ended.epoch


class Crowded(MemoryJournal):
    """A journal to which somebody else appends again and again, just before one does oneself."""

    others: list[tuple[Event, ...]]

    async def append(
        self, conversation_id: str, expected_seq: int, events: Sequence[Event], after: Conversation | None = None
    ) -> None:
        if self.others:
            await super().append(conversation_id, len(await self.read("c")), self.others.pop(0))
        await super().append(conversation_id, expected_seq, events, after)


async def in_a_crowd(*others: tuple[Event, ...]) -> tuple[Recorder, list[str]]:
    journal = Crowded()
    journal.others = []
    await journal.append("c", 0, [OPENED, said(), Prepared()])
    journal.others = list(others)
    recorder = await recording(journal, answer("mine"), said("late"), at=3)
    return recorder, (await names(journal))[3:]


async def test_one_may_come_second_again_and_again() -> None:
    recorder, events = await in_a_crowd((said("a"),), (calls(call("look")),), (said("b"),))

    assert ["UserSaid", "ModelReplied", "UserSaid", "UserSaid"] == events
    assert (True, 1) == (recorder.is_left_to_another, recorder.epoch)
    assert ["a", "b", "late"] == [message.content for message in recorder.conversation.inbox]


async def test_who_left_a_run_to_another_goes_on_where_that_was_stopped() -> None:
    recorder, events = await in_a_crowd((calls(call("look")),), (Cancelled(),))

    assert ["ModelReplied", "Cancelled", "UserSaid"] == events
    assert (State.PROMPTING, False) == (recorder.conversation.state, recorder.is_left_to_another)


async def test_a_stop_counts_against_another_driver_unless_it_is_ones_own() -> None:
    theirs = (OPENED, said(), Prepared(), calls(call("look")))
    a_person = await recording(await stored(*theirs), Cancelled(), at=3)
    journal = await stored(*theirs)
    oneself = Recorder(replay(theirs[:3]), journal, ())
    await oneself.record(moves_of(oneself.conversation, [Cancelled()]), (*DRIVERS_OWN, Cancelled))

    assert [State.CANCELLED, State.DISPATCHING_TOOLS] == [each.conversation.state for each in (a_person, oneself)]


@pytest.mark.parametrize("held", [0, 2])
async def test_a_journal_that_holds_less_than_the_record_is_a_conflict(held: int) -> None:
    journal = await stored(*(OPENED, said())[:held])
    recorder = Recorder(replay([OPENED, said(), Prepared()]), journal, ())
    with pytest.raises(JournalConflict, match=f"holds {held} events, not the 3"):
        await recorder.record(moves_of(recorder.conversation, [answer()]))

    assert replay([OPENED, said(), Prepared()]) == recorder.conversation


async def test_a_journal_that_holds_another_conversation_is_a_conflict() -> None:
    journal = await stored(OPENED, said(), Cancelled(), said(), Prepared(), answer())
    recorder = Recorder(replay([OPENED, said(), Prepared()]), journal, ())
    journal_before = await journal.read("c")
    with pytest.raises(JournalConflict):
        await recorder.record(moves_of(recorder.conversation, [answer("mine")]))

    assert (replay([OPENED, said(), Prepared()]), journal_before) == (recorder.conversation, await journal.read("c"))


async def test_observers_are_told_of_what_others_did_then_of_ones_own() -> None:
    seen: list[tuple[int, str]] = []

    def observe(before: Conversation, event: Event, after: Conversation, seconds: float) -> None:
        assert after == replay([event], before)
        seen.append((before.seq, type(event).__name__))

    journal = await stored(OPENED, said(), said("again"))
    recorder = Recorder(replay([OPENED, said()]), journal, (observe,))
    await recorder.record(moves_of(recorder.conversation, [Prepared()]))

    assert [(2, "UserSaid"), (3, "Prepared")] == seen


async def test_what_is_under_way_becomes_void_with_the_end_of_a_run() -> None:
    recorder = Recorder(awaiting_model(), None, ())
    epochs: list[int] = []
    for event in (said("more"), Cancelled(), said("again"), Prepared(), calls(call("look"))):
        await recorder.record(moves_of(recorder.conversation, [event]))
        epochs.append(recorder.epoch)

    assert [0, 1, 1, 1, 1] == epochs


def test_moves_join_one_another() -> None:
    moves = moves_of(
        dispatching(call("look")), [ToolStarted(call_id="call00000"), ToolReturned(call_id="call00000", content="x")]
    )

    assert [moves[0][2]] == [moves[1][0]]
    assert after(dispatching(call("look")), *(event for _, event, _ in moves)) == moves[-1][2]


def test_only_a_drivers_own_events_are_void_and_a_persons_are_not() -> None:
    people = {Opened, UserSaid, Approved, Denied, Cancelled}

    assert not people & set(DRIVERS_OWN)
    assert {Prepared, ModelReplied, ToolStarted, ToolReturned} < set(DRIVERS_OWN)
