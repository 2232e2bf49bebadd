"""Snapshots: a cache that is never wrong, and costs what is new."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from postgres import Postgres
from scenes import UNLIMITED, call, calls, said
from strategies import conversations

from detent import Conversation, dumps, replay, step
from detent.machine.codec import dump_event
from detent.machine.sql import SqlJournal, snapshots
from detent.machine.sql.packing import pack
from detent.machine.sql.reading import Stored
from detent.states import Event
from detent.states.events import Opened, Prepared, ToolReturned
from detent.states.messages import call_id


@contextmanager
def snapshots_every(events: int) -> Generator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(snapshots, "_EVERY", events)
        yield


@pytest.mark.parametrize("anyio_backend", [None])  # the journal is used from loops of its own, one an example
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_whatever_was_stored_is_loaded_as_its_replay(
    kind: str, anyio_backend: None, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    server: Postgres | None = request.getfixturevalue("postgres") if kind == "postgresql" else None
    journal = SqlJournal(server.schema() if server else tmp_path_factory.mktemp("journal") / "journal.db")
    stored: list[str] = []

    @settings(max_examples=settings().max_examples // 3)  # each example is some twenty transactions
    @given(conversations(longest=20), st.integers(1, 4), st.integers(1, 3), st.booleans())
    def holds(made: tuple[Conversation, tuple[Event, ...]], every: int, batch: int, told: bool) -> None:
        record, events = made
        name = f"c{len(stored)}"
        stored.append(name)

        async def run() -> None:
            for seq in range(0, len(events), batch):
                added = events[seq : seq + batch]
                await journal.append(name, seq, added, replay(events[: seq + len(added)]) if told else None)
            if events:
                assert [dump_event(event) for event in events] == [dump_event(event) for event in await journal.read(name)]
                assert dumps(record) == dumps(await journal.load(name))

        with snapshots_every(every):
            anyio.run(run)

    holds()
    anyio.run(journal.aclose)


def long_run() -> tuple[Event, ...]:
    """Return a run of 400 events."""
    events: list[Event] = [Opened(conversation_id="a"), said("go", limits=UNLIMITED)]
    for number in range(133):
        events += [Prepared(), calls(call("look")), ToolReturned(call_id=call_id(number), content=f"result {number}" * 20)]
    return tuple(events[:400])


RUN = long_run()


async def stored(path: Path) -> SqlJournal:
    """Return a journal with the run in it, appended event by event."""
    journal = SqlJournal(path)
    record = Conversation()
    for seq, event in enumerate(RUN):
        record = step(record, event)
        await journal.append("a", seq, [event], record)
    return journal


def rows(path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database, database:
        return database.execute(statement).fetchall()


@pytest.mark.anyio
async def test_a_snapshot_is_taken_every_so_many_events_and_holds_what_is_new(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with await stored(path) as journal:
        since = journal._store.database.read("asking", lambda connection: Stored.read_since_snapshot(connection, "a"))

    sizes = [int(str(size)) for (size,) in rows(path, "SELECT length(history) FROM detent_snapshots ORDER BY seq")]
    assert [(128,), (256,), (384,)] == rows(path, "SELECT seq FROM detent_snapshots ORDER BY seq")
    assert max(sizes) < 1.5 * min(sizes)
    assert (384, 16) == (since.first, len(since.rows))


@pytest.mark.anyio
@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE detent_snapshots SET history = x'00' WHERE seq = 256",
        "UPDATE detent_snapshots SET record = x'00'",
        "UPDATE detent_snapshots SET record = history",
        "UPDATE detent_snapshots SET library = '0.0.1'",
        "DELETE FROM detent_snapshots",
        "DELETE FROM detent_snapshots WHERE seq = 384",
    ],
)
async def test_whatever_becomes_of_the_snapshots_the_record_is_right(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "journal.db"
    async with await stored(path) as journal:
        rows(path, damage)

        assert dumps(replay(RUN)) == dumps(await journal.load("a"))


@pytest.mark.anyio
async def test_what_another_version_of_the_library_made_of_the_events_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with await stored(path) as journal:
        otherwise = pack(dumps(Conversation(id="a", system="folded otherwise", seq=384))).hex()
        rows(path, f"UPDATE detent_snapshots SET library = '0.0.1', record = x'{otherwise}'")

        assert dumps(replay(RUN)) == dumps(await journal.load("a"))


@pytest.mark.anyio
async def test_snapshots_of_another_version_of_the_library_give_way_to_new_ones(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with await stored(path) as journal:
        rows(path, "UPDATE detent_snapshots SET library = '0.0.1'")
        more = [said(f"more {number}") for number in range(200)]
        record = replay(RUN)
        for seq, event in enumerate(more, start=len(RUN)):
            record = step(record, event)
            await journal.append("a", seq, [event], record)

        assert [(512,)] == rows(path, "SELECT seq FROM detent_snapshots ORDER BY seq")
        assert dumps(record) == dumps(await journal.load("a"))
