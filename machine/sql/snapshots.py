"""Snapshots: the record after every so many events, so that a long conversation is loaded without folding all of it.

A history only ever grows at its end.  So a snapshot holds the entries since the one before, and the record without its
history: taking one costs what is new, however long the conversation is.  They are no more than a cache.  Those of another
version of the library are passed over, and what does not read well is folded anew.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Final, Self

from attrs import evolve, frozen
from sqlalchemy import Connection, delete, func, insert, select

from ...errors import FormatError
from ...states import Conversation
from ..codec import VERSION, dumps, entries_of, json_of, loads, parsed
from .packing import pack, unpack
from .schema import snapshots

__all__ = ["Snapshot", "Snapshots"]

_EVERY: Final = 128
"""Events.  Folding so many takes a few milliseconds; a snapshot of what they added takes one."""


@frozen
class Snapshot:
    """A record to keep."""

    record: Conversation

    @classmethod
    def due(cls, seq: int, after: Conversation | None) -> Self | None:
        """Return the snapshot to take after an append at *seq*; None where it is not yet time."""
        if after is None or seq // _EVERY == after.seq // _EVERY:
            return None
        return cls(after)

    def keep(self, connection: Connection, number: int) -> None:
        """Store it for the conversation of that *number*."""
        mine = (snapshots.c.conversation == number, snapshots.c.library == _library())
        kept = connection.execute(select(func.max(snapshots.c.entries)).where(*mine)).scalar_one()
        if kept is None:
            connection.execute(delete(snapshots).where(snapshots.c.conversation == number))
        row = {
            "conversation": number,
            "seq": self.record.seq,
            "library": _library(),
            "entries": len(self.record.history),
            "record": pack(dumps(evolve(self.record, history=()))),
            "history": pack(json_of(self.record.history[kept or 0 :])),
        }
        connection.execute(insert(snapshots).values(row))


@frozen
class Snapshots:
    """What is stored of them: the newest record, after *seq* events, without its history, and the history in pieces."""

    seq: int
    record: bytes
    history: tuple[bytes, ...]

    @classmethod
    def read(cls, connection: Connection, number: int, count: int) -> Self | None:
        """Return those of the first *count* events of the conversation of that *number*; None where there are none."""
        mine = (snapshots.c.conversation == number, snapshots.c.library == _library(), snapshots.c.seq <= count)
        columns = select(snapshots.c.seq, snapshots.c.record, snapshots.c.history)
        rows = connection.execute(columns.where(*mine).order_by(snapshots.c.seq)).all()
        return cls(rows[-1].seq, rows[-1].record, tuple(row.history for row in rows)) if rows else None

    def unpacked(self) -> Conversation | None:
        """Return the newest record; None where it does not read well."""
        try:
            record = loads(unpack(self.record))
            pieces = [entries_of(parsed(unpack(piece), "history"), VERSION) for piece in self.history]
        except FormatError:
            return None
        return evolve(record, history=tuple(entry for piece in pieces for entry in piece))


@cache
def _library() -> str:
    """Return what a snapshot is valid for: another version of the library may fold the same events otherwise."""
    return version("detent")
