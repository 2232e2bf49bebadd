"""Opening databases: what may be named, and who makes the tables."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from functools import partial
from pathlib import Path

import anyio
import pytest
from postgres import Postgres
from scenes import answer, said
from sqlalchemy import Connection, create_engine, func, insert, inspect, select, text

from detent import replay
from detent.errors import ConfigurationError, FormatError
from detent.machine.sql import SqlJournal, schema
from detent.states import Event
from detent.states.events import Opened, Prepared

pytestmark = pytest.mark.anyio

RUN: tuple[Event, ...] = (Opened(conversation_id="a"), said("one"), Prepared(), answer("first"))


@pytest.mark.parametrize("form", ["{}", "sqlite:///{}", "sqlite+pysqlite:///{}", "sqlite+aiosqlite:///{}"])
async def test_a_file_may_be_named_in_several_ways(tmp_path: Path, form: str) -> None:
    path = tmp_path / "journal.db"
    async with SqlJournal(form.format(path)) as journal:
        await journal.append("a", 0, RUN)

    async with SqlJournal(path) as journal:
        assert RUN == await journal.read("a")
    assert f"SqlJournal({str(path)!r})" == repr(journal)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
async def test_a_server_may_be_named_in_several_ways(postgres: Postgres, scheme: str) -> None:
    async with SqlJournal(postgres.database().replace("postgresql", scheme, 1)) as journal:
        await journal.append("a", 0, RUN)

        assert RUN == await journal.read("a")


async def test_options_of_the_url_reach_the_server(postgres: Postgres) -> None:
    async with SqlJournal(postgres.database() + "?options=-c%20search_path%3Dmine") as journal:
        with pytest.raises(Exception, match="no schema has been selected"):
            await journal.append("a", 0, RUN)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "MemoryJournal"),
        (":memory:", "MemoryJournal"),
        ("sqlite://", "MemoryJournal"),
        ("sqlite:///:memory:", "MemoryJournal"),
        ("sqlite:///file::memory:?cache=shared&uri=true", "MemoryJournal"),
        ("mysql://root:secret-word@host/database", "'mysql://...'.*postgresql://user@host/database is wanted"),
        ("postgresql+asyncpg://root:secret-word@host/database", "is wanted"),
        ("postgresql://root:secret-word@host:port/database", "can not be read"),
        ("secret-word://", "is wanted"),
    ],
)
def test_what_can_not_be_opened_is_refused_when_it_is_named(url: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        SqlJournal(url)

    assert url.startswith("secret") or "secret-word" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"synchronous": "off"}, '"normal" or "full"'), ({"busy_seconds": -1}, "0 to 3600"), ({"busy_seconds": 1e9}, "0 to 3600")],
)
def test_options_out_of_range_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        SqlJournal("journal.db", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(("missing", "url"), [("sqlalchemy", "journal.db"), ("psycopg", "postgresql://host/database")])
def test_a_driver_that_is_not_installed_is_named(missing: str, url: str) -> None:
    program = f"""
import sys
sys.modules[{missing!r}] = None
from detent.errors import ConfigurationError
from detent.machine.sql import SqlJournal
try:
    SqlJournal({url!r})
except ConfigurationError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert f"SqlJournal(...) needs {missing}: pip install 'detent[sql]'\n" == done.stdout


async def test_a_file_is_opened_for_readers_beside_a_writer_and_keeps_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with SqlJournal(path) as journal:
        await journal.append("a", 0, RUN)

    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert "wal" == connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    engine.dispose()


@pytest.mark.parametrize(("synchronous", "setting"), [("normal", 1), ("full", 2)])
async def test_the_disk_is_waited_for_as_was_asked(tmp_path: Path, synchronous: str, setting: int) -> None:
    async with SqlJournal(tmp_path / "journal.db", synchronous=synchronous) as journal:  # type: ignore[arg-type]
        await journal.append("a", 0, RUN)
        database = journal._store.database
        asked = database.read("asking", lambda connection: connection.exec_driver_sql("PRAGMA synchronous").scalar_one())

        assert setting == asked
        assert (synchronous == "full") is (database._eager is None)


