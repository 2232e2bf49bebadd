"""The journal: the append-only log of a conversation's events.  The conversation is its fold."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Protocol

from attrs import define, field

from ..errors import JournalConflict, UnknownConversation
from ..states import AnyState, Conversation, Event
from .archive import Archive, Summary, check_append, summary_of
from .step import replay

__all__ = ["Journal", "MemoryJournal"]


class Journal(Protocol):
    """What a driver needs of a journal.  An event is stored before anything that it causes is started."""

    async def append(
        self, conversation_id: str, expected_seq: int, events: Sequence[Event], after: Conversation | None = None
    ) -> None:
        """Store *events* after the first *expected_seq*, all or none.

        *after* is the record after them, where the caller has it at hand: a journal may keep it to answer faster.
        Raises `JournalConflict` when the conversation holds another number of events: somebody else went first.
        """
        ...

    async def read(self, conversation_id: str, from_seq: int = 0) -> Sequence[Event]:
        """Return the events from number *from_seq* on, oldest first.  Raises `UnknownConversation` when none is stored."""
        ...

    async def load(self, conversation_id: str) -> Conversation:
        """Return the record: the fold of all events.  Raises `UnknownConversation` when none is stored."""
        ...


@define
class _Stored:
    events: tuple[Event, ...]
    record: Conversation | None


@define(eq=False)
class MemoryJournal(Archive):
    """A journal in this process's memory: for tests, and for conversations that may be lost with the process."""

    _stored: dict[str, _Stored] = field(factory=dict[str, _Stored], init=False)
    _lock: Lock = field(factory=Lock, init=False, repr=False)  # drivers may run in several threads

    async def append(
        self, conversation_id: str, expected_seq: int, events: Sequence[Event], after: Conversation | None = None
    ) -> None:
        """Store *events* after the first *expected_seq*.  Raises `JournalConflict` when somebody else went first."""
        check_append(conversation_id, expected_seq, events, after)
        if not events:
            return
        with self._lock:
            stored = self._stored.get(conversation_id, _Stored((), None))
            if len(stored.events) != expected_seq:
                raise JournalConflict(conversation_id, expected_seq, len(stored.events))
            self._stored[conversation_id] = _Stored((*stored.events, *events), after or stored.record)

    async def read(self, conversation_id: str, from_seq: int = 0) -> tuple[Event, ...]:
        """Return the events from number *from_seq* on, oldest first.  Raises `UnknownConversation` when none is stored."""
        return self._known(conversation_id).events[max(0, from_seq) :]

    async def load(self, conversation_id: str) -> Conversation:
        """Return the record: the fold of all events.  Raises `UnknownConversation` when none is stored."""
        stored = self._known(conversation_id)
        done = 0 if stored.record is None else stored.record.seq
        stored.record = replay(stored.events[done:], stored.record)
        return stored.record

    async def list(self, *, state: AnyState | None = None) -> tuple[str, ...]:
        """Return the ids of all conversations, or of those in *state*, oldest first."""
        return tuple([each for each in self._stored if state in (None, (await self.load(each)).state)])

    async def summaries(
        self,
        *,
        state: AnyState | None = None,
        prefix: str = "",
        limit: int = 100,
        after: str | None = None,
        newest_first: bool = False,
    ) -> tuple[Summary, ...]:
        """Return up to *limit* conversations in short; the next ones with *after*, the last id of those before."""
        ids = [*self._stored]
        if newest_first:
            ids.reverse()
        if after is not None:
            self._known(after)
            ids = ids[ids.index(after) + 1 :]
        wanted = await self.list(state=state)
        found = [each for each in ids if each in wanted and each.startswith(prefix)]
        return tuple([await self._summary(each) for each in found[: max(0, limit)]])

    async def delete(self, conversation_id: str) -> None:
        """Forget the conversation.  Raises `UnknownConversation` when there is none."""
        self._known(conversation_id)
        del self._stored[conversation_id]

    async def _summary(self, conversation_id: str) -> Summary:
        return summary_of(await self.load(conversation_id), conversation_id, self._known(conversation_id).events)

    def _known(self, conversation_id: str) -> _Stored:
        try:
            return self._stored[conversation_id]
        except KeyError:
            raise UnknownConversation(conversation_id) from None
