"""`step` and `replay`: the record after an event, and after all of them."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve
from transitions import Machine, MachineError

from ..errors import IllegalEvent
from ..states import EVENTS, Conversation, Event, OwnState
from .table import Cursor, table_of

__all__ = ["replay", "step"]


def step(conversation: Conversation, event: Event, machine: Machine | None = None) -> Conversation:
    """Return the conversation after *event*: the row of the current state whose guard holds is applied.

    The rows are those of *machine*, or else of the table that the conversation names.
    Pure: the same input gives the same output and neither argument is touched.
    Raises `IllegalEvent` when no row takes the event, and `ConfigurationError` when nobody has made the table that the
    conversation names; *conversation* is as it was.
    """
    if machine is None:
        machine = table_of(conversation)
    name = type(event).__name__
    trigger = machine.events.get(name) if isinstance(event, EVENTS) else None
    cursor = Cursor(conversation)
    try:
        taken = trigger is not None and trigger.trigger(cursor, event)
    except MachineError:
        raise IllegalEvent(conversation.state.value, name, _why(conversation, machine)) from None
    if not taken:
        raise IllegalEvent(conversation.state.value, name, _why(conversation, machine, named=name))
    return evolve(cursor.conversation, state=cursor.rests_in, seq=conversation.seq + 1)


def replay(events: Iterable[Event], conversation: Conversation | None = None) -> Conversation:
    """Return the fold of *events* over *conversation* (a new one if None): the same record, without model or tools.

    Raises `IllegalEvent` at the first event that does not fit.
    """
    folded = Conversation() if conversation is None else conversation
    for event in events:
        folded = step(folded, event)
    return folded


def _why(conversation: Conversation, machine: Machine, named: str = "") -> str:
    here = conversation.state.value if isinstance(conversation.state, OwnState) else conversation.state.name
    legal = sorted(name for name, event in machine.events.items() if event.transitions.get(here))
    if named in legal:
        return "it names no call that is owed, or its condition does not hold; the conversation is unchanged"
    return f"here only {', '.join(legal)} can come; the conversation is unchanged"
