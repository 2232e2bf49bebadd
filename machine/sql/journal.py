"""`SqlJournal`: conversations in a SQLite file, or in a PostgreSQL database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Literal, Self, TypeVar, TypeVarTuple

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

from ...errors import ConfigurationError
from ...states import AnyState, Conversation, Event
from ..archive import Archive, Summary, check_append

__all__ = ["SqlJournal"]

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_THREADS: Final = 8
_LIMITER: Final = RunVar[CapacityLimiter]("detent_sql_threads")
"""Threads apart from all others: tools that block shall not keep events from the disk."""


class SqlJournal(Archive):
    """A journal in a database, for conversations that outlive the process.

    One object serves any number of conversations, tasks, threads and event loops at once; `async with` closes its
    connections at the end.
    """

    def __init__(
        self, url: str | Path, *, synchronous: Literal["normal", "full"] = "normal", busy_seconds: float = 5.0
    ) -> None:
        """Take the *url*: a path, `sqlite:///path`, or `postgresql://user:password@host/database`.

        Nothing is opened yet; the first use makes the tables where they are missing.  *synchronous* is for SQLite: with
        `"normal"` what is stored survives the death of the process, and a crash of the machine may cost the newest events,
        never the file; with `"full"` every append waits for the disk.  *busy_seconds* (0 to 3600) is how long a lock that
        others hold is waited for.

        Raises `ConfigurationError` for another kind of database, or where its driver is not installed.
        """
        if synchronous not in ("normal", "full"):
            raise ConfigurationError(f'SqlJournal(synchronous=...): "normal" or "full" is wanted, not {synchronous!r}')
        if not 0 <= busy_seconds <= 3600:
            raise ConfigurationError(f"SqlJournal(busy_seconds=...): 0 to 3600 seconds are wanted, not {busy_seconds!r}")
        try:
            from .store import open_store

            self._store = open_store(url, synchronous, busy_seconds)
        except ModuleNotFoundError as error:
            raise ConfigurationError(f"SqlJournal(...) needs {error.name}: pip install 'detent[sql]'") from None

    def __repr__(self) -> str:
        """Return which database it is, without the password."""
        return f"SqlJournal({self._store.database.shown!r})"

    async def __aenter__(self) -> Self:
        """Return the journal."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections.  What was stored is stored without it; a later use opens new ones."""
        await _in_a_thread(self._store.close)

    async def append(
        self, conversation_id: str, expected_seq: int, events: Sequence[Event], after: Conversation | None = None
    ) -> None:
        """Store *events* after the first *expected_seq*, all or none.

        Raises `JournalConflict` when the conversation holds another number of events, and `JournalError` when the database
        fails.  Where that leaves open whether they were stored, the message says so: append them again to this journal, and
        they are there once.
        """
        check_append(conversation_id, expected_seq, events, after)
        if not events:
            return
        append = self._store.prepared(conversation_id, expected_seq, events, after)
        if not self._store.append_at_once(append):
            await _in_a_thread(self._store.append, append)

    async def read(self, conversation_id: str, from_seq: int = 0) -> tuple[Event, ...]:
        """Return the events from number *from_seq* on, oldest first.  Raises `UnknownConversation` when none is stored."""
        return await _in_a_thread(self._store.events, conversation_id, from_seq)

    async def load(self, conversation_id: str) -> Conversation:
        """Return the record: the fold of all events.  Raises `UnknownConversation` when none is stored."""
        return await _in_a_thread(self._store.record, conversation_id)

    async def list(self, *, state: AnyState | None = None) -> tuple[str, ...]:
        """Return the ids of all conversations, or of those in *state*, oldest first."""
        return await _in_a_thread(self._store.ids, state)

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
        return await _in_a_thread(self._store.summaries, state, prefix, limit, after, newest_first)

    async def delete(self, conversation_id: str) -> None:
        """Forget the conversation.  Raises `UnknownConversation` when there is none."""
        await _in_a_thread(self._store.delete, conversation_id)


async def _in_a_thread(function: Callable[[*Ts], T], *arguments: *Ts) -> T:
    """Return what *function* returns.  A cancellation waits for it: half an append would be worse."""
    limiter = _LIMITER.get(None)
    if limiter is None:
        limiter = CapacityLimiter(_THREADS)
        _LIMITER.set(limiter)
    return await to_thread.run_sync(function, *arguments, limiter=limiter)
