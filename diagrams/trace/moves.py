"""The events of a conversation, folded: which row each took, what it did to the record, and when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Any

from attrs import frozen

from ...machine.step import step
from ...machine.table import MACHINE, build
from ...states import ROWS, Conversation, Event, Failure, Row, Rows, Usage
from ..chart import chart, name_of
from ..tally import Tally, key

__all__ = ["Move", "moves_of", "tally_of"]


@frozen(kw_only=True)
class Move:
    """One event: the record *before* and *after* it, and the *row* that was taken.

    *number* counts from 1.  *at* is in seconds since the epoch and never less than that of the move before: an event that
    brought no time, or an earlier one, is taken to have come at once.
    """

    number: int
    event: Event
    row: Row[Any]  # rows of one table take events of different types
    before: Conversation
    after: Conversation
    at: float

    @property
    def source(self) -> str:
        """The name of the state it left."""
        return name_of(self.before.state)

    @property
    def target(self) -> str:
        """The name of the state it led to."""
        return name_of(self.after.state)

    @property
    def fault(self) -> Failure | None:
        """What was wrong with a model call, where this event says so."""
        faults = self.after.run.faults
        return faults[-1] if len(faults) > len(self.before.run.faults) else None

    @property
    def used(self) -> Usage:
        """What the event brought of tokens and cost."""
        return self.after.usage - self.before.usage


def moves_of(events: Iterable[Event], rows: Rows = ROWS) -> tuple[Move, ...]:
    """Return what each of *events* did on the machine of *rows*, from a new conversation on.

    Raises `IllegalEvent` at the first event that does not fit.
    """
    machine = MACHINE if rows is ROWS else build(rows)
    listed = tuple(events)
    record = Conversation()
    moves: list[Move] = []
    for number, (event, at) in enumerate(zip(listed, _times(listed), strict=True), 1):
        after = step(record, event, machine)
        moves.append(Move(number=number, event=event, row=_row(record, event, rows), before=record, after=after, at=at))
        record = after
    return tuple(moves)


def tally_of(moves: Sequence[Move], rows: Rows = ROWS) -> Tally:
    """Return how often *moves* took each row, and how often and how long they rested in each state.

    Staying is no visit.  A state that ends a run has no seconds: what passes there is the user's time.
    """
    ends = {node.name for node in chart(rows).ended.nodes}
    visits = Counter(move.target for move in moves if move.source != move.target)
    seconds: dict[str, float] = {}
    for move, following in pairwise(moves):
        seconds[move.target] = seconds.get(move.target, 0.0) + following.at - move.at
    taken = Counter(key(move.row) for move in moves)
    return Tally(
        taken=taken,
        visits=visits,
        seconds={name: lasted for name, lasted in seconds.items() if name not in ends},
    )


def _times(events: Sequence[Event]) -> Iterable[float]:
    first = next((event.at for event in events if event.at), 0.0)
    return accumulate((event.at or first for event in events), max)


def _row(record: Conversation, event: Event, rows: Rows) -> Row[Any]:
    return next(row for row in rows if row.source == record.state and row.event is type(event) and row.when(record, event))
