"""What goes wrong in a database is told in words of ours, and costs nothing that was stored."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from journal_faults import a_fault
from scenes import answer, said
from sqlalchemy import Engine, event

from detent.machine.sql import SqlJournal
from detent.states.events import Opened, Prepared

pytestmark = pytest.mark.anyio

RUN = (Opened(conversation_id="a"), said("one"), Prepared(), answer("first"))
LONG = said("".join(f"{number:x}" for number in range(100_000)))


async def test_a_full_disk_stores_nothing_of_the_append_and_the_next_one_fits(tmp_path: Path) -> None:
    async with SqlJournal(tmp_path / "journal.db") as journal:
        await journal.append("a", 0, RUN[:2])
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))  # as a disk that has so much room
        try:
            with a_fault("append to conversation 'a' at event 2", "journal.db"):
                await journal.append("a", 2, [LONG])
            assert RUN[:2] == await journal.read("a")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

        await journal.append("a", 2, [LONG])

        assert (*RUN[:2], LONG) == await journal.read("a")


async def test_a_full_database_says_so_at_once_and_in_a_thread(tmp_path: Path) -> None:
    async with SqlJournal(tmp_path / "journal.db") as journal:
        await journal.append("a", 0, RUN[:2])
        await journal.aclose()
        for engine in engines(journal):
            event.listen(engine, "connect", lambda driver, _: driver.execute("PRAGMA max_page_count = 12"))
        await journal.list()

        for added in ([LONG], [said("".join(f"{number:x}" for number in range(14_000)))]):
            with a_fault("append to conversation 'a' at event 2", "the disk is full", "make room"):
                await journal.append("a", 2, added)

        assert RUN[:2] == await journal.read("a")


def engines(journal: SqlJournal) -> list[Engine]:
    database = journal._store.database
    assert database._eager is not None
    return [database._engine, database._eager.engine]


@contextmanager
def unable_to_write(path: Path) -> Generator[None]:
    """Take from this process the right to write to the file and its folder; root has to become another user for that."""
    path.parent.chmod(0o555)
    for each in path.parent.iterdir():
        each.chmod(0o444)
    mine = os.geteuid()
    if mine == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(mine)
        path.parent.chmod(0o700)


async def test_a_file_that_may_not_be_written_is_named() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        async with SqlJournal(path) as journal:
            await journal.append("a", 0, RUN)
        with unable_to_write(path):
            async with SqlJournal(path) as journal:
                with a_fault("append to conversation 'a' at event 4", "journal.db", "let this user write"):
                    await journal.append("a", 4, [said("more")])
                await journal.aclose()

        async with SqlJournal(path) as journal:
            assert RUN == await journal.read("a")


async def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    async with SqlJournal(tmp_path / "nowhere" / "journal.db") as journal:
        with a_fault("append to conversation 'a'", "nowhere", "the folder has to be there"):
            await journal.append("a", 0, RUN)


async def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam,\n" * 100)
    async with SqlJournal(path) as journal:
        with a_fault("append to conversation 'a'", "letter.txt", "not a database", "name another path"):
            await journal.append("a", 0, RUN)

    assert "Dear Sir or Madam,\n" * 100 == path.read_text()
    assert ["letter.txt"] == [each.name for each in tmp_path.iterdir()]


async def test_a_lock_that_is_held_too_long_is_named(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with SqlJournal(path, busy_seconds=0.05) as journal:
        await journal.append("a", 0, RUN[:2])
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        with a_fault("append to conversation 'a' at event 2", "locked", "busy_seconds"):
            await journal.append("a", 2, RUN[2:])
        assert RUN[:2] == await journal.read("a")
        holder.execute("ROLLBACK")
        holder.close()

        await journal.append("a", 2, RUN[2:])

        assert RUN == await journal.read("a")


async def test_a_lock_that_is_let_go_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with SqlJournal(path) as journal:
        await journal.append("a", 0, RUN[:2])
        holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        holder.execute("BEGIN EXCLUSIVE")
        letting_go = threading.Timer(0.05, holder.execute, ["ROLLBACK"])
        letting_go.start()

        await journal.append("a", 2, RUN[2:])

        letting_go.join()
        holder.close()
        assert RUN == await journal.read("a")


def test_a_signal_of_a_file_too_large_does_not_end_the_tests() -> None:
    assert signal.SIG_IGN is signal.getsignal(signal.SIGXFSZ)
