"""What properties ask of a move: what it added to the history, and where the calls of its turn stand by then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from ...states import Conversation
from ...states.events import Answered, Approved, Denied, ModelReplied, ToolAsked, ToolFailed, ToolReturned, ToolStarted
from ...states.messages import AssistantMessage, Call
from ...states.turn import Entry, Outcome, SealedTurn, Slot

__all__ = ["OfACall", "added", "called", "is_accepted", "newest_turn", "outcomes", "slot_named", "spoken", "standing"]

OfACall: TypeAlias = Approved | Denied | Answered | ToolStarted | ToolReturned | ToolFailed | ToolAsked


def added(before: Conversation, after: Conversation) -> tuple[Entry, ...]:
    """Return what the move put at the end of the history."""
    return after.history[len(before.history) :]


def newest_turn(before: Conversation, after: Conversation) -> SealedTurn | None:
    """Return the turn that the move sealed, if it sealed one."""
    return next((entry for entry in added(before, after) if isinstance(entry, SealedTurn)), None)


def called(before: Conversation, after: Conversation) -> tuple[Call, ...]:
    """Return the calls of the turn after the move: open, or just sealed."""
    if after.turn is not None:
        return tuple(slot.call for slot in after.turn.slots)
    sealed = newest_turn(before, after)
    return () if sealed is None else sealed.calls


def outcomes(before: Conversation, after: Conversation) -> Mapping[str, Outcome | None]:
    """Return the outcome of each call of that turn, by its id and in order."""
    if after.turn is not None:
        return {slot.call.id: slot.outcome for slot in after.turn.slots}
    sealed = newest_turn(before, after)
    return {} if sealed is None else {call.id: each for call, each in zip(sealed.calls, sealed.outcomes, strict=True)}


def slot_named(conversation: Conversation, event: OfACall) -> Slot | None:
    """Return the slot of the call that *event* names."""
    return None if conversation.turn is None else conversation.turn.slot(event.call_id)


def standing(conversation: Conversation) -> tuple[Slot, ...]:
    """Return the slots of the open turn."""
    return () if conversation.turn is None else conversation.turn.slots


def spoken(event: ModelReplied) -> tuple[Entry, ...]:
    """Return the entry for what the model said, if it said anything."""
    said = event.reply.said
    return (AssistantMessage(said=said),) if said.text.strip() else ()


def is_accepted(before: Conversation, event: ModelReplied) -> bool:
    """Whether there is something to go on with in a reply: calls, or an answer without fault; closing words always will do."""
    reply = event.reply
    return before.run.closing or bool(reply.calls) or (bool(spoken(event)) and reply.problem is None)
