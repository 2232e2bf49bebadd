"""The trace as text: a line an event, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from ...states.events import ToolStarted
from ..chart import words
from ..words import clock, in_one_line
from .facts import facts
from .moves import Move
from .runs import RunTrace, Trace
from .sequence import Step, Way, steps

__all__ = ["events_of", "text"]

_LONGEST = 160
"""Characters of what was said that are shown of an event."""


def text(trace: Trace) -> str:
    """Return *trace* as lines, each of them harmless to a terminal, whatever a model or a tool wrote.

    A line says when the event came (after the first of its run), the state it led to, the event with its guard, and what
    was said, cut to one line.
    """
    named = in_one_line(trace.conversation_id) or "without an id"
    blocks = [f"conversation {named}, {len(trace.moves):,} events\n", *(_run(run) for run in trace.runs)]
    return "\n".join(blocks)


def events_of(run: RunTrace) -> list[tuple[Move, str, str]]:
    """Return each event of *run* with how long after its first it came, and what was said then."""
    told: dict[int, list[Step]] = {}
    for step in steps(run.moves):
        told.setdefault(step.number, []).append(step)
    return [(move, clock(move.at - run.start), _said(move, told.get(move.number, []))) for move in run.moves]


def _run(run: RunTrace) -> str:
    figures = "; ".join(f"{name} {value}" for name, value in facts(run).items())
    lines = [f"run {run.number}: {run.state}", f"    {figures}"]
    table = [(after, move.target, words(move.row), told) for move, after, told in events_of(run)]
    wide = [max(len(row[column]) for row in table) for column in range(3)]
    lines += [
        f"  {after:>{wide[0]}}  {state:<{wide[1]}}  {event:<{wide[2]}}  {in_one_line(told, _LONGEST)}".rstrip()
        for after, state, event, told in table
    ]
    return "".join(f"{line}\n" for line in lines)


def _said(move: Move, told: Sequence[Step]) -> str:
    if isinstance(move.event, ToolStarted):
        slot = move.before.turn.slot(move.event.call_id) if move.before.turn is not None else None
        return "" if slot is None else slot.call.name
    return "; ".join(_spoken(step) for step in told)


def _spoken(step: Step) -> str:
    mark = "! " if step.fault else ""
    if step.way is Way.NOTE:
        return f"{mark}{step.source.name}: {step.text}"
    return f"{mark}{step.source.name} -> {step.to.name}: {step.text}"
