"""Short appends to a file are done at once; whatever would have to wait goes through a thread."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import anyio
import pytest
from scenes import answer, said

from detent import replay
from detent.machine.sql import SqlJournal
from detent.machine.sql.eager import Busy
from detent.machine.sql.store import Store
from detent.states import Event
from detent.states.events import Opened, Prepared

pytestmark = pytest.mark.anyio

RUN: tuple[Event, ...] = (Opened(conversation_id="a"), said("one"), Prepared(), answer("first"))


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return where appends ended: whether it was the thread that asked."""
    seen: list[bool] = []
    here = threading.get_ident()
    watched: Callable[..., None] = Store._watched

    def observed(store: Store, *arguments: object) -> None:
        watched(store, *arguments)
        seen.append(threading.get_ident() == here)

    monkeypatch.setattr(Store, "_watched", observed)
    return seen


async def test_the_first_append_makes_the_tables_in_a_thread_and_the_next_is_done_at_once(
    tmp_path: Path, threads: list[bool]
) -> None:
    async with SqlJournal(tmp_path / "journal.db") as journal:
        for seq, event in enumerate(RUN):
            await journal.append("a", seq, [event])

        assert [False, True, True, True] == threads
        assert RUN == await journal.read("a")


async def test_appends_that_wait_for_the_disk_do_it_in_a_thread(tmp_path: Path, threads: list[bool]) -> None:
    async with SqlJournal(tmp_path / "journal.db", synchronous="full") as journal:
        for seq, event in enumerate(RUN):
            await journal.append("a", seq, [event])

    assert [False] * 4 == threads


async def test_a_long_append_and_one_with_a_snapshot_are_done_in_a_thread(tmp_path: Path, threads: list[bool]) -> None:
    async with SqlJournal(tmp_path / "journal.db") as journal:
        await journal.list()
        await journal.append("a", 0, RUN)
        long = said("".join(f"{number:x}" for number in range(50_000)))
        await journal.append("a", 4, [long])
        many = tuple([said(f"{number}") for number in range(124)])
        await journal.append("a", 5, many, replay((*RUN, long, *many)))

    assert [True, False, False] == threads


async def test_while_another_process_writes_an_append_waits_in_a_thread(tmp_path: Path, threads: list[bool]) -> None:
    path = tmp_path / "journal.db"
    async with SqlJournal(path) as journal:
        await journal.append("a", 0, RUN[:1])
        with closing(sqlite3.connect(path, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(journal.append, "a", 1, RUN[1:])
                await anyio.wait_all_tasks_blocked()  # the loop goes on meanwhile
                holder.execute("ROLLBACK")

        assert [False, False] == threads
        assert RUN == await journal.read("a")


async def test_now_and_then_an_append_goes_through_a_thread_so_that_the_log_does_not_grow_for_ever(
    tmp_path: Path, threads: list[bool]
) -> None:
    path = tmp_path / "journal.db"
    async with SqlJournal(path) as journal:
        await journal.list()
        for number in range(401):
            await journal.append(f"c{number}", 0, [said(f"{number}")])
        kept = path.stat().st_size

    assert 2 == threads.count(False)
    assert kept > 50_000  # what is in the log alone is not in the file


async def test_two_threads_do_not_use_the_same_connection_at_once(tmp_path: Path) -> None:
    async with SqlJournal(tmp_path / "journal.db") as journal:
        await journal.list()
        eager = journal._store.database._eager
        assert eager is not None

        def outer(connection: sqlite3.Connection) -> None:
            with pytest.raises(Busy):
                eager.run(inner)

        def inner(connection: sqlite3.Connection) -> None:
            raise AssertionError(connection)

        eager.run(outer)
