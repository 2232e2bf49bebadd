"""What a run adds to the drawing of the machine: how often each row was taken, and how long each state lasted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from ..states import Row, Rows
from .chart import Node
from .words import counted, duration

__all__ = ["Tally", "key"]


# Any: rows of one table take events of different types.
def key(row: Row[Any]) -> tuple[object, ...]:
    """Return what a row is known by: its source, event, guard and destination."""
    return (row.source, row.event, row.when, row.to)


@frozen(kw_only=True)
class Tally:
    """Counts by the `key` of a row; visits and seconds by the name of the state.  What is missing has not happened.

    No seconds are kept of states that end a run.
    """

    taken: Mapping[tuple[object, ...], int] = field(factory=dict[tuple[object, ...], int])
    visits: Mapping[str, int] = field(factory=dict[str, int])
    seconds: Mapping[str, float] = field(factory=dict[str, float])

    def times(self, rows: Rows, event: str = "", guard: str | None = None) -> int:
        """Return how often one of *rows* was taken: all of them, or those of that event and that guard, in words."""
        wanted = [row for row in rows if event in ("", row.event.__name__) and guard in (None, row.label)]
        return sum(self.taken.get(key(row), 0) for row in wanted)

    def told(self, node: Node) -> str:
        """Return what to write beside a state: `3 times, 1.21 s`; empty when it was never entered."""
        visits = self.visits.get(node.name, 0)
        if not visits:
            return ""
        seconds = self.seconds.get(node.name)
        return counted(visits, "time") + ("" if seconds is None else f", {duration(seconds)}")
