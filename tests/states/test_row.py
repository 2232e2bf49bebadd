"""A row of the table."""

from __future__ import annotations

from detent.states import Conversation, Row, State
from detent.states.events import Cancelled
from detent.states.row import always


def keep(conversation: Conversation, event: Cancelled) -> Conversation:
    return conversation


def is_a_good_day(conversation: Conversation, event: Cancelled) -> bool:
    return False


def test_a_row_without_a_guard_is_always_taken_and_has_no_label() -> None:
    row = Row(State.DONE, Cancelled, State.DONE, then=keep)

    assert row.when(Conversation(), Cancelled())
    assert row.when is always
    assert "" == row.label


def test_a_label_is_the_guard_in_words() -> None:
    assert "is a good day" == Row(State.DONE, Cancelled, State.DONE, then=keep, when=is_a_good_day).label
