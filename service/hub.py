"""The runs that are live in this process: one for each conversation at most, followed by any number of readers."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any, Final, TypeAlias
from weakref import WeakValueDictionary

import anyio
from anyio.abc import TaskGroup, TaskStatus
from attrs import define, field, frozen

from ..errors import DetentError
from ..machine.notices import CallDelta, Notice, ReasoningDelta, TextDelta, ToolProgress, ToolStarted
from ..machine.run_stream import RunStream
from ..states import Conversation
from .backends import Backend
from .problems import Busy, Closing

__all__ = ["Delta", "Hub", "Live"]

_LOG: Final = logging.getLogger(__name__)
_REMEMBERED: Final = 200
AnyRun: TypeAlias = RunStream[Any]  # Any: see backends.py
Begin: TypeAlias = Callable[[], AbstractAsyncContextManager[AnyRun]]


@frozen
class Delta:
    """What is told of a run and not stored: the *number*th since the event number *after*."""

    after: int
    number: int
    notice: TextDelta | ReasoningDelta | CallDelta | ToolProgress | ToolStarted


@define(eq=False)
class Live:
    """A run.  *deltas* are what was told since its newest event: what is stored tells the rest.

    *news* is set when there is something new, and replaced by another.
    """

    run: AnyRun
    backend: Backend
    deltas: list[Delta] = field(factory=list[Delta])
    news: anyio.Event = field(factory=anyio.Event)

    @property
    def seq(self) -> int:
        """How many events are stored."""
        return self.run.conversation.seq

    def publish(self, notice: Notice) -> None:
        """Keep what is not stored, and wake the readers."""
        if self.deltas and self.deltas[-1].after != self.seq:
            self.deltas.clear()
        if isinstance(notice, TextDelta | ReasoningDelta | CallDelta | ToolProgress | ToolStarted):
            self.deltas.append(Delta(self.seq, len(self.deltas) + 1, notice))
        self.wake()

    def wake(self) -> None:
        """Tell the readers to look."""
        news, self.news = self.news, anyio.Event()
        news.set()


@define(eq=False)
class Hub:
    """Holds the live runs.  At most *most* at once, and *most_of_owner* of one owner."""

    most: int = 100
    most_of_owner: int = 10
    news: anyio.Event = field(factory=anyio.Event, init=False)
    """Set when a run begins or ends, and replaced by another."""
    is_closing: bool = field(default=False, init=False)
    _tasks: TaskGroup | None = field(default=None, init=False)
    _live: dict[str, Live] = field(factory=dict[str, Live], init=False)
    _owners: dict[str, str] = field(factory=dict[str, str], init=False)
    _guests: dict[str, AnyRun] = field(factory=dict[str, AnyRun], init=False)
    _rested: OrderedDict[str, Conversation] = field(factory=OrderedDict[str, Conversation], init=False)
    _locks: WeakValueDictionary[str, anyio.Lock] = field(factory=WeakValueDictionary[str, anyio.Lock], init=False)

    @asynccontextmanager
    async def open(self, *, park_seconds: float = 5.0) -> AsyncGenerator[None]:
        """Hold runs while the block lasts; leaving it parks them, with *park_seconds* for what is under way."""
        async with anyio.create_task_group() as tasks:
            self._tasks = tasks
            try:
                yield
            finally:
                await self.close(park_seconds)
                tasks.cancel_scope.cancel()

    def live(self, conversation_id: str) -> Live | None:
        """Return the run of that conversation, if it is live here."""
        live = self._live.get(conversation_id)
        return None if live is None or live.run.has_ended else live

    def rested(self, conversation_id: str) -> Conversation | None:
        """Return the record as it came to rest here last, if that is not long ago: perhaps others have gone on since."""
        return self._rested.get(conversation_id)

    def remember(self, record: Conversation) -> None:
        """Keep a record that came to rest, in place of the oldest."""
        self._rested[record.id] = record
        self._rested.move_to_end(record.id)
        if len(self._rested) > _REMEMBERED:
            self._rested.popitem(last=False)

    def forget(self, conversation_id: str) -> None:
        """Keep it no longer."""
        self._rested.pop(conversation_id, None)

    def lock(self, conversation_id: str) -> anyio.Lock:
        """Return what to hold while it is decided whether a run begins or another one hears of it."""
        lock = self._locks.get(conversation_id)
        if lock is None:
            self._locks[conversation_id] = lock = anyio.Lock()
        return lock

    async def start(self, conversation_id: str, owner: str, backend: Backend, begin: Begin) -> None:
        """Begin a run; whoever calls holds the conversation's lock.

        Returns once what it begins with is stored.  Raises `Busy` where there are too many, `Closing`, and what *begin* raises.
        """
        self.check_room(owner)
        assert self._tasks is not None
        self._owners[conversation_id] = owner
        try:
            await self._tasks.start(self._drive, conversation_id, backend, begin)
        except BaseException:
            if conversation_id not in self._live:
                self._owners.pop(conversation_id, None)
            raise

    def check_room(self, owner: str) -> None:
        """Raise `Busy` where as many runs are under way as may be, and `Closing` where none begins any more."""
        if self.is_closing or self._tasks is None:
            raise Closing("the service is closing: ask again in a moment")
        if len(self._owners) >= self.most or sum(each == owner for each in self._owners.values()) >= self.most_of_owner:
            raise Busy("too many runs are under way: wait for one to end, or cancel one")

    @contextmanager
    def guest(self, conversation_id: str, owner: str, run: AnyRun) -> Generator[None]:
        """Count a run that its own request drives while the block lasts; it is cancelled when the service closes.

        Raises `Busy` and `Closing`.
        """
        self.check_room(owner)
        self._owners[conversation_id], self._guests[conversation_id] = owner, run
        try:
            yield
        finally:
            del self._owners[conversation_id], self._guests[conversation_id]
            self._wake()

    async def close(self, park_seconds: float = 5.0) -> None:
        """Begin no run any more, stop guests' runs, and park the others, with *park_seconds* for what is under way."""
        self.is_closing = True
        self._wake()
        with anyio.CancelScope(shield=True):
            await self._park(park_seconds)

    async def _drive(self, conversation_id: str, backend: Backend, begin: Begin, *, task_status: TaskStatus[None]) -> None:
        live: Live | None = None
        try:
            async with begin() as run:
                await run.begun.wait()
                live = self._live[conversation_id] = Live(run, backend)
                task_status.started()
                self._wake()
                async for notice in run:
                    live.publish(notice)
        except DetentError as error:
            if live is None:
                raise
            _LOG.error("conversation %s: %s", conversation_id, error)
        finally:
            if live is not None and self._live.get(conversation_id) is live:
                del self._live[conversation_id]
                self.remember(live.run.conversation)
                live.wake()
            if conversation_id not in self._live:
                self._owners.pop(conversation_id, None)
            self._wake()

    async def _park(self, seconds: float) -> None:
        async with anyio.create_task_group() as tasks:
            for live in list(self._live.values()):
                tasks.start_soon(live.run.park, seconds)
            for guest in list(self._guests.values()):
                tasks.start_soon(guest.cancel)

    def _wake(self) -> None:
        news, self.news = self.news, anyio.Event()
        news.set()
