"""What was damaged on disk is named, never guessed at."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from scenes import answer, said

from detent.errors import FormatError
from detent.machine.sql import SqlJournal
from detent.states.events import Opened, Prepared

pytestmark = pytest.mark.anyio

RUN = (Opened(conversation_id="a"), said("one"), Prepared(), answer("first"))


async def test_a_damaged_event_is_named(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with SqlJournal(path) as journal:
        await journal.append("a", 0, RUN)
        database = sqlite3.connect(path)
        body = database.execute("SELECT body FROM detent_events WHERE seq = 1").fetchone()[0]
        for damaged in (body[:-1], body[:20] + bytes([body[20] ^ 4]) + body[21:], b"", body[:-1] + bytes([body[-1] ^ 1])):
            with database:
                database.execute("UPDATE detent_events SET body = ? WHERE seq = 1", [damaged])
            with pytest.raises(FormatError, match="conversation 'a', event 1: the stored bytes are damaged"):
                await journal.read("a")
        assert RUN[2:] == await journal.read("a", 2)
        database.close()


@pytest.mark.parametrize("seq", [0, 2, 3])
async def test_a_missing_event_is_named(tmp_path: Path, seq: int) -> None:
    path = tmp_path / "journal.db"
    async with SqlJournal(path) as journal:
        await journal.append("a", 0, RUN)
        with sqlite3.connect(path) as database:
            database.execute("DELETE FROM detent_events WHERE seq = ?", [seq])
        database.close()

        with pytest.raises(FormatError, match=f"conversation 'a': event {seq} of 4 is missing"):
            await journal.load("a")


async def test_an_event_of_a_newer_format_is_named(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with SqlJournal(path) as journal:
        await journal.append("a", 0, RUN)
        with sqlite3.connect(path) as database:
            database.execute("UPDATE detent_events SET format = 2 WHERE seq = 3")
        database.close()

        with pytest.raises(FormatError, match=r"conversation 'a', event 3: this event is of format 2.*upgrade detent"):
            await journal.read("a")


async def test_events_that_make_no_record_are_named(tmp_path: Path) -> None:
    async with SqlJournal(tmp_path / "journal.db") as journal:
        await journal.append("a", 0, [RUN[0], Prepared()])

        with pytest.raises(FormatError, match="conversation 'a': its events make no record: Prepared is not legal"):
            await journal.load("a")
