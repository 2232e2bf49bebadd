"""What goes wrong between a journal and its server costs nothing, and stores nothing twice."""

from __future__ import annotations

from typing import Literal

import psycopg
import pytest
from cutting_proxy import CuttingProxy
from journal_faults import a_fault
from postgres import Postgres
from psycopg import sql
from scenes import answer, said

from detent.errors import JournalConflict
from detent.machine.sql import SqlJournal
from detent.machine.sql.faults import explained
from detent.states.events import Opened, Prepared

pytestmark = pytest.mark.anyio

RUN = (Opened(conversation_id="a"), said("one"), Prepared(), answer("first"))


async def test_a_lock_in_postgresql_that_is_held_too_long_is_named(postgres: Postgres) -> None:
    url = postgres.database()
    async with SqlJournal(url, busy_seconds=0.05) as journal:
        await journal.append("a", 0, RUN[:2])
        with postgres.connect(url.rsplit("/", 1)[1]) as holder, holder.transaction():
            holder.execute("LOCK TABLE detent_conversations")
            with a_fault("append to conversation 'a' at event 2", "lock timeout", "busy_seconds"):
                await journal.append("a", 2, RUN[2:])

        await journal.append("a", 2, RUN[2:])

        assert RUN == await journal.read("a")


async def test_a_server_that_takes_no_writes_is_named(postgres: Postgres) -> None:
    url = postgres.database()
    name = url.rsplit("/", 1)[1]
    async with SqlJournal(url) as journal:
        await journal.append("a", 0, RUN[:2])
        await journal.aclose()
        with postgres.connect() as administrator:
            alter = sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = on")
            administrator.execute(alter.format(sql.Identifier(name)))
        with a_fault("append to conversation 'a' at event 2", "read-only", "takes no writes"):
            await journal.append("a", 2, RUN[2:])

        assert RUN[:2] == await journal.read("a")


async def test_a_server_that_is_not_there_is_named_without_the_password(postgres: Postgres) -> None:
    url = postgres.database().replace(f":{postgres.port}/", ":1/")
    async with SqlJournal(url) as journal:
        with a_fault("append to conversation 'a'", "postgresql://127.0.0.1:1/", "see whether the server runs"):
            await journal.append("a", 0, RUN)

    assert "secret-word" not in repr(journal)


async def test_a_connection_that_was_closed_between_two_appends_is_opened_anew(postgres: Postgres) -> None:
    url = postgres.database()
    async with SqlJournal(url) as journal:
        await journal.append("a", 0, RUN[:2])
        with postgres.connect() as administrator:
            administrator.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", [url.rsplit("/", 1)[1]]
            )

        await journal.append("a", 2, RUN[2:])

        assert RUN == await journal.read("a")


Moment = Literal["before", "after"]


@pytest.mark.parametrize(
    ("word", "when"),
    [(b"INTO detent_conversations", "before"), (b"INTO detent_events", "before"), (b"COMMIT", "before"), (b"COMMIT", "after")],
)
async def test_an_append_that_is_cut_off_is_stored_once(postgres: Postgres, word: bytes, when: Moment) -> None:
    url = postgres.database()
    with CuttingProxy(postgres.port) as proxy:
        async with SqlJournal(url.replace(f":{postgres.port}/", f":{proxy.port}/")) as journal:
            await journal.list()
            proxy.cut(word, when)

            await journal.append("a", 0, RUN)

            assert 1 == proxy.cuts
            assert RUN == await journal.read("a")


@pytest.mark.parametrize("when", ["before", "after"])
async def test_an_append_of_unknown_end_may_be_done_again(postgres: Postgres, when: Moment) -> None:
    url = postgres.database()
    with CuttingProxy(postgres.port) as proxy:
        async with SqlJournal(url.replace(f":{postgres.port}/", f":{proxy.port}/")) as journal:
            await journal.append("a", 0, RUN[:2])
            proxy.cut(b"COMMIT", when, then_refuse=True)
            with a_fault("append to conversation 'a' at event 2", "do the same again"):
                await journal.append("a", 2, RUN[2:])
            proxy.heal()

            await journal.append("a", 2, RUN[2:])

            assert RUN == await journal.read("a")
            with pytest.raises(JournalConflict):
                await journal.append("a", 2, RUN[2:])


async def test_an_append_of_unknown_end_is_refused_where_somebody_else_went_on(postgres: Postgres) -> None:
    url = postgres.database()
    with CuttingProxy(postgres.port) as proxy:
        async with SqlJournal(url.replace(f":{postgres.port}/", f":{proxy.port}/")) as journal:
            await journal.append("a", 0, RUN[:2])
            proxy.cut(b"COMMIT", "before", then_refuse=True)
            with a_fault("do the same again"):
                await journal.append("a", 2, RUN[2:])
            async with SqlJournal(url) as other:
                await other.append("a", 2, [Prepared(at=3.0), answer("another")])
            proxy.heal()

            with pytest.raises(JournalConflict):
                await journal.append("a", 2, RUN[2:])

            assert (*RUN[:2], Prepared(at=3.0), answer("another")) == await journal.read("a")


def test_a_password_that_the_driver_repeats_is_not_passed_on() -> None:
    told = explained(
        psycopg.OperationalError('no such option "secret-word"\n'), "listing", "postgresql://host/db", "secret-word"
    )

    assert 'listing: postgresql://host/db: no such option "***"; ' in str(told)
