"""What every journal of this library can do beside what drivers need: list, sum up, delete, copy, export and restore."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from uuid import uuid4

from anyio import to_thread
from attrs import evolve, frozen

from ..errors import JournalConflict, JournalError
from ..states import AnyState, Conversation, Event
from ..states.events import Opened
from ..states.messages import UserMessage
from ..states.shapes import objects
from ..states.text import well_formed
from .lines import read_lines, written_lines
from .step import replay

__all__ = ["INSIDE", "Archive", "Summary", "check_append", "summary_of", "title_of"]

_LONGEST_ID: Final = 500
_LONGEST_TITLE: Final = 80
_MOST_INSIDE: Final = 100_000

INSIDE: Final = ":"
"""What comes between the parts of the id of an agent's conversation that runs as a tool: `conversation:event:call`."""


@frozen(kw_only=True)
class Summary:
    """A conversation in short.

    *title* is how the user's first words begin (up to 80 characters), *events* how many there are.  *opened_at* and
    *changed_at* are the times that the first and the newest event name: seconds since the epoch.
    """

    id: str
    title: str
    state: AnyState
    events: int
    opened_at: float
    changed_at: float


class Archive(ABC):
    """A journal as a whole: what drivers need of it, and what people who look after it do."""

    @abstractmethod
    async def append(
        self, conversation_id: str, expected_seq: int, events: Sequence[Event], after: Conversation | None = None
    ) -> None:
        """Store *events* after the first *expected_seq*.  Raises `JournalConflict` when somebody else went first."""

    @abstractmethod
    async def read(self, conversation_id: str, from_seq: int = 0) -> tuple[Event, ...]:
        """Return the events from number *from_seq* on, oldest first.  Raises `UnknownConversation` when none is stored."""

    @abstractmethod
    async def load(self, conversation_id: str) -> Conversation:
        """Return the record: the fold of all events.  Raises `UnknownConversation` when none is stored."""

    @abstractmethod
    async def list(self, *, state: AnyState | None = None) -> tuple[str, ...]:
        """Return the ids of all conversations, or of those in *state*, oldest first."""

    @abstractmethod
    async def summaries(
        self,
        *,
        state: AnyState | None = None,
        prefix: str = "",
        limit: int = 100,
        after: str | None = None,
        newest_first: bool = False,
    ) -> tuple[Summary, ...]:
        """Return up to *limit* conversations in short, of those whose ids begin with *prefix*.

        The next ones come with *after*, the last id of those before.
        """

    @abstractmethod
    async def delete(self, conversation_id: str) -> None:
        """Forget the conversation.  Raises `UnknownConversation` when there is none."""

    async def fork(self, conversation_id: str, at: int, *, to: str | None = None) -> str:
        """Copy the first *at* events (1 to all) into a new conversation and return its id; the old one is untouched.

        The new one is called *to*, or gets an id of its own.  With a call that has no result yet comes what an agent that
        is its tool has done of it in this journal: that is not done again.
        """
        events = await self.read(conversation_id)
        if not 1 <= at <= len(events):
            raise JournalError(
                f"fork(at={at}): conversation {conversation_id!r} holds {len(events)} events; 1 to {len(events)} can be copied"
            )
        new_id = to or uuid4().hex
        record = await self._copy(events[:at], new_id)
        open_calls = {slot.call.id for slot in record.turn.slots if slot.outcome is None} if record.turn else set[str]()
        if open_calls:
            prefix = f"{conversation_id}{INSIDE}"
            for each in await self.summaries(prefix=prefix, limit=_MOST_INSIDE):
                _, _, call = each.id.removeprefix(prefix).partition(INSIDE)
                if call.partition(INSIDE)[0].partition("+")[0] in open_calls:
                    await self._copy(await self.read(each.id), new_id + each.id.removeprefix(conversation_id))
        return new_id

    async def _copy(self, events: Sequence[Event], to: str) -> Conversation:
        opened, *rest = events
        head = evolve(opened, conversation_id=to) if isinstance(opened, Opened) else opened
        record = await to_thread.run_sync(replay, copied := (head, *rest))
        await self.append(to, 0, copied, record)
        return record

    async def export(self, conversation_id: str) -> Iterator[bytes]:
        """Return the conversation as JSON lines, each with its line feed: a head, then a line an event.

        Nothing is lost on the way: `restore` of the lines gives an equal conversation, on any journal.
        """
        return written_lines(conversation_id, await self.read(conversation_id))

    async def restore(self, lines: Iterable[bytes | str]) -> str:
        """Store the conversation that `export` wrote, under its own id, and return the id.

        Raises `FormatError`, which names the line, where the lines were cut off, edited or are of a newer version, and
        `JournalError` where a conversation of that id is here.  Nothing is stored then.
        """
        read = await to_thread.run_sync(read_lines, lines)
        try:
            await self.append(read.conversation_id, 0, read.events, read.record)
        except JournalConflict as conflict:
            raise JournalError(
                f"restore(...): the journal holds {conflict.actual} events of a conversation {read.conversation_id!r}; "
                "delete it first, or restore into another journal; nothing has changed"
            ) from None
        return read.conversation_id


def check_append(conversation_id: str, expected_seq: int, events: Sequence[Event], after: Conversation | None) -> None:
    """Refuse, with `JournalError`, an id that no database can hold, and a record that is not the one after *events*."""
    if len(conversation_id) > _LONGEST_ID or well_formed(conversation_id) != conversation_id:
        raise JournalError(
            f"append({conversation_id[:_LONGEST_ID]!r}, ...): an id of up to {_LONGEST_ID} characters is wanted, "
            "without NUL and lone surrogates"
        )
    if expected_seq < 0:
        raise JournalError(f"append({conversation_id!r}, {expected_seq}, ...): a number of events is 0 or more")
    if after is not None and after.seq != expected_seq + len(events):
        raise JournalError(
            f"append({conversation_id!r}, {expected_seq}, ...): the record after {len(events)} more events would count "
            f"{expected_seq + len(events)}, but the one given counts {after.seq}; nothing is stored"
        )


def summary_of(record: Conversation, conversation_id: str, events: Sequence[Event]) -> Summary:
    """Return the conversation in short."""
    return Summary(
        id=conversation_id,
        title=title_of(record),
        state=record.state,
        events=len(events),
        opened_at=events[0].at,
        changed_at=events[-1].at,
    )


def title_of(record: Conversation) -> str:
    """Return how the user's first words begin, on one line; nothing where the user has said none yet."""
    first = next((entry for entry in (*record.history[:1], *record.inbox) if isinstance(entry, UserMessage)), None)
    words = " ".join(_text_of(first).split()) if first is not None else ""
    return words if len(words) <= _LONGEST_TITLE else words[: _LONGEST_TITLE - 1] + "…"


def _text_of(message: UserMessage) -> str:
    if isinstance(message.content, str):
        return message.content
    parts = objects(message.to_messages()[0]["content"])
    return " ".join(str(part.get("text", "")) for part in parts)
