"""What is verified: a table, what can arrive at it, and what is promised of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

from attrs import frozen

from ...states import ROWS, Conversation, Event, Row, Rows
from .alphabet import Letter, expected, strays
from .canonical import canonical
from .properties import PROPERTIES
from .property import Property

__all__ = ["Subject"]


def _always(row: Row[Any]) -> bool:
    return True


def _ends_a_run(conversation: Conversation) -> bool:
    return conversation.state.ends_a_run


@frozen(kw_only=True)
class Subject:
    """A table of *rows* and what it is held against; by default the agent loop's own.

    From *start* on, *expected* names what can arrive next, each of which exactly one row has to take, and *strays*, given
    the record and those letters, what can not, which no row may take.  Records of which *form* makes equal values are
    taken for one state: they must have the same future.  *properties* hold of every move.  *is_over* tells where a run can
    end; from every state such a one has to be in reach, and no run may go on for ever without a person.  Of the rows that
    are not *is_core* those properties are not asked that speak of detent's own rows; and a row may go untaken unless it
    *has_to_be_taken*.
    """

    rows: Rows = ROWS
    start: Conversation = Conversation()
    expected: Callable[[Conversation], Sequence[Letter]] = expected
    strays: Callable[[Conversation, Sequence[Letter]], Iterable[Event]] = strays
    form: Callable[[Conversation], Hashable] = canonical
    properties: tuple[Property, ...] = PROPERTIES
    is_over: Callable[[Conversation], bool] = _ends_a_run
    is_core: Callable[[Row[Any]], bool] = _always  # Any: see states/row.py, also for the next
    has_to_be_taken: Callable[[Row[Any]], bool] = _always
