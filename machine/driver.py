"""The driver: the only loop.  It performs what is wanted, turns what happens into events, stores and steps.

It decides nothing about the conversation; `step` does.  It owns the tasks, the order of things on disk, and the end:
however a run ends, what has come back by then is in the record.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol, TypeAlias, cast

import anyio
from anyio.abc import TaskGroup
from attrs import define, field

from ..states import Conversation, Event, effects
from ..states.effects import AskAnswer, AskApproval, CallTool, Effect, Prepare, Work
from ..states.events import Cancelled, ToolStarted
from .journal import Journal
from .recorder import DRIVERS_OWN, Move, Observer, Recorder, moves_of
from .step import step

__all__ = ["AROUND", "Driver", "Observer", "World", "lone_exceptions"]

_Arrival: TypeAlias = tuple[str, Event, int]
"""What an event answers ("" for what comes from outside), the event, and the recorder's epoch in which that was begun."""

AROUND: ContextVar[Driver | None] = ContextVar("detent_driver_around", default=None)
"""The driver that performs what this code is part of: inside a tool that runs an agent, the driver outside."""


class World(Protocol):
    """What performs effects.  Each is answered by exactly one event; faults of the world are events too."""

    async def perform(self, effect: Effect, conversation: Conversation) -> Event:
        """Do what is wanted and return what happened."""
        ...

    def may_start(self, effect: CallTool, running: list[CallTool], conversation: Conversation) -> bool:
        """Whether the tool may run now, beside those that are *running*."""
        ...

    def starts_are_recorded(self, effect: CallTool) -> bool:
        """Whether the start of this tool has to be on record before it runs."""
        ...


