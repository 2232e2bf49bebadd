"""The run as messages between a user, models and tools: what the drawings of it, Mermaid and SVG, are made of."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence

from attrs import frozen

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
)
from .activity import Lane
from .content import text_of
from .model_calls import UNNAMED, model_of
from .moves import Move
from .tool_calls import asked_for

__all__ = ["USER", "Party", "Step", "Way", "parties", "steps"]


class Way(enum.Enum):
    """How a step is drawn: asking is a solid arrow, answering a broken one, a note none."""

    ASKS = "asks"
    ANSWERS = "answers"
    NOTE = "note"


@frozen
class Party:
    """One who takes part."""

    lane: Lane
    name: str


USER = Party(Lane.USER, "user")


@frozen(kw_only=True)
class Step:
    """*source* says *text* to *to*; a note stands at *source* alone, which is also *to*.  *number* is that of the event."""

    number: int
    way: Way
    source: Party
    to: Party
    text: str
    fault: bool = False


def steps(moves: Sequence[Move]) -> tuple[Step, ...]:
    """Return what was said in *moves*, in order.  What a user says goes to the model that is asked next."""
    teller = _Teller(moves)
    return tuple(step for index, move in enumerate(moves) for step in (*teller.told(index, move), *_stop(move, teller.spoke)))


def parties(told: Sequence[Step]) -> tuple[Party, ...]:
    """Return who takes part: the user, then models, then tools, each in the order in which they are met."""
    met = dict.fromkeys([USER, *(party for step in told for party in (step.source, step.to))])
    order = [Lane.USER, Lane.MODEL, Lane.TOOL]
    return tuple(sorted(met, key=lambda party: order.index(party.lane)))


class _Teller:
    def __init__(self, moves: Sequence[Move]) -> None:
        named = next((name for move in moves if (name := model_of(move.event))), UNNAMED)
        self.spoke = Party(Lane.MODEL, named)
        self.tools: dict[str, Party] = {}
        self.asked = _asked_next(moves, named)

    def told(self, index: int, move: Move) -> Iterator[Step]:
        model = self.asked[index]
        match move.event:
            case UserSaid(message=message):
                yield _step(move, Way.ASKS, USER, model, text_of(message))
            case Resumed():
                yield _step(move, Way.ASKS, USER, model, "go on")
            case ModelReplied() | ModelFailed():
                self.spoke = Party(Lane.MODEL, model_of(move.event) or self.spoke.name)
                yield from self._spoken(move)
            case Opened() | Prepared() | ToolStarted() | Cancelled():
                pass
            case _:
                yield from self._of_a_tool(move, model)

    def _spoken(self, move: Move) -> Iterator[Step]:
        event, model = move.event, self.spoke
        for call, gated, outcome in asked_for(move):
            tool = self.tools[call.id] = Party(Lane.TOOL, call.name)
            yield _step(move, Way.ASKS, model, tool, call.arguments)
            if outcome is not None:
                yield _step(move, Way.ANSWERS, tool, model, outcome.content, fault=True)
            elif gated:
                yield _step(move, Way.ASKS, tool, USER, "may it run?")
        if move.fault is not None:
            yield _step(move, Way.NOTE, model, model, f"{move.fault.kind}: {move.fault.message}", fault=True)
        elif isinstance(event, ModelReplied) and not event.reply.calls:
            yield _step(move, Way.ANSWERS, model, USER, event.reply.said.text)

    def _of_a_tool(self, move: Move, model: Party) -> Iterator[Step]:
        event = move.event
        tool = self.tools.get(getattr(event, "call_id", ""), Party(Lane.TOOL, "tool"))
        match event:
            case Approved():
                yield _step(move, Way.ANSWERS, USER, tool, "yes" if event.arguments is None else f"yes, but {event.arguments}")
            case Denied():
                yield _step(move, Way.ANSWERS, USER, tool, f"no: {event.reason}" if event.reason else "no")
                yield _step(move, Way.ANSWERS, tool, model, "denied", fault=True)
            case ToolAsked():
                yield _step(move, Way.ASKS, tool, USER, event.ask.question)
            case Answered():
                yield _step(move, Way.ANSWERS, USER, tool, event.answer)
            case ToolReturned() | ToolFailed():
                yield _step(move, Way.ANSWERS, tool, model, event.content, fault=isinstance(event, ToolFailed))
            case _:
                pass


def _step(move: Move, way: Way, source: Party, to: Party, text: str, *, fault: bool = False) -> Step:
    return Step(number=move.number, way=way, source=source, to=to, text=text, fault=fault)


def _stop(move: Move, model: Party) -> list[Step]:
    """Return the note of a run that ended otherwise than with an answer."""
    run = move.after.run
    if isinstance(move.event, Cancelled):
        return [_step(move, Way.NOTE, USER, USER, "cancelled the run", fault=True)]
    if move.source != move.target and run.limit is not None and move.before.run.limit is None:
        return [_step(move, Way.NOTE, model, model, f"limit: {run.limit}", fault=True)]
    return []


def _asked_next(moves: Sequence[Move], named: str) -> list[Party]:
    """Return, for each move, the model that speaks next after it; the last that spoke where none does any more."""
    names: list[str | None] = [model_of(move.event) for move in moves]
    last = next((name for name in reversed(names) if name), named)
    following: list[Party] = []
    for name in reversed(names):
        following.append(Party(Lane.MODEL, last))
        last = name or last
    return following[::-1]
