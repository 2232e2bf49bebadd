"""Model calls, from the moment at which one is asked to its reply or its fault."""

from __future__ import annotations

from attrs import define, field

from ...states import Event, Failure, State
from ...states.events import ModelFailed, ModelReplied, Prepared, Reply
from ...states.messages import Origin, Said
from ..words import duration
from .activity import Activity, Draft, Lane
from .moves import Move

__all__ = ["UNNAMED", "ModelCalls", "model_of"]

UNNAMED = "model"
"""The name of a model that no event names."""


def model_of(event: Event) -> str | None:
    """Return the name of the model that spoke, or failed to; None where the event names none."""
    match event:
        case ModelReplied(reply=Reply(said=Said(origin=Origin(model=name)))) | ModelFailed(failure=Failure(model=name)):
            return name or None
        case _:
            return None


@define(eq=False)
class ModelCalls:
    """The calls of the moves so far: those that are over in *done*."""

    done: list[Activity] = field(factory=list[Activity], init=False)
    _open: Draft | None = field(default=None, init=False)
    _paused: float | None = field(default=None, init=False)
    _name: str = field(default=UNNAMED, init=False)

    def follow(self, move: Move) -> None:
        """Take in what happened to a call."""
        event = move.event
        if isinstance(event, Prepared):
            self._prepare(move)
        elif isinstance(event, ModelReplied) and self._open is not None:
            self._reply(self._open, event, move)
        elif isinstance(event, ModelFailed) and self._open is not None:
            self._fail(self._open, event, move)
        self._paused = move.at if move.after.run.not_before is not None else None

    def close(self, at: float, *, cancelled: bool = False) -> None:
        """End the call that is under way: it was *cancelled*, or goes on when the events end."""
        if self._open is not None:
            fault = "cancelled" if cancelled else ""
            self._open.call(self._name)
            self.done.append(self._open.over(at, going=not cancelled, fault=fault))
            self._open = None

    def _prepare(self, move: Move) -> None:
        if move.target != State.AWAITING_MODEL.value:
            return
        key = f"model-{move.number}"
        run = move.after.run
        brief = "closing words" if run.closing else f"try {run.attempts + 1}" if run.attempts else ""
        begun = Activity(key=key, lane=Lane.MODEL, name=self._name, number=move.number, at=move.at, brief=brief)
        self._open = Draft(begun=begun, started=move.at)
        if self._paused is not None:
            self._open.paused(self._paused, move.at)

    def _reply(self, call: Draft, event: ModelReplied, move: Move) -> None:
        said = event.reply.said
        if said.origin is not None:
            call.note("host", said.origin.host)
        call.note("text", said.text)
        call.note("reasoning", said.reasoning)
        call.note("calls", "\n".join(f"{each.name}({each.arguments})" for each in event.reply.calls))
        call.note("finish reason", said.finish or "")
        call.worked(move.at, event.seconds)
        fault = move.fault
        if fault is not None:
            call.note("fault", fault.message)
        brief = said.text or ", ".join(each.name for each in event.reply.calls)
        self._end(call, move, "" if fault is None else fault.kind, brief)

    def _fail(self, call: Draft, event: ModelFailed, move: Move) -> None:
        call.note("fault", event.failure.message)
        if move.after.run.not_before is not None:
            call.note("next try", f"after {duration(event.delay)}")
        call.worked(move.at, event.seconds)
        self._end(call, move, event.failure.kind, event.failure.message)

    def _end(self, call: Draft, move: Move, fault: str, brief: str) -> None:
        self._name = model_of(move.event) or self._name
        call.call(self._name, brief)
        self.done.append(call.over(move.at, fault=fault, usage=move.used))
        self._open = None
