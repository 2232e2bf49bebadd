"""What every journal does, the one in memory and `SqlJournal` on both databases: the same calls, the same answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import anyio
import pytest
from scenes import UNLIMITED, answer, call, calls, said

from detent import Conversation, State, dumps, replay
from detent.errors import FormatError, JournalConflict, JournalError, UnknownConversation
from detent.machine.archive import Archive, Summary
from detent.machine.sql import SqlJournal
from detent.states import Event
from detent.states.events import Opened, Prepared, ToolReturned

pytestmark = pytest.mark.anyio

OPENED = Opened(conversation_id="a", at=5.0)
RUN = (OPENED, said("one"), Prepared(), answer("first", at=7.5))


def long_run(rounds: int) -> tuple[Event, ...]:
    """Return a run of so many tool rounds, four events each."""
    events: list[Event] = [OPENED, said("go", limits=UNLIMITED)]
    for number in range(rounds):
        result = ToolReturned(call_id=f"call{number:05}", content=f"result {number}") if number < 10 else None
        replied = calls(call("look", f'{{"place": {number}}}'), text=f"round {number}")
        events += [Prepared(), replied, result or ToolReturned(call_id=_id(number), content=f"result {number}")]
    return tuple(events)


def _id(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return f"call000{digits[number // 36]}{digits[number % 36]}"


async def store(journal: Archive, name: str, events: Sequence[Event], *, told: bool = True) -> Conversation:
    """Append *events* one by one, with the record after each where the journal is *told*."""
    record = Conversation()
    for seq, event in enumerate(events):
        record = replay([event], record)
        await journal.append(name, seq, [event], record if told else None)
    return record


async def test_events_are_read_back_in_order(journal: Archive) -> None:
    await journal.append("a", 0, RUN[:2])
    await journal.append("a", 2, RUN[2:])

    assert RUN == await journal.read("a")
    assert RUN[3:] == await journal.read("a", 3)
    assert () == await journal.read("a", 4)


@pytest.mark.parametrize("expected_seq", [0, 1, 3])
async def test_who_has_seen_another_number_of_events_is_refused_and_nothing_changes(
    journal: Archive, expected_seq: int
) -> None:
    await journal.append("a", 0, RUN[:2])

    with pytest.raises(JournalConflict) as caught:
        await journal.append("a", expected_seq, [Prepared(at=9.0), Prepared()])

    assert ("a", expected_seq, 2) == (caught.value.conversation_id, caught.value.expected, caught.value.actual)
    assert RUN[:2] == await journal.read("a")


async def test_an_equal_append_of_somebody_else_is_a_conflict_too(journal: Archive) -> None:
    await journal.append("a", 0, RUN[:2])

    with pytest.raises(JournalConflict):
        await journal.append("a", 0, RUN[:2])


async def test_events_of_a_conversation_that_is_not_there_are_refused(journal: Archive) -> None:
    with pytest.raises(JournalConflict, match="holds 0 events, not the 2"):
        await journal.append("a", 2, RUN[2:])

    assert () == await journal.list()


async def test_an_append_of_nothing_stores_nothing(journal: Archive) -> None:
    await journal.append("a", 0, [])

    assert () == await journal.list()


async def test_an_unknown_conversation_is_named(journal: Archive) -> None:
    for asked in (
        journal.read("nobody"),
        journal.load("nobody"),
        journal.delete("nobody"),
        journal.export("nobody"),
        journal.fork("nobody", 1),
        journal.summaries(after="nobody"),
    ):
        with pytest.raises(UnknownConversation, match="no conversation 'nobody'"):
            await asked


@pytest.mark.parametrize(
    ("name", "seq", "after", "message"),
    [
        ("a\0b", 0, None, "NUL"),
        ("\ud800", 0, None, "surrogates"),
        ("x" * 501, 0, None, "up to 500 characters"),
        ("a", -1, None, "0 or more"),
        ("a", 0, Conversation(seq=3), "would count 2, but the one given counts 3"),
    ],
)
async def test_what_can_not_be_stored_is_refused(
    journal: Archive, name: str, seq: int, after: Conversation | None, message: str
) -> None:
    with pytest.raises(JournalError, match=message):
        await journal.append(name, seq, RUN[:2], after)

    assert () == await journal.list()


async def test_an_id_may_hold_any_other_character(journal: Archive) -> None:
    odd = "naïve 😀 'quoted\" 50% :name ?\n\\"
    await journal.append(odd, 0, RUN[:1])

    assert (odd,) == await journal.list()
    assert RUN[:1] == await journal.read(odd)


@pytest.mark.parametrize("told", [True, False])
async def test_a_long_conversation_is_loaded_as_its_replay(journal: Archive, told: bool) -> None:
    events = long_run(100)
    record = await store(journal, "a", events, told=told)

    assert dumps(replay(events)) == dumps(record) == dumps(await journal.load("a"))


async def test_snapshots_go_on_where_the_journal_was_not_told_the_record_for_a_while(journal: Archive) -> None:
    events = long_run(130)
    record = await store(journal, "a", events[:150])
    await journal.append("a", 150, events[150:300])
    record = replay(events[:301])
    await journal.append("a", 300, events[300:301], record)
    await journal.append("a", 301, events[301:], replay(events))

    assert dumps(replay(events)) == dumps(await journal.load("a"))


async def test_conversations_are_listed_oldest_first_and_by_state(journal: Archive) -> None:
    await store(journal, "b", RUN)
    await store(journal, "a", RUN[:3])
    await store(journal, "c", RUN, told=False)

    assert ("b", "a", "c") == await journal.list()
    assert ("b", "c") == await journal.list(state=State.DONE)
    assert ("a",) == await journal.list(state=State.AWAITING_MODEL)
    assert () == await journal.list(state=State.FAILED)


async def test_the_listed_state_is_the_newest(journal: Archive) -> None:
    await store(journal, "a", RUN)
    await journal.append("a", 4, [said("more")])

    assert ("a",) == await journal.list(state=State.PROMPTING)
    assert () == await journal.list(state=State.DONE)


@pytest.mark.parametrize("told", [True, False])
async def test_a_summary_says_what_it_is_about_and_how_far_it_is(journal: Archive, told: bool) -> None:
    await store(journal, "a", (OPENED, said("What  is\nthe " + "very " * 30 + "question?"), Prepared(at=7.5)), told=told)

    title = ("What is the " + "very " * 30)[:79] + "…"
    expected = Summary(id="a", title=title, state=State.AWAITING_MODEL, events=3, opened_at=5.0, changed_at=7.5)
    assert (expected,) == await journal.summaries()


async def test_a_conversation_without_words_has_an_empty_title(journal: Archive) -> None:
    await store(journal, "a", RUN[:1])

    assert [""] == [summary.title for summary in await journal.summaries()]


async def test_summaries_come_in_pages(journal: Archive) -> None:
    for name in "abcde":
        await store(journal, name, RUN if name in "ace" else RUN[:3])

    async def ids(state: State | None = None, limit: int = 2, after: str | None = None, newest_first: bool = False) -> str:
        found = await journal.summaries(state=state, limit=limit, after=after, newest_first=newest_first)
        return "".join(summary.id for summary in found)

    assert ["ab", "cd", "e", ""] == [await ids(), await ids(after="b"), await ids(after="d"), await ids(after="e")]
    assert ["ed", "cb", "a"] == [await ids(newest_first=True, after=after) for after in (None, "d", "b")]
    assert ["ac", "e", "ce"] == [await ids(State.DONE, after=after) for after in (None, "c", "b")]
    assert "" == await ids(limit=0)


async def test_conversations_are_listed_by_how_their_ids_begin(journal: Archive) -> None:
    for name in ("bob~1", "Bob~2", "bob~3", "bobby~4", "b%b~5"):
        await store(journal, name, RUN)

    async def ids(prefix: str, *, after: str | None = None, newest_first: bool = False) -> str:
        found = await journal.summaries(prefix=prefix, limit=2, after=after, newest_first=newest_first)
        return " ".join(summary.id for summary in found)

    assert ["bob~1 bob~3", "Bob~2", "b%b~5", ""] == [await ids(prefix) for prefix in ("bob~", "Bob", "b%", "x")]
    assert ["bob~3", "bob~3 bob~1"] == [await ids("bob~", after="bob~1"), await ids("bob~", newest_first=True)]


async def test_a_deleted_conversation_is_gone_and_its_id_is_free(journal: Archive) -> None:
    events = long_run(60)
    await store(journal, "a", events)
    await store(journal, "b", RUN)

    await journal.delete("a")

    assert ("b",) == await journal.list()
    with pytest.raises(UnknownConversation):
        await journal.read("a")
    record = await store(journal, "a", RUN)
    assert record == await journal.load("a")
    assert RUN == await journal.read("b")


async def test_a_fork_has_an_id_of_its_own_and_leaves_the_old_one_alone(journal: Archive) -> None:
    events = long_run(60)
    await store(journal, "a", events)

    fork = await journal.fork("a", 150)

    assert events == await journal.read("a")
    assert (Opened(conversation_id=fork, at=5.0), *events[1:150]) == await journal.read(fork)
    assert replay(await journal.read(fork)) == await journal.load(fork)
    assert ("a", fork) == await journal.list()


@pytest.mark.parametrize("at", [0, 5, -1])
async def test_a_fork_outside_of_what_is_stored_is_refused(journal: Archive, at: int) -> None:
    await store(journal, "a", RUN)

    with pytest.raises(JournalError, match="1 to 4"):
        await journal.fork("a", at)

    assert ("a",) == await journal.list()


async def test_what_was_exported_is_restored_byte_for_byte(journal: Archive, tmp_path: Path) -> None:
    events = long_run(60)
    record = await store(journal, "a", events)
    lines = list(await journal.export("a"))
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"".join(lines))

    async with SqlJournal(tmp_path / "other.db") as other:
        with path.open("rb") as file:
            assert "a" == await other.restore(file)

        assert events == await other.read("a")
        assert dumps(record) == dumps(await other.load("a"))
        assert lines == list(await other.export("a"))


async def test_what_is_there_already_is_not_restored(journal: Archive) -> None:
    await store(journal, "a", RUN)
    lines = list(await journal.export("a"))
    await journal.append("a", 4, [said("more")])

    with pytest.raises(JournalError, match=r"holds 5 events of a conversation 'a'.*delete it first"):
        await journal.restore(lines)

    assert (*RUN, said("more")) == await journal.read("a")


async def test_what_was_cut_off_is_not_restored_in_part(journal: Archive) -> None:
    await store(journal, "a", RUN)
    lines = list(await journal.export("a"))
    await journal.delete("a")

    with pytest.raises(FormatError, match="line 5: the end; only 3 of 4 events"):
        await journal.restore(lines[:-1])

    assert () == await journal.list()


async def test_a_clock_that_goes_backwards_changes_no_order(journal: Archive) -> None:
    events = (Opened(conversation_id="a", at=9.0), said("x", at=8.0), Prepared(at=7.0), answer("y", at=6.0))
    await store(journal, "a", events)
    await store(journal, "b", (Opened(conversation_id="b", at=1.0),))

    assert events == await journal.read("a")
    assert [("a", 9.0, 6.0), ("b", 1.0, 1.0)] == [(s.id, s.opened_at, s.changed_at) for s in await journal.summaries()]


async def test_many_tasks_append_to_many_conversations_at_once(journal: Archive) -> None:
    async with anyio.create_task_group() as tasks:
        for number in range(20):
            tasks.start_soon(store, journal, f"c{number}", RUN)

    assert 20 == len(await journal.list(state=State.DONE))
