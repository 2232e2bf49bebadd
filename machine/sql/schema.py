"""The tables, and the steps that bring a database to them.

`detent_events` is the truth; everything else is worked out from it and could be again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import (
    Column,
    Connection,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    func,
    insert,
    inspect,
    select,
    text,
)

from ...errors import FormatError

__all__ = ["conversations", "events", "is_current", "migrate", "snapshots"]

_METADATA: Final = MetaData()

_versions = Table("detent_schema", _METADATA, Column("version", Integer, primary_key=True, autoincrement=False))

conversations = Table(
    "detent_conversations",
    _METADATA,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("events", Integer, nullable=False),
    Column("state", Text),
    Column("title", Text),
    Column("opened_at", Double, nullable=False),
    Column("changed_at", Double, nullable=False),
)

_OWNER: Final = "detent_conversations.number"

events = Table(
    "detent_events",
    _METADATA,
    Column("conversation", Integer, ForeignKey(_OWNER, ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("format", SmallInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

snapshots = Table(
    "detent_snapshots",
    _METADATA,
    Column("conversation", Integer, ForeignKey(_OWNER, ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("library", Text, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("history", LargeBinary, nullable=False),
)


def _first_tables(connection: Connection) -> None:
    _METADATA.create_all(connection, tables=[conversations, events, snapshots], checkfirst=False)


_STEPS: Final[Sequence[Callable[[Connection], None]]] = (_first_tables,)
"""From each version of the schema to the next.  A step that was released is never changed: a later one mends it."""

_LOCK: Final = 0x64_65_74_65_6E_74
"""What names the lock on migrating, in PostgreSQL."""


def is_current(connection: Connection) -> bool:
    """Return whether the database has the tables as this version wants them.

    Raises `FormatError` when a newer version of the library made them.
    """
    version = _version(connection)
    if version > len(_STEPS):
        raise FormatError(
            f"the database's schema is of version {version}; this version of detent knows up to {len(_STEPS)}: "
            "upgrade detent; nothing was touched"
        )
    return version == len(_STEPS)


def migrate(connection: Connection) -> None:
    """Bring the database to the tables of this version, in a transaction of the caller's that holds the write lock."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    if is_current(connection):
        return  # another process was quicker
    _versions.create(connection, checkfirst=True)
    for version in range(_version(connection), len(_STEPS)):
        _STEPS[version](connection)
        connection.execute(insert(_versions).values(version=version + 1))


def _version(connection: Connection) -> int:
    if not inspect(connection).has_table(_versions.name):
        return 0
    version: int | None = connection.execute(select(func.max(_versions.c.version))).scalar_one()
    return version or 0
