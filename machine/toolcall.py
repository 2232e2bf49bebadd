"""A tool call as people and programs want to see it: the tool, the parsed arguments, the result."""

from __future__ import annotations

import json
from collections.abc import Mapping

from attrs import evolve, frozen

from ..states import Conversation
from ..states.messages import Call
from ..states.turn import Outcome, OutcomeKind, SealedTurn, Slot, ToolTurn

__all__ = ["Question", "ToolCall", "calls_of", "newest_calls", "questions_of", "told", "waiting_calls"]


@frozen(kw_only=True)
class ToolCall:
    """One call of a run.

    *args* is the parsed object, or the model's own text where that is no JSON object.  *result* is what the model is told;
    *kind* how the call ended; both are None while it has no outcome.  *seconds* is how long the tool ran.  *question* is
    why a person is asked, where it is not just for the call itself.
    """

    id: str
    tool: str
    args: Mapping[str, object] | str
    result: str | None = None
    kind: OutcomeKind | None = None
    seconds: float = 0.0
    question: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the tool returned."""
        return self.kind is OutcomeKind.RETURNED


@frozen(kw_only=True)
class Question:
    """What the tool of the call *id* wants to know: *question* in words, *schema* the JSON schema of the answer."""

    id: str
    tool: str
    args: Mapping[str, object] | str
    question: str
    schema: Mapping[str, object]


def questions_of(slot: Slot) -> tuple[Question, ...]:
    """Return what a person is asked for *slot* that is more than a yes or no: by its tool, or inside an agent that runs so."""
    ask = slot.ask
    if ask is None or ask.schema is None or slot.outcome is not None:
        return ()
    if not ask.waiting:
        return (_question(slot.call.id, slot.call.name, slot.to_run.arguments, ask.question, ask.schema),)
    return tuple(
        _question(f"{slot.call.id}/{each.id}", each.name, each.arguments, each.question or "", each.schema)
        for each in ask.waiting
        if each.schema is not None
    )


def _question(call_id: str, tool: str, arguments: str, question: str, schema: str) -> Question:
    return Question(id=call_id, tool=tool, args=_args(arguments), question=question, schema=json.loads(schema))


def waiting_calls(slot: Slot) -> tuple[ToolCall, ...]:
    """Return the calls that wait for a yes or no in *slot*: its own, or those of an agent that runs as its tool."""
    if slot.ask is None or not slot.awaits_an_answer:
        question = None if slot.ask is None else slot.ask.question
        return (evolve(told(slot.to_run), question=question),)
    return tuple(
        ToolCall(id=f"{slot.call.id}/{inner.id}", tool=inner.name, args=_args(inner.arguments), question=inner.question)
        for inner in slot.ask.waiting
        if inner.schema is None
    )


def told(call: Call, outcome: Outcome | None = None) -> ToolCall:
    """Return a recorded call and its outcome in that form."""
    args: Mapping[str, object] | str = call.arguments if call.problem is not None else json.loads(call.arguments)
    if outcome is None:
        return ToolCall(id=call.id, tool=call.name, args=args)
    return ToolCall(id=call.id, tool=call.name, args=args, result=outcome.content, kind=outcome.kind, seconds=outcome.seconds)


def _args(arguments: str) -> Mapping[str, object] | str:
    args: Mapping[str, object] = json.loads(arguments)
    return args


def calls_of(conversation: Conversation) -> tuple[ToolCall, ...]:
    """Return the calls of the run in order, those of an open turn last."""
    sealed = [entry for entry in conversation.history[conversation.run.first :] if isinstance(entry, SealedTurn)]
    return tuple(call for turn in (*sealed, conversation.turn) if turn is not None for call in _calls(turn))


def newest_calls(conversation: Conversation) -> tuple[ToolCall, ...]:
    """Return the calls of the open turn, or of the newest sealed one where none is open."""
    if conversation.turn is not None:
        return tuple(_calls(conversation.turn))
    newest = next((entry for entry in reversed(conversation.history) if isinstance(entry, SealedTurn)), None)
    return () if newest is None else tuple(_calls(newest))


def _calls(turn: SealedTurn | ToolTurn) -> list[ToolCall]:
    if isinstance(turn, SealedTurn):
        return [told(call, outcome) for call, outcome in zip(turn.calls, turn.outcomes, strict=True)]
    return [told(slot.call, slot.outcome) for slot in turn.slots]
