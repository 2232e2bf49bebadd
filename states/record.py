"""The few moves that several states share: adding to the history, sealing a turn, waiting for a person, the inbox."""

from __future__ import annotations

from attrs import evolve

from .conversation import Conversation
from .events import UserSaid
from .turn import Entry, ToolTurn
from .usage import Usage

__all__ = ["append", "hear", "seal", "spend", "turn_to", "wait_in_the_inbox"]


def append(conversation: Conversation, *entries: Entry) -> Conversation:
    """Return the record with *entries* at the end of its history."""
    return evolve(conversation, history=conversation.history + entries)


def seal(conversation: Conversation) -> Conversation:
    """Return the record with the open turn, whose calls all have outcomes, moved into the history."""
    if conversation.turn is None:
        return conversation
    return evolve(conversation, history=(*conversation.history, conversation.turn.sealed()), turn=None)


def turn_to(conversation: Conversation, turn: ToolTurn, at: float, *, parked: bool) -> Conversation:
    """Return the record with *turn* as its open turn; while *parked*, waiting for people alone, the run's clock stands."""
    run = conversation.run
    if parked and run.parked_at is None:
        run = evolve(run, parked_at=at)
    elif not parked and run.parked_at is not None:
        run = evolve(run, started_at=run.started_at + max(0.0, at - run.parked_at), parked_at=None)
    return evolve(conversation, turn=turn, run=run)


def spend(conversation: Conversation, usage: Usage) -> Conversation:
    """Return the record with *usage* counted, in the run and in all."""
    if usage == Usage():
        return conversation
    run = evolve(conversation.run, usage=conversation.run.usage + usage)
    return evolve(conversation, run=run, usage=conversation.usage + usage)


def hear(conversation: Conversation) -> Conversation:
    """Return the record with what waits in the inbox moved into the history."""
    if not conversation.inbox:
        return conversation
    return evolve(conversation, history=conversation.history + conversation.inbox, inbox=())


def wait_in_the_inbox(conversation: Conversation, event: UserSaid) -> Conversation:
    """Keep what the user said until the model can be told: nothing may stand between a call and its result."""
    return evolve(conversation, inbox=(*conversation.inbox, event.message))
