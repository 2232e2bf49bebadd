"""The driver: the only loop.  It performs what is wanted, turns what happens into events, stores and steps.

It decides nothing about the conversation; `step` does.  It owns the tasks, the order of things on disk, and the end:
however a run ends, what has come back by then is in the record.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeAlias, cast

import anyio
from anyio.abc import TaskGroup
from attrs import define, field

from ..states import Conversation, Event, effects
from ..states.effects import AskApproval, CallTool, Effect, Prepare
from ..states.events import Cancelled, ToolStarted
from .journal import Journal
from .step import step

__all__ = ["Driver", "Observer", "World", "lone_exceptions"]

Move: TypeAlias = tuple[Conversation, Event, Conversation]
"""The record before an event, the event, the record after."""

Observer: TypeAlias = Callable[[Conversation, Event, Conversation, float], None]
"""Told of every transition: the record before, the event, the record after, seconds since the last one."""


class World(Protocol):
    """What performs effects.  Each is answered by exactly one event; faults of the world are events too."""

    async def perform(self, effect: Effect, conversation: Conversation) -> Event:
        """Do what is wanted and return what happened."""
        ...

    def may_start(self, effect: CallTool, running: list[CallTool]) -> bool:
        """Whether the tool may run beside those that are *running*."""
        ...

    def starts_are_recorded(self, effect: CallTool) -> bool:
        """Whether the start of this tool has to be on record before it runs."""
        ...


@define(eq=False)
class Driver:
    """Drives one conversation until it ends or waits for a person.  Use it once.

    *conversation* is at any time the record of all that has been stored.  With a *journal* the record must be as long as
    what the journal holds of it.
    """

    conversation: Conversation
    world: World
    journal: Journal | None = None
    observers: Sequence[Observer] = ()
    _running: dict[str, Effect] = field(factory=dict[str, Effect], init=False)
    _arrived: deque[tuple[str, Event]] = field(factory=deque[tuple[str, Event]], init=False)
    _bell: anyio.Event | None = field(default=None, init=False)
    _moved_at: float = field(factory=time.monotonic, init=False)

    async def run(self, *first: Event) -> Conversation:
        """Record the *first* events, then perform what is wanted until nothing is; return the record.

        When the surrounding task is cancelled, the run ends in `cancelled`, with every result that had come back, that
        is stored, and the cancellation goes on.  A fault of the journal is raised; what is stored stays whole.
        """
        try:
            await self._record(self._moves(first))
            with lone_exceptions():
                async with anyio.create_task_group() as tasks:
                    while await self._start_what_is_wanted(tasks):
                        await self._record(await self._what_arrives())
                    tasks.cancel_scope.cancel()
        except anyio.get_cancelled_exc_class():
            with anyio.CancelScope(shield=True):
                self.tell(Cancelled(at=time.time()))
                await self._record(self._arrivals())
            raise
        return self.conversation

    def tell(self, event: Event) -> None:
        """Let an event arrive from outside: what the user said meanwhile, or that the run is to stop."""
        self._arrive("", event)

    def _arrive(self, key: str, event: Event) -> None:
        self._arrived.append((key, event))
        if self._bell is not None:
            self._bell.set()

    async def _start_what_is_wanted(self, tasks: TaskGroup) -> bool:
        """Start what is wanted and not under way; return whether anything is wanted at all."""
        wanted = [effect for effect in effects(self.conversation) if not isinstance(effect, AskApproval)]
        fresh = self._startable(wanted)
        tools = [effect for effect in fresh if isinstance(effect, CallTool)]
        await self._record(self._moves([_start_of(tool) for tool in tools if self.world.starts_are_recorded(tool)]))
        for effect in fresh:
            if isinstance(effect, Prepare) and effect.not_before is None:
                await self._perform(effect)  # nothing to wait for: not worth a task
            else:
                tasks.start_soon(self._perform, effect)
        return bool(wanted)

    def _startable(self, wanted: Sequence[Effect]) -> list[Effect]:
        fresh: list[Effect] = []
        for effect in wanted:
            if _key(effect) in self._running:
                continue
            tools = [running for running in self._running.values() if isinstance(running, CallTool)]
            if not isinstance(effect, CallTool) or not tools or self.world.may_start(effect, tools):
                self._running[_key(effect)] = effect
                fresh.append(effect)
        return fresh

    async def _perform(self, effect: Effect) -> None:
        self._arrive(_key(effect), await self.world.perform(effect, self.conversation))

    async def _what_arrives(self) -> list[Move]:
        while not self._arrived:
            self._bell = anyio.Event()
            await self._bell.wait()
        return self._arrivals()

    def _arrivals(self) -> list[Move]:
        """Return the moves that follow from what has arrived and is still awaited, in order of arrival."""
        moves: list[Move] = []
        after = self.conversation
        while self._arrived:
            key, event = self._arrived.popleft()
            self._running.pop(key, None)
            if self._is_awaited(after, key, event):
                before, after = after, step(after, event)
                moves.append((before, event, after))
        return moves

    def _moves(self, events: Sequence[Event]) -> list[Move]:
        moves: list[Move] = []
        after = self.conversation
        for event in events:
            before, after = after, step(after, event)
            moves.append((before, event, after))
        return moves

    def _is_awaited(self, conversation: Conversation, key: str, event: Event) -> bool:
        if key:
            return any(_key(effect) == key for effect in effects(conversation))
        return not (isinstance(event, Cancelled) and conversation.state.ends_a_run)

    async def _record(self, moves: list[Move]) -> None:
        """Store the events and make them part of the record.  On disk first: nothing they cause has started yet."""
        if not moves:
            return
        after = moves[-1][2]
        if self.journal is not None:
            with anyio.CancelScope(shield=True):  # half an append would leave the record and the journal apart
                await self.journal.append(after.id, self.conversation.seq, [event for _, event, _ in moves])
        self.conversation = after
        self._tell_observers(moves)

    def _tell_observers(self, moves: list[Move]) -> None:
        moved_at, self._moved_at = self._moved_at, time.monotonic()
        seconds = self._moved_at - moved_at
        for move in moves:
            for observer in self.observers:
                observer(*move, seconds)
            seconds = 0.0


def _key(effect: Effect) -> str:
    """Return what an effect is known by while it is under way; a call's start does not change it."""
    return effect.call.id if isinstance(effect, CallTool | AskApproval) else type(effect).__name__


def _start_of(effect: CallTool) -> ToolStarted:
    return ToolStarted(call_id=effect.call.id, at=time.time())


@contextmanager
def lone_exceptions() -> Generator[None]:
    """Raise what a task group wraps as itself when it is alone: callers catch `JournalError`, not a group of one."""
    try:
        yield
    except BaseExceptionGroup as group:
        if (error := _lone(group)) is None:
            raise
        raise error from error.__cause__


def _lone(group: BaseExceptionGroup[BaseException]) -> BaseException | None:
    """Return the one exception in *group*, however deep; None when there are several."""
    if len(group.exceptions) != 1:
        return None
    inner = group.exceptions[0]
    return _lone(cast("BaseExceptionGroup[BaseException]", inner)) if isinstance(inner, BaseExceptionGroup) else inner
