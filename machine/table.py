"""The table on `transitions`: the object that runs is the object that is drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from attrs import define, field
from transitions import EventData, Machine

from ..errors import ConfigurationError
from ..states import ROWS, AnyState, Conversation, Event, OwnState, Rows, State

__all__ = ["MACHINE", "TABLES", "Cursor", "build", "table_of"]


@define(eq=False)
class Cursor:
    """The slot that a transition moves: the record, and the state `transitions` writes.  Lives for one step."""

    conversation: Conversation
    state: State | str = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Start where the record rests."""
        self.state = _known(self.conversation.state)

    @property
    def rests_in(self) -> AnyState:
        """Where the record rests now."""
        return OwnState(self.state) if isinstance(self.state, str) else self.state


def build(rows: Rows = ROWS) -> Machine:
    """Return *rows* as one machine without a model of its own: `step` hands it a cursor for each event.

    Triggers are named as the event classes, states as the members of `State`; those of one's own by their value.
    """
    own = dict.fromkeys(state.value for row in rows for state in (row.source, row.to) if isinstance(state, OwnState))
    machine = Machine(
        model=None,
        states=[*State, *own],
        initial=State.DONE,
        auto_transitions=False,
        send_event=True,
        model_attribute="state",
    )
    for row in rows:
        machine.add_transition(
            row.event.__name__,
            _known(row.source),
            _known(row.to),
            conditions=_guard(row.when),
            before=_update(row.then),
        )
    return machine


def _known(state: AnyState) -> State | str:
    """Return what `transitions` knows the state by."""
    return state.value if isinstance(state, OwnState) else state


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
"""That of detent's own table.  It holds no conversation, so threads and tasks may share it."""

TABLES: Final[dict[str, Machine]] = {"": MACHINE}
"""Every table of the process by its name; a conversation says by its name which one it runs by."""


def table_of(conversation: Conversation) -> Machine:
    """Return the table that *conversation* runs by.  Raises `ConfigurationError` when it is of no module imported so far."""
    try:
        return TABLES[conversation.machine]
    except KeyError:
        raise ConfigurationError(
            f"the conversation {conversation.id!r} runs by the machine {conversation.machine!r}, which is not known here; "
            "import the module that makes it (on the command line: --import MODULE)"
        ) from None