async def test_tables_are_made_once_however_many_begin_at_the_same_time(url: str) -> None:
    journals = [SqlJournal(url) for _ in range(8)]
    async with anyio.create_task_group() as tasks:
        for number, journal in enumerate(journals):
            tasks.start_soon(journal.append, f"c{number}", 0, RUN)

    assert 8 == len(await journals[0].list())
    versions = journals[0]._store.database.read(
        "asking", lambda connection: connection.execute(text("SELECT version FROM detent_schema")).scalars().all()
    )
    assert [1] == versions
    for journal in journals:
        await journal.aclose()


async def test_a_newer_schema_is_refused_and_left_alone(url: str, sql: SqlJournal, tmp_path: Path) -> None:
    await sql.append("a", 0, RUN)
    sql._store.database.write(
        "making it newer", lambda connection: connection.execute(insert(schema._versions).values(version=2))
    )
    await sql.aclose()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    async with SqlJournal(url) as older:
        for asked in (older.append("a", 4, [said("more")]), older.read("a"), older.list()):
            with pytest.raises(FormatError, match=r"schema is of version 2; .* knows up to 1: upgrade detent"):
                await asked

    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


async def test_a_database_may_hold_tables_of_others(url: str) -> None:
    await SqlJournal(url).aclose()
    journal = SqlJournal(url)
    engine = journal._store.database._engine
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE events (mine INTEGER)"))
    async with journal:
        await journal.append("a", 0, RUN)

        assert RUN == await journal.read("a")
    with engine.connect() as connection:
        names = set(inspect(connection).get_table_names())
    engine.dispose()
    assert {"events", "detent_schema", "detent_conversations", "detent_events", "detent_snapshots"} == names


@pytest.mark.parametrize("anyio_backend", [None])
def test_one_journal_serves_event_loops_one_after_the_other_and_side_by_side(url: str, anyio_backend: None) -> None:
    journal = SqlJournal(url)
    for seq, event in enumerate(RUN):
        anyio.run(partial(journal.append, "a", seq, [event]))
    threads = [threading.Thread(target=anyio.run, args=(journal.append, f"c{number}", 0, RUN)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 7 == len(anyio.run(journal.list))
    assert replay(RUN) == anyio.run(journal.load, "a")
    anyio.run(journal.aclose)


async def test_a_deleted_conversation_leaves_nothing_behind(sql: SqlJournal) -> None:
    many = (*RUN, *[said(f"{number}") for number in range(200)])
    await sql.append("a", 0, many, replay(many))
    await sql.append("b", 0, RUN)

    def counts(connection: Connection) -> list[int]:
        return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]

    tables = (schema.conversations, schema.events, schema.snapshots)
    before = sql._store.database.read("counting", counts)
    await sql.delete("a")

    assert [2, len(many) + len(RUN), 1] == before
    assert [1, len(RUN), 0] == sql._store.database.read("counting", counts)


async def test_a_journal_that_was_closed_opens_again(sql: SqlJournal) -> None:
    await sql.append("a", 0, RUN[:2])
    await sql.aclose()
    await sql.append("a", 2, RUN[2:])

    assert RUN == await sql.read("a")


async def test_a_cancellation_waits_for_an_append_that_has_begun(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with SqlJournal(path) as journal:
        await journal.append("a", 0, RUN[:1])
        scope, has_ended = anyio.CancelScope(), anyio.Event()

        async def append() -> None:
            with scope:
                await journal.append("a", 1, RUN[1:])
            has_ended.set()

        with closing(sqlite3.connect(path, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(append)
                await anyio.wait_all_tasks_blocked()
                scope.cancel()
                await anyio.wait_all_tasks_blocked()
                assert not has_ended.is_set()
                holder.execute("ROLLBACK")

        assert RUN == await journal.read("a")


async def test_what_was_cancelled_before_it_began_is_not_done(tmp_path: Path) -> None:
    async with SqlJournal(tmp_path / "journal.db", synchronous="full") as journal:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await journal.append("a", 0, RUN)

        assert () == await journal.list()
