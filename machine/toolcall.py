"""A tool call as people and programs want to see it: the tool, the parsed arguments, the result."""

from __future__ import annotations

import json
from collections.abc import Mapping

from attrs import frozen

from ..states import Conversation
from ..states.messages import Call
from ..states.turn import Outcome, OutcomeKind, SealedTurn, ToolTurn

__all__ = ["ToolCall", "calls_of", "newest_calls", "told"]


@frozen(kw_only=True)
class ToolCall:
    """One call of a run.

    *args* is the parsed object, or the model's own text where that is no JSON object.  *result* is what the model is told;
    *kind* how the call ended; both are None while it has no outcome.  *seconds* is how long the tool ran.
    """

    id: str
    tool: str
    args: Mapping[str, object] | str
    result: str | None = None
    kind: OutcomeKind | None = None
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the tool returned."""
        return self.kind is OutcomeKind.RETURNED


def told(call: Call, outcome: Outcome | None = None) -> ToolCall:
    """Return a recorded call and its outcome in that form."""
    args: Mapping[str, object] | str = call.arguments if call.problem is not None else json.loads(call.arguments)
    if outcome is None:
        return ToolCall(id=call.id, tool=call.name, args=args)
    return ToolCall(id=call.id, tool=call.name, args=args, result=outcome.content, kind=outcome.kind, seconds=outcome.seconds)


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
