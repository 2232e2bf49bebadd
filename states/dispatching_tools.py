"""`dispatching_tools`: tools run, several at once if there are several; the turn is sealed with the last outcome."""

from __future__ import annotations

from attrs import evolve

from .conversation import Conversation, State
from .ended import cancel
from .events import Cancelled, ToolFailed, ToolReturned, ToolStarted, UserSaid
from .record import seal, wait_in_the_inbox
from .row import Row, Rows
from .turn import Outcome, OutcomeKind

__all__ = ["ROWS"]


def is_owed(conversation: Conversation, event: ToolStarted) -> bool:
    """Whether the call belongs to the open turn and has no outcome."""
    return conversation.turn is not None and conversation.turn.owes(event.call_id)


def leaves_others_owed(conversation: Conversation, event: ToolReturned | ToolFailed) -> bool:
    """Whether this outcome is owed, and others after it."""
    turn = conversation.turn
    return turn is not None and turn.owes(event.call_id) and len(turn.owed) > 1


def is_the_last_owed(conversation: Conversation, event: ToolReturned | ToolFailed) -> bool:
    """Whether this outcome is the only one owed."""
    turn = conversation.turn
    return turn is not None and turn.owes(event.call_id) and len(turn.owed) == 1


def mark_as_started(conversation: Conversation, event: ToolStarted) -> Conversation:
    """Note that the tool may have done something, whatever happens to this process."""
    return conversation if conversation.turn is None else evolve(conversation, turn=conversation.turn.started(event.call_id))


def keep_the_outcome(conversation: Conversation, event: ToolReturned | ToolFailed) -> Conversation:
    """Put the outcome beside its call."""
    kind = OutcomeKind.RETURNED if isinstance(event, ToolReturned) else event.kind
    outcome = Outcome(kind=kind, content=event.content, seconds=event.seconds)
    return (
        conversation
        if conversation.turn is None
        else evolve(conversation, turn=conversation.turn.settled(event.call_id, outcome))
    )


def seal_the_turn(conversation: Conversation, event: ToolReturned | ToolFailed) -> Conversation:
    """Put the last outcome beside its call and the whole turn into the history."""
    return seal(keep_the_outcome(conversation, event))


ROWS: Rows = (
    Row(State.DISPATCHING_TOOLS, ToolStarted, when=is_owed, then=mark_as_started, to=State.DISPATCHING_TOOLS),
    Row(State.DISPATCHING_TOOLS, ToolReturned, when=leaves_others_owed, then=keep_the_outcome, to=State.DISPATCHING_TOOLS),
    Row(State.DISPATCHING_TOOLS, ToolReturned, when=is_the_last_owed, then=seal_the_turn, to=State.PROMPTING),
    Row(State.DISPATCHING_TOOLS, ToolFailed, when=leaves_others_owed, then=keep_the_outcome, to=State.DISPATCHING_TOOLS),
    Row(State.DISPATCHING_TOOLS, ToolFailed, when=is_the_last_owed, then=seal_the_turn, to=State.PROMPTING),
    Row(State.DISPATCHING_TOOLS, UserSaid, then=wait_in_the_inbox, to=State.DISPATCHING_TOOLS),
    Row(State.DISPATCHING_TOOLS, Cancelled, then=cancel, to=State.CANCELLED),
)
