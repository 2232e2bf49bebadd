"""Storing events: a few statements, compiled once for each kind of database."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import cache
from typing import Final, Self

from attrs import define, field, frozen
from sqlalchemy import URL, BindParameter, Connection, Dialect, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_in_postgres
from sqlalchemy.dialects.sqlite import insert as insert_in_sqlite
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql import ClauseElement

from ...errors import JournalConflict
from ...states import Conversation, Event
from ..archive import title_of
from ..codec import VERSION, json_of
from .eager import Busy
from .packing import pack
from .schema import conversations, events
from .snapshots import Snapshot

__all__ = ["Append"]

_LONGEST_AT_ONCE: Final = 64 * 1024
"""Bytes.  More than that is not written between two steps of an event loop."""


@frozen
class _Statements:
    """What an append says to the database, as text: SQLAlchemy's own way to it costs more than the database's work."""

    open: str
    grow: str
    store: str


@define
class Append:
    """An append of events to a conversation, encoded.  It is work for `Database.write`, which may do it twice.

    *tried* says that it may be stored already: it was begun before, and then the connection or the disk failed.  An append
    that finds its own events in place, byte for byte, has then succeeded.
    """

    conversation_id: str
    expected_seq: int
    bodies: Sequence[bytes]
    row: dict[str, object]
    snapshot: Snapshot | None
    tried: bool = field(default=False, init=False)

    @classmethod
    def of(cls, conversation_id: str, expected_seq: int, added: Sequence[Event], after: Conversation | None) -> Self:
        """Return the append, encoded and packed."""
        row: dict[str, object] = {
            "id": conversation_id,
            "expected": expected_seq,
            "events": expected_seq + len(added),
            "state": None if after is None else after.state.value,
            "title": None if after is None else title_of(after),
            "opened_at": added[0].at,
            "changed_at": added[-1].at,
        }
        bodies = [pack(json_of(event)) for event in added]
        return cls(conversation_id, expected_seq, bodies, row, Snapshot.due(expected_seq, after))

    @property
    def place(self) -> tuple[str, int]:
        """Where the events go."""
        return self.conversation_id, self.expected_seq

    @property
    def is_short(self) -> bool:
        """Whether it takes no longer than a step of an event loop may."""
        return self.snapshot is None and sum(map(len, self.bodies)) <= _LONGEST_AT_ONCE

    def __call__(self, connection: Connection) -> None:
        """Store the events.  Raises `JournalConflict` when the conversation holds another number of events."""
        again, self.tried = self.tried, True
        statements = _statements(connection.dialect.name)
        claim = statements.grow if self.expected_seq else statements.open
        number = connection.exec_driver_sql(claim, self.row).scalar_one_or_none()
        if number is None:
            if again and self._is_there(connection):
                return
            raise JournalConflict(self.conversation_id, self.expected_seq, _count(connection, self.conversation_id))
        connection.exec_driver_sql(statements.store, self._rows(number))
        if self.snapshot is not None:
            self.snapshot.keep(connection, number)

    def at_once(self, connection: sqlite3.Connection) -> None:
        """Do the same through the driver's own *connection*.  Raises `Busy` for a conflict: that is looked into elsewhere."""
        statements = _statements("sqlite")
        claim = statements.grow if self.expected_seq else statements.open
        claimed = connection.execute(claim, self.row).fetchall()
        if not claimed:
            raise Busy
        connection.executemany(statements.store, self._rows(claimed[0][0]))

    def _rows(self, number: int) -> list[dict[str, object]]:
        return [
            {"conversation": number, "seq": seq, "format": VERSION, "body": body}
            for seq, body in enumerate(self.bodies, start=self.expected_seq)
        ]

    def _is_there(self, connection: Connection) -> bool:
        stored = (
            select(events.c.body)
            .join(conversations)
            .where(conversations.c.id == self.conversation_id, events.c.seq >= self.expected_seq)
            .order_by(events.c.seq)
            .limit(len(self.bodies))
        )
        return list(self.bodies) == [bytes(body) for body in connection.execute(stored).scalars()]


def _count(connection: Connection, conversation_id: str) -> int:
    counted = select(conversations.c.events).where(conversations.c.id == conversation_id)
    return connection.execute(counted).scalar_one_or_none() or 0


_DERIVED: Final = ("events", "state", "title", "changed_at")


@cache
def _statements(kind: str) -> _Statements:
    """Return the statements for databases of that *kind*: `sqlite` or `postgresql`."""
    in_sqlite = kind == "sqlite"
    dialect = SQLiteDialect_pysqlite(paramstyle="named") if in_sqlite else URL.create("postgresql+psycopg").get_dialect()()
    inserted = insert_in_sqlite if in_sqlite else insert_in_postgres
    opened = inserted(conversations).values(_bound(("id", "opened_at", *_DERIVED))).on_conflict_do_nothing()
    grown = (
        update(conversations)
        .where(conversations.c.id == bindparam("id"), conversations.c.events == bindparam("expected"))
        .values(_bound(_DERIVED))
    )
    returning = [statement.returning(conversations.c.number) for statement in (opened, grown)]
    return _Statements(*[_text(statement, dialect) for statement in (*returning, insert(events))])


def _bound(names: Sequence[str]) -> dict[str, BindParameter[object]]:
    return {name: bindparam(name) for name in names}


def _text(statement: ClauseElement, dialect: Dialect) -> str:
    return str(statement.compile(dialect=dialect))