@define(eq=False)
class Driver:
    """Drives one conversation until it ends or waits for a person.  Use it once.

    `conversation` is at any time the record of all that has been stored.  With a *journal* the record must be as long as
    what the journal holds of it.  What people say or decide elsewhere meanwhile is taken in.  Where another driver has gone
    on with the conversation, this one leaves it to that (`is_left_to_another`) and returns the record as it is by then.
    """

    _conversation: Conversation
    world: World
    journal: Journal | None = None
    observers: Sequence[Observer] = ()
    _recorder: Recorder = field(init=False)
    _running: dict[str, Effect] = field(factory=dict[str, Effect], init=False)
    _arrived: deque[_Arrival] = field(factory=deque["_Arrival"], init=False)
    _bell: anyio.Event | None = field(default=None, init=False)
    _parks: bool = field(default=False, init=False)
    _leaves: bool = field(default=False, init=False)
    _around: Driver | None = field(factory=AROUND.get, init=False)
    begun: anyio.Event = field(factory=anyio.Event, init=False)
    """Set once the events that it began with are stored."""

    def __attrs_post_init__(self) -> None:
        """Begin with the record as it was given."""
        self._recorder = Recorder(self._conversation, self.journal, self.observers)

    @property
    def conversation(self) -> Conversation:
        """The record of all that has been stored so far."""
        return self._recorder.conversation

    @property
    def is_left_to_another(self) -> bool:
        """Whether another driver goes on with the conversation, so that this one has stopped."""
        return self._recorder.is_left_to_another

    @property
    def leaves_as_stored(self) -> bool:
        """Whether what is under way here is dropped as by a crash, not cancelled: somebody else goes on with it, or will."""
        return self._leaves or self.is_left_to_another or (self._around is not None and self._around.leaves_as_stored)

    async def leads(self) -> bool:
        """Whether this driver, and nobody after it, has gone on with the run: every other one that is at it will step aside."""
        return self._recorder.has_gone_on and not self.is_left_to_another and await self._recorder.is_newest()

    @property
    def parks(self) -> bool:
        """Whether it was told to start nothing new."""
        return self._parks

    @property
    def has_unheard(self) -> bool:
        """Whether something was told after `run` had come to its end, which another `run` would take in."""
        return bool(self._arrived) and not self._parks and not self.is_left_to_another

    async def run(self, *first: Event) -> Conversation:
        """Record the *first* events, then perform what is wanted until nothing is; return the record.

        When the surrounding task is cancelled, the run ends in `cancelled`, with every result that had come back, that
        is stored, and the cancellation goes on: unless somebody else goes on with the run, which that does not stop, or
        with the run that this one is inside of.  A fault of the journal is raised; what is stored stays whole.
        """
        try:
            await self._record(moves_of(self.conversation, first))
            self.begun.set()
            with lone_exceptions():
                async with anyio.create_task_group() as tasks:
                    while not self._leaves and (await self._start_what_is_wanted(tasks) or self._arrived):
                        await self._record(await self._what_arrives())
                    tasks.cancel_scope.cancel()
        except anyio.get_cancelled_exc_class():
            with anyio.CancelScope(shield=True):
                if not self.leaves_as_stored:
                    self.tell(Cancelled(at=time.time()))
                await self._record(self._arrivals(), (*DRIVERS_OWN, Cancelled))
            raise
        return self.conversation

    def tell(self, event: Event) -> None:
        """Let an event arrive from outside: what the user said meanwhile, or that the run is to stop."""
        self._arrive("", event, self._recorder.epoch)

    def park(self, *, at_once: bool = False) -> None:
        """Start nothing new, and return from `run` when what is under way has been recorded; or *at_once*, without that.

        The run stays as it is stored: whoever takes it up goes on with it.
        """
        self._parks, self._leaves = True, self._leaves or at_once
        self._ring()

    def _arrive(self, key: str, event: Event, epoch: int) -> None:
        self._arrived.append((key, event, epoch))
        self._ring()

    def _ring(self) -> None:
        if self._bell is not None:
            self._bell.set()

    async def _start_what_is_wanted(self, tasks: TaskGroup) -> bool:
        """Start what is wanted and not under way; return whether anything is wanted of this driver at all."""
        if self.is_left_to_another:
            return False
        if self._parks:
            return bool(self._running)
        wanted = [effect for effect in effects(self.conversation) if not isinstance(effect, AskApproval | AskAnswer)]
        fresh = self._startable(wanted)
        tools = [effect for effect in fresh if isinstance(effect, CallTool)]
        starts = [_start_of(tool) for tool in tools if self.world.starts_are_recorded(tool)]
        await self._record(moves_of(self.conversation, starts))
        for effect in fresh:
            if self._running.get(_key(effect)) is not effect:
                continue  # somebody else went on meanwhile, or stopped the run
            if isinstance(effect, Prepare) and effect.not_before is None:
                await self._perform(effect, self._recorder.epoch)  # nothing to wait for: not worth a task
            else:
                tasks.start_soon(self._perform, effect, self._recorder.epoch)
        return bool(wanted)

    def _startable(self, wanted: Sequence[Effect]) -> list[Effect]:
        fresh: list[Effect] = []
        for effect in wanted:
            if _key(effect) in self._running:
                continue
            tools = [running for running in self._running.values() if isinstance(running, CallTool)]
            if not isinstance(effect, CallTool) or self.world.may_start(effect, tools, self.conversation):
                self._running[_key(effect)] = effect
                fresh.append(effect)
        if wanted and not self._running:  # whatever the world says: a run that starts nothing would wait for ever
            self._running[_key(wanted[0])] = wanted[0]
            fresh.append(wanted[0])
        return fresh

    async def _perform(self, effect: Effect, epoch: int) -> None:
        if epoch != self._recorder.epoch:
            return  # it became void before its task began
        around = AROUND.set(self)
        try:
            self._arrive(_key(effect), await self.world.perform(effect, self.conversation), epoch)
        finally:
            AROUND.reset(around)

    async def _what_arrives(self) -> list[Move]:
        while self._running and not self._arrived and not self._leaves:
            self._bell = anyio.Event()
            await self._bell.wait()
        return self._arrivals()

    def _arrivals(self) -> list[Move]:
        """Return the moves that follow from what has arrived and is still awaited, in order of arrival."""
        moves: list[Move] = []
        after = self.conversation
        while self._arrived:
            key, event, epoch = self._arrived.popleft()
            if key and epoch != self._recorder.epoch:
                continue
            self._running.pop(key, None)
            if _is_awaited(after, key, event):
                before, after = after, step(after, event)
                moves.append((before, event, after))
        return moves

    async def _record(self, moves: list[Move], own: tuple[type[Event], ...] = DRIVERS_OWN) -> None:
        epoch = self._recorder.epoch
        try:
            await self._recorder.record(moves, own)
        except Exception:
            self._leaves = True  # nothing can be recorded any more: what runs inside is for whoever resumes
            raise
        if epoch != self._recorder.epoch:
            self._running.clear()


def _is_awaited(conversation: Conversation, key: str, event: Event) -> bool:
    if key:
        return any(_key(effect) == key for effect in effects(conversation))
    return not (isinstance(event, Cancelled) and conversation.state.ends_a_run)


def _key(effect: Effect) -> str:
    """Return what an effect is known by while it is under way; a call's start does not change it."""
    match effect:
        case CallTool() | AskApproval() | AskAnswer():
            return effect.call.id
        case Work():
            return f"Work {effect.state}"
        case _:
            return type(effect).__name__


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
