"""The few moves that several states share: adding to the history, sealing a turn, hearing what the user said meanwhile."""

from __future__ import annotations

from attrs import evolve

from .conversation import Conversation
from .events import UserSaid
from .turn import Entry

__all__ = ["append", "hear", "seal", "wait_in_the_inbox"]


def append(conversation: Conversation, *entries: Entry) -> Conversation:
    """Return the record with *entries* at the end of its history."""
    return evolve(conversation, history=conversation.history + entries)


def seal(conversation: Conversation) -> Conversation:
    """Return the record with the open turn, whose calls all have outcomes, moved into the history."""
    if conversation.turn is None:
        return conversation
    return evolve(conversation, history=(*conversation.history, conversation.turn.sealed()), turn=None)


def hear(conversation: Conversation) -> Conversation:
    """Return the record with what waits in the inbox moved into the history."""
    if not conversation.inbox:
        return conversation
    return evolve(conversation, history=conversation.history + conversation.inbox, inbox=())


def wait_in_the_inbox(conversation: Conversation, event: UserSaid) -> Conversation:
    """Keep what the user said until the model can be told: nothing may stand between a call and its result."""
    return evolve(conversation, inbox=(*conversation.inbox, event.message))
