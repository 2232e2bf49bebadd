"""What a run goes on from, and the events with which it begins."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from uuid import uuid4

from ..errors import ConfigurationError, JournalConflict, UnknownConversation
from ..states import Conversation, Event, Limits
from ..states.events import Opened, Resumed, UserSaid
from .check import checked_text
from .decisions import Decisions
from .journal import Journal
from .recorder import Move, Observer

__all__ = ["begin", "store_once", "take_up"]

Beginning = tuple[Conversation, tuple[Event, ...]]


async def begin(
    said: UserSaid,
    conversation: Conversation | None,
    conversation_id: str | None,
    history: Iterable[Mapping[str, object]] | None,
    journal: Journal | None,
    machine: str = "",
) -> Beginning:
    """Return the record that *said* goes on from: the one given, the journal's, or a new one with *history*.

    A new one goes by *machine*.

    Raises `ConfigurationError` where more than one of these is given.
    """
    if conversation_id is not None:
        checked_text(conversation_id, "run(conversation_id=...)")
    if conversation is not None and (history is not None or conversation_id not in (None, conversation.id)):
        raise ConfigurationError("run(...): give the conversation alone; it has its own history and id")
    if conversation is None and conversation_id is not None and journal is not None:
        conversation = await _known(conversation_id, journal)
        if conversation is not None and history is not None:
            raise ConfigurationError(
                f"run(...): the conversation {conversation_id!r} is in the journal and has a history already"
            )
    if conversation is None:
        conversation = Conversation.from_messages(history or (), conversation_id=conversation_id or "")
    return (conversation, (said,)) if conversation.seq else (Conversation(), (_opening(conversation, machine), said))


async def take_up(conversation: Conversation | str, decisions: Decisions, limits: Limits, journal: Journal | None) -> Beginning:
    """Return the record to go on with, and the events that take it up again: decisions, or a failed run begun anew."""
    record = await _stored(conversation, journal) if isinstance(conversation, str) else conversation
    now = time.time()
    first = decisions.events(record, now)
    if record.can_be_resumed:
        first = (*first, Resumed(limits=limits, final=record.run.final, at=now))
    return record, first


async def store_once(moves: Sequence[Move], journal: Journal, observers: Sequence[Observer]) -> Conversation:
    """Store a new conversation, and return its record; or, where *journal* has one of that id, the record of that.

    Of two that begin it at once one does: its task is said once.
    """
    new = moves[-1][2]
    try:
        await journal.append(new.id, 0, [event for _, event, _ in moves], new)
    except JournalConflict:
        return await journal.load(new.id)
    for move in moves:
        for observer in observers:
            observer(*move, 0.0)
    return new


async def _stored(conversation_id: str, journal: Journal | None) -> Conversation:
    if journal is None:
        raise ConfigurationError(f"the conversation {conversation_id!r} can not be looked up: this agent has no journal")
    return await journal.load(conversation_id)


async def _known(conversation_id: str, journal: Journal) -> Conversation | None:
    try:
        return await _stored(conversation_id, journal)
    except UnknownConversation:
        return None


def _opening(conversation: Conversation, machine: str) -> Opened:
    return Opened(
        conversation_id=conversation.id or uuid4().hex,
        machine=machine,
        system=conversation.system,
        repairs=conversation.repairs,
        entries=conversation.history,
        at=time.time(),
    )
