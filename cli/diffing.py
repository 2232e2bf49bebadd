"""`detent diff`: where two conversations part, and how each goes on from there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import zip_longest
from typing import Final

import anyio
from attrs import frozen
from rich.cells import cell_len
from rich.console import Console

from ..diagrams.trace import Trace, trace
from ..diagrams.trace.text import events_of
from ..diagrams.words import counted, in_one_line
from ..machine.archive import Archive
from ..states import Event
from .comparing import Difference, differences, parting
from .exits import Exit
from .journals import short_ids
from .lines import Marks, marks_for
from .plain import plain, value
from .screen import console_on
from .table import cut_to, table

__all__ = ["show_difference"]

_LONGEST_FIELD: Final = 300
_WIDTH: Final = 160
"""Columns where there is no terminal to be as wide as."""


@frozen(kw_only=True)
class _Side:
    name: str
    shown: str
    events: Sequence[Event]
    trace: Trace

    @property
    def lines(self) -> list[str]:
        """What each event says, in words."""
        told = [(move, said) for run in self.trace.runs for move, _, said in events_of(run)]
        return [in_one_line(f"{type(move.event).__name__} {said}") for move, said in told]

    @property
    def state(self) -> str:
        """Where it rests."""
        return self.resting(len(self.events))

    def resting(self, at: int) -> str:
        """Return where it rested after *at* events."""
        return self.trace.moves[at - 1].target.replace("_", " ") if at else "it is new"


def show_difference(
    journal: Archive, left_id: str, right_id: str, *, as_json: bool = False, console: Console | None = None
) -> Exit:
    """Print where the two part, and return the exit code: 0 where the same happened in both, 1 where not.

    Times, tokens and the ids of hosts and conversations do not count.
    """
    console = console or console_on()
    shown = short_ids(anyio.run(partial(journal.list)))
    left, right = (_side(journal, each, shown[each], name) for name, each in (("A", left_id), ("B", right_id)))
    at = parting(left.events, right.events)
    found = _at(left, right, at)
    if as_json:
        console.file.write(json.dumps(_object(left, right, at, found)) + "\n")
    else:
        for line in _lines(left, right, at, found, console):
            console.print(line, soft_wrap=True)
    return Exit.DONE if at is None else Exit.FAILED


def _side(journal: Archive, conversation_id: str, shown: str, name: str) -> _Side:
    events = anyio.run(journal.read, conversation_id)
    return _Side(name=name, shown=shown, events=events, trace=trace(events, conversation_id=conversation_id))


def _at(left: _Side, right: _Side, at: int | None) -> tuple[Difference, ...]:
    if at is None or at >= min(len(left.events), len(right.events)):
        return ()
    return differences(left.events[at], right.events[at])


def _object(left: _Side, right: _Side, at: int | None, found: Sequence[Difference]) -> dict[str, object]:
    return {
        "a": {"conversation_id": left.trace.conversation_id, "events": len(left.events)},
        "b": {"conversation_id": right.trace.conversation_id, "events": len(right.events)},
        "equal": len(left.events) if at is None else at,
        "parts_at": at,
        "differences": [{"field": each.field, "a": each.left, "b": each.right} for each in found],
    }


def _lines(left: _Side, right: _Side, at: int | None, found: Sequence[Difference], console: Console) -> Iterator[str]:
    marks = marks_for(console)
    heads = [(side.name, plain(side.shown), counted(len(side.events), "event"), side.state) for side in (left, right)]
    yield table((), heads, console, marks).plain
    yield ""
    if at is None:
        yield "the same happened in both"
        return
    yield f"{counted(at, 'equal event')}; they part while {left.resting(at)}"
    for each in found if all(each.field != "type" for each in found) else ():
        yield f"  {plain(each.field)}"
        for name, said in (("A", each.left), ("B", each.right)):
            yield f"    {name}  {cut_to(value(said), _LONGEST_FIELD, marks) if said is not None else '-'}"
    yield ""
    yield from _tails(left, right, at, console, marks)


def _tails(left: _Side, right: _Side, at: int, console: Console, marks: Marks) -> Iterator[str]:
    """Yield both ends side by side, a line an event, numbered from 1."""
    digits = len(str(max(len(left.events), len(right.events))))
    column = ((console.width if console.is_terminal else _WIDTH) - digits - len("    | ")) // 2
    pairs = zip_longest(left.lines[at:], right.lines[at:], fillvalue="-")
    rows = [(cut_to(one, column, marks), cut_to(other, column, marks)) for one, other in pairs]
    wide = max(cell_len(one) for one, _ in rows)
    for number, (one, other) in enumerate(rows, start=at + 1):
        yield f"{number:>{digits}}  {one}{' ' * (wide - cell_len(one))}  | {other}"
