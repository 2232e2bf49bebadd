"""Tables to draw: the one that runs, and one to which a user has added states and rows."""

from __future__ import annotations

import enum
from typing import cast

import pytest

from detent.states import ROWS, Conversation, Event, Row, Rows, State
from detent.states.events import Approved, ModelReplied, Prepared, ToolReturned


class More(enum.Enum):
    """States that a user has added; the second is named as a word of Mermaid's."""

    REVIEWING = "reviewing"
    END = "end"


def looks_finished(conversation: Conversation, event: Event) -> bool:
    return False


def hand_over(conversation: Conversation, event: Event) -> Conversation:
    return conversation


@pytest.fixture
def grown() -> Rows:
    """The table with two more states and five more rows."""
    reviewing, end = cast("State", More.REVIEWING), cast("State", More.END)
    return (
        *ROWS,
        Row(State.DISPATCHING_TOOLS, ToolReturned, when=looks_finished, then=hand_over, to=reviewing),
        Row(reviewing, Approved, then=hand_over, to=State.PROMPTING),
        Row(reviewing, ModelReplied, when=lambda conversation, event: False, then=hand_over, to=State.FAILED),
        Row(State.DONE, Prepared, when=looks_finished, then=hand_over, to=reviewing),
        Row(State.DONE, Prepared, then=hand_over, to=end),
    )
