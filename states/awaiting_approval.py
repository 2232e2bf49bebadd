"""`awaiting_approval`: people have to agree to calls of this turn, or to answer its tools.  No process has to wait here."""

from __future__ import annotations

from typing import assert_never

from attrs import evolve

from .conversation import Conversation, State
from .ended import cancel
from .events import Answered, Approved, Cancelled, Denied, UserSaid
from .record import seal, turn_to, wait_in_the_inbox
from .row import Row, Rows
from .turn import Outcome, OutcomeKind, Slot, ToolTurn

__all__ = ["ROWS"]


def leaves_others_undecided(conversation: Conversation, event: Approved | Denied | Answered) -> bool:
    """Whether this word was awaited, and others are too."""
    return _is_awaited(conversation, event) and not _is_the_last(conversation)


def is_the_last_word(conversation: Conversation, event: Approved | Denied | Answered) -> bool:
    """Whether this was the only word awaited."""
    return _is_awaited(conversation, event) and _is_the_last(conversation)


def is_the_last_word_and_calls_remain(conversation: Conversation, event: Denied) -> bool:
    """Whether this was the only word awaited, and calls are there to run."""
    return is_the_last_word(conversation, event) and bool(conversation.turn and conversation.turn.runnable)


def is_the_last_word_and_nothing_remains(conversation: Conversation, event: Denied) -> bool:
    """Whether this was the only word awaited, and none is left to run."""
    return is_the_last_word(conversation, event) and not is_the_last_word_and_calls_remain(conversation, event)


def approve(conversation: Conversation, event: Approved) -> Conversation:
    """Let the call run, with the person's own arguments if there are any."""
    turn = conversation.turn
    return conversation if turn is None else _decided(conversation, turn.opened(event.call_id, event.arguments), event.at)


def answer(conversation: Conversation, event: Answered) -> Conversation:
    """Let the tool run again, with the answer."""
    turn = conversation.turn
    return conversation if turn is None else _decided(conversation, turn.answered(event.call_id, event.answer), event.at)


def deny(conversation: Conversation, event: Denied) -> Conversation:
    """Answer the call with the refusal."""
    turn = conversation.turn
    slot = None if turn is None else turn.slot(event.call_id)
    if turn is None or slot is None:
        return conversation
    outcome = Outcome(kind=OutcomeKind.DENIED, content=f"Tool error: {_refusal(slot)}{_because(event.reason)}")
    never_ran = slot.gated and slot.ask is None
    run = evolve(conversation.run, tool_calls=conversation.run.tool_calls - never_ran)  # it will not be run
    return _decided(evolve(conversation, run=run), turn.settled(event.call_id, outcome), event.at)


def deny_and_seal(conversation: Conversation, event: Denied) -> Conversation:
    """Answer the call with the refusal and close the turn."""
    return seal(deny(conversation, event))


def _is_awaited(conversation: Conversation, event: Approved | Denied | Answered) -> bool:
    turn = conversation.turn
    if turn is None:
        return False
    answers, decides = turn.awaits_answer_to(event.call_id), turn.awaits_word_on(event.call_id)
    match event:
        case Approved():
            return decides
        case Answered():
            return answers
        case Denied():
            return answers or decides
        case _:
            assert_never(event)


def _is_the_last(conversation: Conversation) -> bool:
    return conversation.turn is not None and len(conversation.turn.undecided) == 1


def _refusal(slot: Slot) -> str:
    if slot.awaits_an_answer:
        return "the user did not answer what the tool asked"
    if slot.ask is not None and not slot.gated:
        return "the tool had begun, and the user did not allow it to go on; it may have taken effect in part"
    return "the user did not allow this call"


def _because(reason: str) -> str:
    return f": {reason}" if reason else "."


def _decided(conversation: Conversation, turn: ToolTurn, at: float) -> Conversation:
    return turn_to(conversation, turn, at, parked=bool(turn.undecided))


ROWS: Rows = (
    Row(State.AWAITING_APPROVAL, Approved, when=leaves_others_undecided, then=approve, to=State.AWAITING_APPROVAL),
    Row(State.AWAITING_APPROVAL, Approved, when=is_the_last_word, then=approve, to=State.DISPATCHING_TOOLS),
    Row(State.AWAITING_APPROVAL, Denied, when=leaves_others_undecided, then=deny, to=State.AWAITING_APPROVAL),
    Row(State.AWAITING_APPROVAL, Denied, when=is_the_last_word_and_calls_remain, then=deny, to=State.DISPATCHING_TOOLS),
    Row(State.AWAITING_APPROVAL, Denied, when=is_the_last_word_and_nothing_remains, then=deny_and_seal, to=State.PROMPTING),
    Row(State.AWAITING_APPROVAL, Answered, when=leaves_others_undecided, then=answer, to=State.AWAITING_APPROVAL),
    Row(State.AWAITING_APPROVAL, Answered, when=is_the_last_word, then=answer, to=State.DISPATCHING_TOOLS),
    Row(State.AWAITING_APPROVAL, UserSaid, then=wait_in_the_inbox, to=State.AWAITING_APPROVAL),
    Row(State.AWAITING_APPROVAL, Cancelled, then=cancel, to=State.CANCELLED),
)
