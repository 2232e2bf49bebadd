"""Reading events and records back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from attrs import frozen
from sqlalchemy import Connection, select

from ...errors import FormatError, IllegalEvent, UnknownConversation
from ...states import Conversation, Event
from ..codec import event_of, parsed
from ..step import replay
from .packing import unpack
from .schema import conversations, events
from .snapshots import Snapshots

__all__ = ["Stored"]


@frozen
class Stored:
    """What the database holds of a conversation from event *first* on, still packed: unpacking needs no transaction."""

    conversation_id: str
    first: int
    rows: Sequence[tuple[int, int, bytes]]
    count: int
    snapshots: Snapshots | None = None

    @classmethod
    def read(cls, connection: Connection, conversation_id: str, first: int) -> Self:
        """Return the events from number *first* on.  Raises `UnknownConversation` when none is stored."""
        number, count = _known(connection, conversation_id)
        return cls(conversation_id, first, _rows(connection, number, first, count), count)

    @classmethod
    def read_since_snapshot(cls, connection: Connection, conversation_id: str) -> Self:
        """Return the snapshots and the events since the newest of them; all events where there is none."""
        number, count = _known(connection, conversation_id)
        snapshots = Snapshots.read(connection, number, count)
        first = 0 if snapshots is None else snapshots.seq
        return cls(conversation_id, first, _rows(connection, number, first, count), count, snapshots)

    def events(self) -> tuple[Event, ...]:
        """Return the events.  Raises `FormatError`, which names the event, for one that is damaged or missing."""
        if len(self.rows) < self.count - self.first:
            there = {row[0] for row in self.rows}
            missing = next(seq for seq in range(self.first, self.count) if seq not in there)
            raise FormatError(f"conversation {self.conversation_id!r}: event {missing} of {self.count} is missing")
        return tuple([self._event(*row) for row in self.rows])

    def record(self) -> Conversation | None:
        """Return the record; None where the snapshots do not read well, so that all events have to be folded."""
        if self.snapshots is None:
            return self.folded(None)
        before = self.snapshots.unpacked()
        return None if before is None else self.folded(before)

    def folded(self, before: Conversation | None) -> Conversation:
        """Return *before*, or a blank record, with these events.  Raises `FormatError` where they make no record."""
        try:
            return replay(self.events(), before)
        except IllegalEvent as error:
            raise FormatError(f"conversation {self.conversation_id!r}: its events make no record: {error}") from None

    def _event(self, seq: int, version: int, body: bytes) -> Event:
        try:
            return event_of(parsed(unpack(body), "event"), version)
        except FormatError as error:
            raise FormatError(f"conversation {self.conversation_id!r}, event {seq}: {error}") from None


def _known(connection: Connection, conversation_id: str) -> tuple[int, int]:
    """Return the conversation's number and how many events it has."""
    found = select(conversations.c.number, conversations.c.events).where(conversations.c.id == conversation_id)
    row = connection.execute(found).one_or_none()
    if row is None:
        raise UnknownConversation(conversation_id)
    number, count = row
    return number, count


def _rows(connection: Connection, number: int, first: int, count: int) -> list[tuple[int, int, bytes]]:
    wanted = select(events.c.seq, events.c.format, events.c.body).where(
        events.c.conversation == number, events.c.seq >= first, events.c.seq < count
    )
    return [(seq, version, body) for seq, version, body in connection.execute(wanted.order_by(events.c.seq))]
