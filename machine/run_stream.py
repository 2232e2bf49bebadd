"""A run that is watched: the same loop, with what happens handed on as it happens."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Generic

import anyio
from attrs import define, field
from typing_extensions import TypeVar

from ..errors import DetentError
from ..states import Conversation, Event
from ..states.events import Cancelled
from .driver import Driver
from .notices import Notice, notices_of
from .result import RunResult

__all__ = ["RunStream"]

T = TypeVar("T", default=str)


@define(eq=False)
class RunStream(Generic[T]):
    """Iterate it for what happens; `conversation` is the record at any time, `result` the end.

    Nothing waits for the reader: what is not read yet is kept.  Leaving the `async with` block early cancels the run.
    """

    _first: tuple[Event, ...]
    _result_of: Callable[[Conversation], RunResult[T]]
    _speak: Callable[[str], Event]
    driver: Driver = field(init=False)
    _recorded: list[Event] = field(factory=list[Event], init=False)
    _unread: deque[Notice] = field(factory=deque[Notice], init=False)
    _news: anyio.Event = field(factory=anyio.Event, init=False)
    _ended: anyio.Event = field(factory=anyio.Event, init=False)
    _is_stopped: bool = field(default=False, init=False)

    @property
    def conversation(self) -> Conversation:
        """The record of all that has been stored so far."""
        return self.driver.conversation

    def recorded(self, after: int) -> tuple[Event, ...] | None:
        """Return what was stored after the first *after* events of the conversation; None where that was before this run."""
        begun = self.conversation.seq - len(self._recorded)
        return tuple(self._recorded[after - begun :]) if after >= begun else None

    @property
    def result(self) -> RunResult[T]:
        """The result.  Raises `DetentError` while the run goes on."""
        if not self._ended.is_set():
            raise DetentError("the run has not ended: read it to the end, or cancel it, before you ask for its result")
        return self._result_of(self.driver.conversation)

    @property
    def begun(self) -> anyio.Event:
        """Set once what the run began with is stored."""
        return self.driver.begun

    @property
    def has_ended(self) -> bool:
        """Whether the run has come to rest, and nothing that is said or done here reaches it any more."""
        return self._ended.is_set()

    def say(self, text: str) -> None:
        """Say something while the run goes on; the model hears it before its next reply.

        Raises `DetentError` when the run has ended, or is being stopped: begin another with it then.
        """
        if self.has_ended or self._is_stopped:
            raise DetentError("the run has ended: what is said now begins another, with agent.run or agent.stream")
        self.driver.tell(self._speak(text))

    async def cancel(self) -> None:
        """Stop the run and wait until it has ended, in `cancelled` unless it came to its own end first."""
        if not self._ended.is_set():
            self._is_stopped = True
            self.driver.tell(Cancelled(at=time.time()))
            await self._ended.wait()

    async def park(self, seconds: float = 5.0) -> None:
        """Leave the run as it is stored, for whoever takes it up: not cancelled, nothing new begun.

        What is under way may end within *seconds*, and is recorded; after that it is dropped, as by a crash.
        """
        self.driver.park()
        with anyio.move_on_after(seconds):
            await self._ended.wait()
        self._is_stopped = True
        self.driver.park(at_once=True)
        await self._ended.wait()

    async def leave(self) -> None:
        """Come to an end now: left as it is stored where it was being parked, cancelled else."""
        await (self.park(0) if self.driver.parks else self.cancel())

    async def __aiter__(self) -> AsyncIterator[Notice]:
        """Yield what happens until the run has ended."""
        while True:
            while self._unread:
                yield self._unread.popleft()
            if self._ended.is_set():
                return
            if self._news.is_set():  # several may read: all wait for the same
                self._news = anyio.Event()
            await self._news.wait()

    def notify(self, notice: Notice) -> None:
        """Keep a notice for the reader; called by the world and by the driver's observer."""
        self._unread.append(notice)
        self._news.set()

    def observe(self, before: Conversation, event: Event, after: Conversation, seconds: float) -> None:
        """Keep what a transition has to tell."""
        self._recorded.append(event)
        for notice in notices_of(before, event, after, seconds):
            self.notify(notice)

    async def drive(self) -> None:
        """Run to the end; the reader learns of the end whatever comes."""
        try:
            await self.driver.run(*self._first)
            while self.driver.has_unheard:  # it was said in the very moment in which the run ended
                await self.driver.run()
        finally:
            self._ended.set()
            self._news.set()
