"""The table on `transitions`: the object that runs is the object that is drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from attrs import define, field
from transitions import EventData, Machine

from ..states import ROWS, Conversation, Event, Rows, State

__all__ = ["MACHINE", "Cursor", "build"]


@define(eq=False)
class Cursor:
    """The slot that a transition moves: the record, and the state `transitions` writes.  Lives for one step."""

    conversation: Conversation
    state: State = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Start where the record rests."""
        self.state = self.conversation.state


def build(rows: Rows = ROWS) -> Machine:
    """Return *rows* as one machine without a model of its own: `step` hands it a cursor for each event.

    Triggers are named as the event classes, states as the members of `State`.
    """
    machine = Machine(
        model=None,
        states=State,
        initial=State.DONE,
        auto_transitions=False,
        send_event=True,
        model_attribute="state",
    )
    for row in rows:
        machine.add_transition(
            row.event.__name__,
            row.source,
            row.to,
            conditions=_guard(row.when),
            before=_update(row.then),
        )
    return machine


# Rows of one table take events of different types (see states/row.py), hence `Any` in the two adapters below.


def _guard(when: Callable[[Conversation, Any], bool]) -> Callable[[EventData], bool]:
    def condition(data: EventData) -> bool:
        return when(_cursor(data).conversation, _event(data))

    return condition


def _update(then: Callable[[Conversation, Any], Conversation]) -> Callable[[EventData], None]:
    def before(data: EventData) -> None:
        cursor = _cursor(data)
        cursor.conversation = then(cursor.conversation, _event(data))

    return before


def _cursor(data: EventData) -> Cursor:
    return cast("Cursor", data.model)


def _event(data: EventData) -> Event:
    return cast("tuple[Event]", data.args)[0]


MACHINE = build()
"""The one machine of the process.  It holds no conversation, so threads and tasks may share it."""
