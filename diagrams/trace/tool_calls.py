"""Tool calls, from the model's request to the outcome: how long they ran, and how long people were waited for."""

from __future__ import annotations

from typing import TypeAlias

from attrs import define, field

from ...states import Conversation, Usage
from ...states.events import (
    Answered,
    Approved,
    Denied,
    ToolAsked,
    ToolFailed,
    ToolReturned,
    ToolStarted,
)
from ...states.messages import Call
from ...states.turn import Ask, Outcome, OutcomeKind, SealedTurn
from .activity import Activity, Draft, Lane
from .content import files_in
from .moves import Move

__all__ = ["ToolCalls", "asked_for"]

_Decision: TypeAlias = Approved | Denied | Answered
_Ran: TypeAlias = ToolReturned | ToolFailed | ToolAsked


@define(eq=False)
class ToolCalls:
    """The calls of the moves so far: those that have their outcome in *done*."""

    done: list[Activity] = field(factory=list[Activity], init=False)
    _open: dict[str, Draft] = field(factory=dict[str, Draft], init=False)

    def open(self, move: Move) -> None:
        """Take in the calls of a reply; what can not run has its outcome at once."""
        for call, gated, outcome in asked_for(move):
            begun = Activity(key=call.id, lane=Lane.TOOL, name=call.name, number=move.number, at=move.at, brief=call.arguments)
            draft = Draft(begun=begun, asked=move.at if gated and outcome is None else None)
            draft.note("arguments", call.arguments)
            if outcome is None:
                self._open[call.id] = draft
            else:
                draft.note("result", outcome.content)
                self.done.append(draft.over(move.at, fault=outcome.kind.value))

    def follow(self, move: Move) -> None:
        """Take in what happened to a call."""
        event = move.event
        draft = self._open.get(getattr(event, "call_id", ""))
        if draft is None:  # a machine with rows of its own may let events come that name no call
            return
        if isinstance(event, Approved | Denied | Answered):
            self._decide(draft, event, move)
        elif isinstance(event, ToolStarted):
            self._start(draft, move)
        elif isinstance(event, ToolReturned | ToolFailed | ToolAsked):
            self._run(draft, event, move)

    def close(self, at: float, *, cancelled: bool = False) -> None:
        """End what is under way: it was *cancelled*, or goes on when the events end."""
        fault = "cancelled" if cancelled else ""
        self.done += [draft.over(at, going=not cancelled, fault=fault) for draft in self._open.values()]
        self._open.clear()

    def _decide(self, draft: Draft, event: _Decision, move: Move) -> None:
        draft.heard(move.at)
        if isinstance(event, Denied):
            draft.note("denied by a person", event.reason or "no reason given")
            self._end(draft, move.at, OutcomeKind.DENIED.value)
        elif isinstance(event, Answered):
            draft.note("answered by a person", event.answer)
        else:
            draft.note("agreed to by a person", event.arguments or "as it is")

    def _start(self, draft: Draft, move: Move) -> None:
        if draft.started is not None:
            draft.note("started again", "what came of the start before is not known")
        draft.started = move.at

    def _run(self, draft: Draft, event: _Ran, move: Move) -> None:
        draft.worked(move.at, event.seconds)
        if event.usage != Usage():
            draft.spend(event.usage)
            draft.note("conversation of its own", _key(move.before, event.call_id))
        if isinstance(event, ToolAsked):
            draft.note("question to a person", _question(event.ask))
            draft.asked = move.at
            return
        draft.note("result", event.content)
        if isinstance(event, ToolReturned):
            draft.note("images and files", files_in(event.parts))
        self._end(draft, move.at, "" if isinstance(event, ToolReturned) else event.kind.value)

    def _end(self, draft: Draft, at: float, fault: str) -> None:
        self.done.append(draft.over(at, fault=fault))
        del self._open[draft.begun.key]


def asked_for(move: Move) -> list[tuple[Call, bool, Outcome | None]]:
    """Return the calls that this reply brought, whether a person has to agree, and the outcome of what can not run."""
    record = move.after
    if record.turn is not None:
        return [(slot.call, slot.gated, slot.outcome) for slot in record.turn.slots]
    newest = record.history[-1] if len(record.history) > len(move.before.history) else None
    if not isinstance(newest, SealedTurn):
        return []
    return [(call, False, outcome) for call, outcome in zip(newest.calls, newest.outcomes, strict=True)]


def _key(record: Conversation, call_id: str) -> str:
    """Return the idempotency key of the call: the id of the conversation of an agent that runs as a tool."""
    return f"{record.id}:{record.turn.seq}:{call_id}" if record.turn is not None else call_id


def _question(ask: Ask) -> str:
    inner = [f"{each.name}({each.arguments})" + (f": {each.question}" if each.question else "") for each in ask.waiting]
    return "\n".join([ask.question, *inner])
