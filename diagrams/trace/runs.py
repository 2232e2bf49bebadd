"""A conversation's events as a trace: run by run what happened, what it took, and how it ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import pairwise

from attrs import frozen

from ...machine.own_machine import machine_of
from ...states import Conversation, Event, Failure, Rows, Usage
from ...states.events import Opened
from ..chart import chart
from ..tally import Tally
from .activities import activities_of
from .activity import Activity, Lane, Work, merged
from .moves import Move, moves_of, tally_of

__all__ = ["RunTrace", "Trace", "trace"]


@frozen(kw_only=True)
class RunTrace:
    """One run: from the user's word to an end state, or to where the events end.

    *number* counts from 1.  What came before the first run belongs to it.
    """

    number: int
    moves: tuple[Move, ...]
    activities: tuple[Activity, ...]

    @property
    def state(self) -> str:
        """The name of the state it came to."""
        return self.moves[-1].target

    @property
    def start(self) -> float:
        """When its first event came, in seconds since the epoch."""
        return self.moves[0].at

    @property
    def end(self) -> float:
        """When its last event came, in seconds since the epoch."""
        return self.moves[-1].at

    @property
    def usage(self) -> Usage:
        """What its models used, those of agents that ran as tools too."""
        return reduce(Usage.__add__, (move.used for move in self.moves), Usage())

    @property
    def faults(self) -> tuple[Failure, ...]:
        """Model calls that came to nothing."""
        return tuple(move.fault for move in self.moves if move.fault is not None)

    def calls(self, lane: Lane) -> tuple[Activity, ...]:
        """Return its model calls, or its tool calls."""
        return tuple(activity for activity in self.activities if activity.lane is lane)

    def worked(self, lane: Lane) -> float:
        """Return how many seconds its model calls, or tool calls, worked together; those that overlap count each."""
        return sum(activity.seconds(Work.WORKING) for activity in self.calls(lane))

    @property
    def waited(self) -> float:
        """For how many seconds a person was waited for, by one call or by several."""
        spans = (span for activity in self.activities for span in activity.spans if span.work is Work.WAITING)
        return sum(end - start for start, end in merged(spans))


@frozen(kw_only=True)
class Trace:
    """All that the events of a conversation tell.  *record* is the conversation as they leave it."""

    conversation_id: str
    rows: Rows
    moves: tuple[Move, ...]
    runs: tuple[RunTrace, ...]
    tally: Tally

    @property
    def record(self) -> Conversation:
        """The record after the last event."""
        return self.moves[-1].after if self.moves else Conversation(id=self.conversation_id)

    @property
    def start(self) -> float:
        """When the first event came, in seconds since the epoch; 0 when none brought a time."""
        return self.moves[0].at if self.moves else 0.0


def trace(events: Iterable[Event], *, conversation_id: str = "", rows: Rows | None = None) -> Trace:
    """Return what *events*, all of a conversation from the first on, tell of it: pure, with no model and no tools.

    *conversation_id* stands in for the one that the events name, if they do; *rows* are those of the machine that ran, which
    the events name too.  Raises `IllegalEvent` at the first event that does not fit, and `ConfigurationError` when the
    machine that is named is not known here.
    """
    listed = tuple(events)
    rows = _rows_of(listed) if rows is None else rows
    moves = moves_of(listed, rows)
    named = moves[-1].after.id if moves else ""
    return Trace(
        conversation_id=conversation_id or named,
        rows=rows,
        moves=moves,
        runs=tuple(
            RunTrace(number=number, moves=part, activities=activities_of(part))
            for number, part in enumerate(_parts(moves, rows), 1)
        ),
        tally=tally_of(moves, rows),
    )


def _rows_of(events: Sequence[Event]) -> Rows:
    """Return the rows of the machine that the first event names."""
    named = events[0].machine if events and isinstance(events[0], Opened) else ""
    return machine_of(Conversation(machine=named)).rows


def _parts(moves: Sequence[Move], rows: Rows) -> list[tuple[Move, ...]]:
    """Return *moves* run by run: a run begins where an end state is left."""
    ends = {node.name for node in chart(rows).ended.nodes}
    begins = [index for index, move in enumerate(moves) if move.source in ends and move.target not in ends]
    bounds = [0, *begins[1:], len(moves)] if begins else [0, len(moves)]
    return [tuple(moves[start:stop]) for start, stop in pairwise(bounds) if start < stop]
