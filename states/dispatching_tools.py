"""`dispatching_tools`: tools run, several at once if there are several; the turn is sealed with the last outcome."""

from __future__ import annotations

from attrs import evolve

from .conversation import Conversation, State
from .ended import cancel
from .events import Cancelled, ToolAsked, ToolFailed, ToolReturned, ToolStarted, UserSaid
from .record import seal, spend, turn_to, wait_in_the_inbox
from .row import Row, Rows
from .turn import Outcome, OutcomeKind, Slot, ToolTurn

__all__ = ["ROWS"]


def is_running(conversation: Conversation, event: ToolStarted | ToolReturned | ToolFailed | ToolAsked) -> bool:
    """Whether the call belongs to the open turn, has no outcome and waits for nobody."""
    return conversation.turn is not None and conversation.turn.runs(event.call_id)


def leaves_others_running(conversation: Conversation, event: ToolReturned | ToolFailed | ToolAsked) -> bool:
    """Whether other tools of the turn run on, or are still to run."""
    turn = conversation.turn
    return turn is not None and turn.runs(event.call_id) and len(turn.runnable) > 1


def leaves_only_people(conversation: Conversation, event: ToolReturned | ToolFailed) -> bool:
    """Whether this was the last to run, and what is owed besides waits for a person."""
    turn = conversation.turn
    return turn is not None and turn.runs(event.call_id) and len(turn.runnable) == 1 and bool(turn.undecided)


def asks_last(conversation: Conversation, event: ToolAsked) -> bool:
    """Whether this was the last to run, so that a person is all that is waited for."""
    return is_running(conversation, event) and not leaves_others_running(conversation, event)


def is_the_last_owed(conversation: Conversation, event: ToolReturned | ToolFailed) -> bool:
    """Whether this outcome is the only one owed."""
    turn = conversation.turn
    return turn is not None and turn.runs(event.call_id) and len(turn.owed) == 1


def mark_as_started(conversation: Conversation, event: ToolStarted) -> Conversation:
    """Note that the tool may have done something, whatever happens to this process."""
    return conversation if conversation.turn is None else evolve(conversation, turn=conversation.turn.started(event.call_id))


def keep_the_outcome(conversation: Conversation, event: ToolReturned | ToolFailed) -> Conversation:
    """Put the outcome beside its call."""
    turn = conversation.turn
    slot = None if turn is None else turn.slot(event.call_id)
    if turn is None or slot is None:
        return conversation
    kind, parts = (OutcomeKind.RETURNED, event.parts) if isinstance(event, ToolReturned) else (event.kind, ())
    outcome = Outcome(kind=kind, content=_told(slot, event), seconds=event.seconds, parts=parts)
    return _turned(spend(conversation, event.usage), turn.settled(event.call_id, outcome), event.at)


def keep_the_question(conversation: Conversation, event: ToolAsked) -> Conversation:
    """Put the question beside its call; the tool runs again when it is answered."""
    turn = conversation.turn
    if turn is None:
        return conversation
    return _turned(spend(conversation, event.usage), turn.asked(event.call_id, event.ask, event.usage), event.at)


def seal_the_turn(conversation: Conversation, event: ToolReturned | ToolFailed) -> Conversation:
    """Put the last outcome beside its call and the whole turn into the history."""
    return seal(keep_the_outcome(conversation, event))


def _told(slot: Slot, event: ToolReturned | ToolFailed) -> str:
    """Return the text for the model, which did not write the arguments that a person put there; errors begin as ever."""
    if slot.edited is None:
        return event.content
    note = f"[A person changed the arguments to {slot.edited}]"
    return f"{note}\n{event.content}" if isinstance(event, ToolReturned) else f"{event.content}\n{note}"


def _turned(conversation: Conversation, turn: ToolTurn, at: float) -> Conversation:
    return turn_to(conversation, turn, at, parked=bool(turn.undecided) and not turn.runnable)


ROWS: Rows = (
    Row(State.DISPATCHING_TOOLS, ToolStarted, when=is_running, then=mark_as_started, to=State.DISPATCHING_TOOLS),
    Row(State.DISPATCHING_TOOLS, ToolReturned, when=leaves_others_running, then=keep_the_outcome, to=State.DISPATCHING_TOOLS),
    Row(State.DISPATCHING_TOOLS, ToolReturned, when=is_the_last_owed, then=seal_the_turn, to=State.PROMPTING),
    Row(State.DISPATCHING_TOOLS, ToolReturned, when=leaves_only_people, then=keep_the_outcome, to=State.AWAITING_APPROVAL),
    Row(State.DISPATCHING_TOOLS, ToolFailed, when=leaves_others_running, then=keep_the_outcome, to=State.DISPATCHING_TOOLS),
    Row(State.DISPATCHING_TOOLS, ToolFailed, when=is_the_last_owed, then=seal_the_turn, to=State.PROMPTING),
    Row(State.DISPATCHING_TOOLS, ToolFailed, when=leaves_only_people, then=keep_the_outcome, to=State.AWAITING_APPROVAL),
    Row(State.DISPATCHING_TOOLS, ToolAsked, when=leaves_others_running, then=keep_the_question, to=State.DISPATCHING_TOOLS),
    Row(State.DISPATCHING_TOOLS, ToolAsked, when=asks_last, then=keep_the_question, to=State.AWAITING_APPROVAL),
    Row(State.DISPATCHING_TOOLS, UserSaid, then=wait_in_the_inbox, to=State.DISPATCHING_TOOLS),
    Row(State.DISPATCHING_TOOLS, Cancelled, then=cancel, to=State.CANCELLED),
)
