"""`MemoryJournal`: append-only, with optimistic concurrency."""

from __future__ import annotations

import pytest
from scenes import said

from detent import DetentError, MemoryJournal, replay
from detent.errors import JournalConflict, JournalError, UnknownConversation
from detent.states.events import Opened, Prepared

pytestmark = pytest.mark.anyio

OPENED = Opened(conversation_id="a")


async def test_events_are_read_back_in_order() -> None:
    journal = MemoryJournal()
    await journal.append("a", 0, [OPENED, said()])
    await journal.append("a", 2, [Prepared()])

    assert (OPENED, said(), Prepared()) == await journal.read("a")
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


async def test_a_fork_has_an_id_of_its_own_and_leaves_the_old_one_alone() -> None:
    journal = MemoryJournal()
    await journal.append("a", 0, [OPENED, said("one"), Prepared()])

    fork = await journal.fork("a", 2)

    assert fork != "a"
    assert fork == replay(await journal.read(fork)).id
    assert 2 == len(await journal.read(fork))
    assert 3 == len(await journal.read("a"))


@pytest.mark.parametrize("at", [0, 4, -1])
async def test_a_fork_outside_of_what_is_stored_is_refused(at: int) -> None:
    journal = MemoryJournal()
    await journal.append("a", 0, [OPENED, said(), Prepared()])

    with pytest.raises(JournalError, match="1 to 3"):
        await journal.fork("a", at)
