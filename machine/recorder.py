"""The recorder: the record as far as it is stored, and what happens when somebody else stored first."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Final, TypeAlias

import anyio
from attrs import define, field

from ..errors import IllegalEvent, JournalConflict, UnknownConversation
from ..states import Conversation, Event, effects
from ..states.effects import AskAnswer, AskApproval
from ..states.events import (
    ModelFailed,
    ModelReplied,
    Prepared,
    ToolAsked,
    ToolFailed,
    ToolReturned,
    ToolStarted,
    Worked,
)
from .journal import Journal
from .step import step

__all__ = ["DRIVERS_OWN", "Move", "Observer", "Recorder", "moves_of"]

DRIVERS_OWN: Final[tuple[type[Event], ...]] = (
    Prepared,
    ModelReplied,
    ModelFailed,
    ToolStarted,
    ToolReturned,
    ToolFailed,
    ToolAsked,
    Worked,
)
"""The events that only a driver makes; all others come from people."""

Move: TypeAlias = tuple[Conversation, Event, Conversation]
"""The record before an event, the event, the record after."""

Observer: TypeAlias = Callable[[Conversation, Event, Conversation, float], None]
"""Told of every transition: the record before, the event, the record after, seconds since the last one."""


def moves_of(conversation: Conversation, events: Iterable[Event]) -> list[Move]:
    """Return the moves that *events* make from *conversation* on.  Raises `IllegalEvent` at the first that does not fit."""
    moves: list[Move] = []
    after = conversation
    for event in events:
        before, after = after, step(after, event)
        moves.append((before, event, after))
    return moves


@define(eq=False)
class Recorder:
    """Stores what happened, then makes it part of *conversation*, then tells the observers.

    Where somebody else appended to the journal first, their events are taken in, and what still fits of one's own is
    stored after them.  *epoch* counts how often what is under way here became void by that: the run ended, or another
    driver has gone on.  *is_left_to_another*: that driver is still at it.  *has_gone_on*: this one has stored some of its own.
    """

    conversation: Conversation
    journal: Journal | None
    observers: Sequence[Observer]
    epoch: int = field(default=0, init=False)
    is_left_to_another: bool = field(default=False, init=False)
    has_gone_on: bool = field(default=False, init=False)
    _moved_at: float = field(factory=time.monotonic, init=False)

    async def record(self, moves: list[Move], own: tuple[type[Event], ...] = DRIVERS_OWN) -> None:
        """Store the events of *moves*.  On disk first: nothing they cause has started yet.

        *own* are the events that have lost their point where another driver has gone on.  Raises `JournalConflict` where
        the journal holds less than *conversation*, or something else.  A cancellation goes on once all is stored: that of
        an asyncio task goes through every shield, and leaves open whether what was on its way has been stored.
        """
        cancelled: BaseException | None = None
        while moves:
            events = [event for _, event, _ in moves]
            try:
                theirs, conflict = await self._stored(events, moves[-1][2])
            except anyio.get_cancelled_exc_class() as error:
                if cancelled is not None:
                    raise
                cancelled = error
                continue  # the same append again: it is stored once
            if conflict is None or (cancelled is not None and [*theirs[: len(events)]] == events):
                self._advance(moves)
                self.has_gone_on = self.has_gone_on or any(isinstance(event, DRIVERS_OWN) for event in events)
                theirs, moves = theirs[len(events) :], []
            if conflict is not None and theirs:
                overtaken = self._take_in(theirs, conflict)
                moves = self._fitting([event for _, event, _ in moves if not (overtaken and isinstance(event, own))])
        if cancelled is not None:
            raise cancelled

    async def _stored(self, events: Sequence[Event], after: Conversation) -> tuple[Sequence[Event], JournalConflict | None]:
        """Store *events*; or return what somebody else stored first, and the conflict."""
        try:
            await self._store(events, after)
        except JournalConflict as conflict:
            return await self._theirs(conflict), conflict
        return (), None

    async def is_newest(self) -> bool:
        """Whether nobody has stored anything that is not in *conversation*."""
        return self.journal is None or (await self.journal.load(self.conversation.id)).seq == self.conversation.seq

    async def _store(self, events: Sequence[Event], after: Conversation) -> None:
        if self.journal is not None:
            with anyio.CancelScope(shield=True):  # half an append would leave the record and the journal apart
                await self.journal.append(after.id, self.conversation.seq, events, after)

    async def _theirs(self, conflict: JournalConflict) -> Sequence[Event]:
        assert self.journal is not None
        theirs: Sequence[Event] = ()
        with anyio.CancelScope(shield=True), suppress(UnknownConversation):
            theirs = await self.journal.read(conflict.conversation_id, self.conversation.seq)
        if not theirs:
            raise conflict
        return theirs

    def _take_in(self, theirs: Sequence[Event], conflict: JournalConflict) -> bool:
        """Go on from what somebody else appended; return whether another driver was among them."""
        try:
            moves = moves_of(self.conversation, theirs)
        except IllegalEvent:
            raise conflict from None  # what is stored under that id is another conversation
        self._advance(moves)
        overtaken = any(isinstance(event, DRIVERS_OWN) for event in theirs)
        self.epoch += overtaken
        rests = all(isinstance(each, AskApproval | AskAnswer) for each in effects(self.conversation))
        self.is_left_to_another = (overtaken or self.is_left_to_another) and not rests
        return overtaken

    def _fitting(self, events: Sequence[Event]) -> list[Move]:
        """Return the moves that *events* make now, without those that have lost their point."""
        fitting: list[Move] = []
        after = self.conversation
        for event in events:
            try:
                before, after = after, step(after, event)
            except IllegalEvent:
                continue  # it was decided, opened or ended meanwhile
            fitting.append((before, event, after))
        return fitting

    def _advance(self, moves: list[Move]) -> None:
        self.conversation = moves[-1][2]
        self.epoch += any(after.state.ends_a_run for _, _, after in moves)
        self._tell_observers(moves)

    def _tell_observers(self, moves: list[Move]) -> None:
        moved_at, self._moved_at = self._moved_at, time.monotonic()
        seconds = self._moved_at - moved_at
        for move in moves:
            for observer in self.observers:
                observer(*move, seconds)
            seconds = 0.0
