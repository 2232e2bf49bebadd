"""The store: what a journal does, in plain calls that block.  `SqlJournal` makes them from async code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

from attrs import define, field

from ...errors import JournalConflict, JournalError
from ...states import AnyState, Conversation, Event
from ..archive import Summary
from . import listing
from .address import read_address
from .appending import Append
from .database import Database
from .eager import Busy
from .reading import Stored

__all__ = ["Store", "open_store"]


def open_store(url: str | Path, synchronous: Literal["normal", "full"], busy_seconds: float) -> Store:
    """Return the store that *url* names; nothing is opened yet."""
    return Store(Database.at(read_address(url), synchronous, busy_seconds))


@define(eq=False)
class Store:
    """Conversations in a database.  Any number of threads may use it at once."""

    database: Database
    _in_doubt: set[tuple[str, int]] = field(factory=set[tuple[str, int]], init=False)
    """Appends that a fault of the database cut off: they may be stored."""

    def prepared(self, conversation_id: str, seq: int, events: Sequence[Event], after: Conversation | None) -> Append:
        """Return the append of *events*, encoded."""
        append = Append.of(conversation_id, seq, events, after)
        append.tried = append.place in self._in_doubt
        return append

    def append_at_once(self, append: Append) -> bool:
        """Store without waiting for anybody; return False, with nothing done, where it would have to wait."""
        if not append.is_short:
            return False
        try:
            self._watched(append, lambda doing: self.database.write_at_once(doing, append.at_once))
        except Busy:
            return False
        return True

    def append(self, append: Append) -> None:
        """Store, and wait as long as that takes."""
        self._watched(append, lambda doing: self.database.write(doing, append))

    def events(self, conversation_id: str, first: int) -> tuple[Event, ...]:
        """Return the events from number *first* on."""
        doing = f"reading conversation {conversation_id!r}"
        return self.database.read(doing, lambda connection: Stored.read(connection, conversation_id, first)).events()

    def record(self, conversation_id: str) -> Conversation:
        """Return the record."""
        doing = f"loading conversation {conversation_id!r}"
        since = self.database.read(doing, lambda connection: Stored.read_since_snapshot(connection, conversation_id))
        if (record := since.record()) is not None:
            return record
        whole = self.database.read(doing, lambda connection: Stored.read(connection, conversation_id, 0))
        return whole.folded(None)

    def ids(self, state: AnyState | None) -> tuple[str, ...]:
        """Return the ids of all conversations, or of those in *state*."""
        self._settle(state)
        return self.database.read("listing conversations", lambda connection: listing.ids(connection, state))

    def summaries(
        self, state: AnyState | None, prefix: str, limit: int, after: str | None, newest_first: bool
    ) -> tuple[Summary, ...]:
        """Return up to *limit* conversations in short."""
        self._settle(state)
        rows = self.database.read(
            "listing conversations",
            lambda connection: listing.short_rows(connection, state, prefix, limit, after, newest_first=newest_first),
        )
        return tuple([row.summary(self.record) for row in rows])

    def delete(self, conversation_id: str) -> None:
        """Forget the conversation."""
        doing = f"deleting conversation {conversation_id!r}"
        self.database.write(doing, lambda connection: listing.forget(connection, conversation_id))

    def close(self) -> None:
        """Close the connections."""
        self.database.close()

    def _watched(self, append: Append, write: Callable[[str], None]) -> None:
        """Store by *write*, and remember an append that failed in the middle: the next one like it may be stored already."""
        try:
            write(f"append to conversation {append.conversation_id!r} at event {append.expected_seq}")
        except JournalConflict:
            self._in_doubt.discard(append.place)
            raise
        except JournalError:
            self._in_doubt.add(append.place)
            raise
        self._in_doubt.discard(append.place)

    def _settle(self, state: AnyState | None) -> None:
        """Before conversations in one *state* are looked for: fold those whose state was not told when they last grew."""
        if state is None:
            return
        for conversation_id in self.database.read("listing conversations", listing.unsettled):
            record = self.record(conversation_id)
            doing = f"noting the state of conversation {conversation_id!r}"
            self.database.write(doing, partial(listing.settle, conversation_id=conversation_id, record=record))
