"""`MemoryJournal`: what is its own; `sql/test_journal.py` asks the same of every journal."""

from __future__ import annotations

import sys
from functools import partial
from threading import Thread

import anyio
import pytest
from attrs import evolve
from scenes import answer, said

from detent import DetentError, MemoryJournal, replay
from detent.errors import JournalConflict, JournalError, UnknownConversation
from detent.machine.journal import Journal
from detent.states.events import Opened, Prepared

pytestmark = pytest.mark.anyio

OPENED = Opened(conversation_id="a")
RUN = (OPENED, said(), Prepared(), answer())


async def test_events_are_read_back_in_order() -> None:
    journal = MemoryJournal()
    await journal.append("a", 0, RUN[:2])
    await journal.append("a", 2, RUN[2:])

    assert RUN == await journal.read("a")
    assert RUN[3:] == await journal.read("a", 3)
    assert ("a",) == await journal.list()


async def test_the_second_of_two_drivers_is_refused_and_nothing_is_overwritten() -> None:
    journal = MemoryJournal()
    await journal.append("a", 0, [OPENED])

    with pytest.raises(JournalConflict) as caught:
        await journal.append("a", 0, [OPENED])

    assert ("a", 0, 1) == (caught.value.conversation_id, caught.value.expected, caught.value.actual)
    assert (OPENED,) == await journal.read("a")


async def test_an_unknown_conversation_is_named() -> None:
    with pytest.raises(UnknownConversation, match="no conversation 'nobody'") as caught:
        await MemoryJournal().read("nobody")

    assert isinstance(caught.value, DetentError)


async def test_a_record_that_was_given_is_not_folded_again() -> None:
    journal = MemoryJournal()
    record = replay(RUN)
    await journal.append("a", 0, RUN, record)

    assert record is await journal.load("a")
    assert record is await journal.load("a")


async def test_a_record_is_folded_from_where_it_was_last_known() -> None:
    journal = MemoryJournal()
    known = evolve(replay(RUN[:2]), system="known")
    await journal.append("a", 0, RUN[:2], known)
    await journal.append("a", 2, RUN[2:])

    assert replay(RUN[2:], known) == await journal.load("a")


async def test_a_fork_goes_its_own_way() -> None:
    journal = MemoryJournal()
    await journal.append("a", 0, RUN)

    fork = await journal.fork("a", 2)

    assert fork == (await journal.load(fork)).id != "a"
    assert (2, 4) == (len(await journal.read(fork)), len(await journal.read("a")))
    with pytest.raises(JournalError, match="1 to 4"):
        await journal.fork("a", 5)


def test_it_is_what_a_driver_needs() -> None:
    journal: Journal = MemoryJournal()

    assert isinstance(journal, MemoryJournal)


def test_of_threads_that_append_each_number_goes_to_one(request: pytest.FixtureRequest) -> None:
    journal, won = MemoryJournal(), list[int]()

    async def append() -> None:
        for _ in range(300):
            number = len(await journal.read("a"))
            try:
                await journal.append("a", number, [Prepared()])
                won.append(number)
            except JournalConflict:
                continue

    anyio.run(journal.append, "a", 0, [OPENED])
    request.addfinalizer(partial(sys.setswitchinterval, sys.getswitchinterval()))
    sys.setswitchinterval(1e-6)
    threads = [Thread(target=anyio.run, args=(append,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(won) == len(set(won)) == len(anyio.run(journal.read, "a")) - 1


async def test_a_conversation_that_was_begun_elsewhere_is_told_from_one_that_somebody_went_on_with() -> None:
    journal = MemoryJournal()
    with pytest.raises(JournalConflict, match="it was begun elsewhere, or deleted here"):
        await journal.append("a", 3, [Prepared()])
