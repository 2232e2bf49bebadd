"""From moves to activities: what the events say of users, models, people and tools, in the order in which it began."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from attrs import evolve

from ...states.events import (
    Answered,
    Approved,
    Cancelled,
    Denied,
    ModelFailed,
    ModelReplied,
    Opened,
    Prepared,
    Resumed,
    ToolAsked,
    ToolFailed,
    ToolReturned,
    ToolStarted,
    UserSaid,
    Worked,
)
from ...states.own_state import FAILED
from ..words import counted
from .activity import Activity, Lane, Note, Span, Work
from .content import text_of
from .model_calls import ModelCalls
from .moves import Move
from .tool_calls import ToolCalls

__all__ = ["activities_of"]


def activities_of(moves: Sequence[Move]) -> tuple[Activity, ...]:
    """Return what took time in *moves*, and what users and the loop itself said, in the order in which it began.

    What is still under way when the moves end goes on until then.
    """
    models, tools = ModelCalls(), ToolCalls()
    said: list[Activity] = []
    for move in moves:
        said += _said(move)
        _follow(move, models, tools)
        said += _ended(move)
    if moves:
        models.close(moves[-1].at)
        tools.close(moves[-1].at)
    return tuple(sorted((*said, *models.done, *tools.done), key=lambda activity: (activity.number, activity.key)))


def _follow(move: Move, models: ModelCalls, tools: ToolCalls) -> None:
    match move.event:
        case Prepared() | ModelFailed():
            models.follow(move)
        case ModelReplied():
            models.follow(move)
            tools.open(move)
        case Approved() | Denied() | Answered() | ToolStarted() | ToolReturned() | ToolFailed() | ToolAsked():
            tools.follow(move)
        case Cancelled():
            models.close(move.at, cancelled=True)
            tools.close(move.at, cancelled=True)
        case Opened() | UserSaid() | Resumed() | Worked():
            pass
        case _:
            assert_never(move.event)


def _said(move: Move) -> list[Activity]:
    """Return what a user did that begins nothing that takes time."""
    match move.event:
        case Opened(system=system, repairs=repairs, entries=entries):
            brief = f"{counted(len(entries), 'step')} of history" if entries else ""
            notes = (Note("system", system), Note("repairs", "\n".join(repairs)))
            return [_point(move, Lane.LOOP, "opened", brief, *notes)]
        case UserSaid(message=message):
            text = text_of(message)
            return [_point(move, Lane.USER, "user", text, Note("message", text))]
        case Resumed():
            return [_point(move, Lane.USER, "user", "resumed the run")]
        case Cancelled():
            return [_point(move, Lane.USER, "user", "cancelled the run")]
        case Worked(state=state, outcome=outcome, note=note, usage=usage, seconds=seconds):
            fault = outcome if outcome == FAILED else ""
            point = _point(move, Lane.LOOP, state, outcome, Note("note", note), fault=fault)
            return [evolve(point, spans=(Span(work=Work.WORKING, start=move.at - seconds, end=move.at),), usage=usage)]
        case _:
            return []


def _ended(move: Move) -> list[Activity]:
    """Return why a run ended there, where it did not end well."""
    run = move.after.run
    if move.source == move.target:
        return []
    if run.failure is not None and move.before.run.failure is None:
        told = run.failure.message
        return [_point(move, Lane.LOOP, move.target, told, Note("reason", told), fault=run.failure.kind)]
    if run.limit is not None and move.before.run.limit is None:
        return [_point(move, Lane.LOOP, "limit", run.limit, fault="limit")]
    return []


def _point(move: Move, lane: Lane, name: str, brief: str, *notes: Note, fault: str = "") -> Activity:
    told = tuple(note for note in notes if note.text)
    return Activity(
        key=f"event-{move.number}",
        lane=lane,
        name=name,
        number=move.number,
        at=move.at,
        brief=brief,
        notes=told,
        fault=fault,
    )
