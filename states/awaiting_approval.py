"""`awaiting_approval`: a person has to agree before the calls of this turn run.  No process has to wait here."""

from __future__ import annotations

from attrs import evolve

from .conversation import Conversation, State
from .ended import cancel
from .events import Approved, Cancelled, Denied, UserSaid
from .record import seal, wait_in_the_inbox
from .row import Row, Rows
from .turn import Outcome, OutcomeKind, ToolTurn

__all__ = ["ROWS"]


def leaves_others_undecided(conversation: Conversation, event: Approved | Denied) -> bool:
    """Whether a word on this call was awaited, and on others too."""
    turn = conversation.turn
    return turn is not None and turn.awaits_word_on(event.call_id) and len(turn.undecided) > 1


def is_the_last_word(conversation: Conversation, event: Approved) -> bool:
    """Whether this was the only call undecided."""
    turn = conversation.turn
    return turn is not None and turn.awaits_word_on(event.call_id) and len(turn.undecided) == 1


def is_the_last_word_and_calls_remain(conversation: Conversation, event: Denied) -> bool:
    """Whether this was the only call undecided, and others may run."""
    turn = conversation.turn
    return turn is not None and turn.awaits_word_on(event.call_id) and len(turn.undecided) == 1 and len(turn.owed) > 1


def is_the_last_word_and_nothing_remains(conversation: Conversation, event: Denied) -> bool:
    """Whether this was the only call undecided, and none is left to run."""
    turn = conversation.turn
    return turn is not None and turn.awaits_word_on(event.call_id) and len(turn.owed) == 1


def approve(conversation: Conversation, event: Approved) -> Conversation:
    """Let the call run."""
    turn = conversation.turn
    return conversation if turn is None else _decided(conversation, turn.opened(event.call_id), event.at)


def deny(conversation: Conversation, event: Denied) -> Conversation:
    """Answer the call with the refusal."""
    turn = conversation.turn
    because = f": {event.reason}" if event.reason else "."
    outcome = Outcome(kind=OutcomeKind.DENIED, content=f"Tool error: the user did not allow this call{because}")
    if turn is None:
        return conversation
    run = evolve(conversation.run, tool_calls=conversation.run.tool_calls - 1)  # it will not be run
    return _decided(evolve(conversation, run=run), turn.settled(event.call_id, outcome), event.at)


def deny_and_seal(conversation: Conversation, event: Denied) -> Conversation:
    """Answer the call with the refusal and close the turn."""
    return seal(deny(conversation, event))


def _decided(conversation: Conversation, turn: ToolTurn, at: float) -> Conversation:
    """Return the record with *turn*; after the last word, the time spent waiting is taken out of the run's clock."""
    run = conversation.run
    if not turn.undecided and run.parked_at is not None:
        run = evolve(run, started_at=run.started_at + max(0.0, at - run.parked_at), parked_at=None)
    return evolve(conversation, turn=turn, run=run)


ROWS: Rows = (
    Row(State.AWAITING_APPROVAL, Approved, when=leaves_others_undecided, then=approve, to=State.AWAITING_APPROVAL),
    Row(State.AWAITING_APPROVAL, Approved, when=is_the_last_word, then=approve, to=State.DISPATCHING_TOOLS),
    Row(State.AWAITING_APPROVAL, Denied, when=leaves_others_undecided, then=deny, to=State.AWAITING_APPROVAL),
    Row(State.AWAITING_APPROVAL, Denied, when=is_the_last_word_and_calls_remain, then=deny, to=State.DISPATCHING_TOOLS),
    Row(State.AWAITING_APPROVAL, Denied, when=is_the_last_word_and_nothing_remains, then=deny_and_seal, to=State.PROMPTING),
    Row(State.AWAITING_APPROVAL, UserSaid, then=wait_in_the_inbox, to=State.AWAITING_APPROVAL),
    Row(State.AWAITING_APPROVAL, Cancelled, then=cancel, to=State.CANCELLED),
)
