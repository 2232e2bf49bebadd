"""The journal: the append-only log of a conversation's events.  The conversation is its fold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import uuid4

from attrs import define, evolve, field

from ..errors import JournalConflict, JournalError, UnknownConversation
from ..states import Event
from ..states.events import Opened

__all__ = ["Journal", "MemoryJournal"]


class Journal(Protocol):
    """What a driver needs of a journal.  An event is stored before anything that it causes is started."""

    async def append(self, conversation_id: str, expected_seq: int, events: Sequence[Event]) -> None:
        """Store *events* after the first *expected_seq*, all or none.

        Raises `JournalConflict` when the conversation holds another number of events: somebody else went first.
        """
        ...

    async def read(self, conversation_id: str) -> Sequence[Event]:
        """Return all events of the conversation, oldest first.  Raises `UnknownConversation` when there are none."""
        ...

    async def list(self) -> Sequence[str]:
        """Return the ids of all conversations, oldest first."""
        ...

    async def fork(self, conversation_id: str, at: int) -> str:
        """Copy the first *at* events into a new conversation and return its id; the old one is untouched."""
        ...


@define(eq=False)
class MemoryJournal:
    """A journal in this process's memory: for tests, and for conversations that may be lost with the process."""

    _events: dict[str, tuple[Event, ...]] = field(factory=dict[str, tuple[Event, ...]], init=False)

    async def append(self, conversation_id: str, expected_seq: int, events: Sequence[Event]) -> None:
        """Store *events* after the first *expected_seq*.  Raises `JournalConflict` when somebody else went first."""
        stored = self._events.get(conversation_id, ())
        if len(stored) != expected_seq:
            raise JournalConflict(conversation_id, expected_seq, len(stored))
        self._events[conversation_id] = (*stored, *events)

    async def read(self, conversation_id: str) -> tuple[Event, ...]:
        """Return all events of the conversation, oldest first.  Raises `UnknownConversation` when there are none."""
        try:
            return self._events[conversation_id]
        except KeyError:
            raise UnknownConversation(conversation_id) from None

    async def list(self) -> tuple[str, ...]:
        """Return the ids of all conversations, oldest first."""
        return tuple(self._events)

    async def fork(self, conversation_id: str, at: int) -> str:
        """Copy the first *at* events (1 to all) into a new conversation and return its id."""
        events = await self.read(conversation_id)
        if not 1 <= at <= len(events):
            raise JournalError(
                f"fork(at={at}): conversation {conversation_id!r} holds {len(events)} events; 1 to {len(events)} can be copied"
            )
        new_id = uuid4().hex
        opened, *rest = events[:at]
        head = evolve(opened, conversation_id=new_id) if isinstance(opened, Opened) else opened
        self._events[new_id] = (head, *rest)
        return new_id
