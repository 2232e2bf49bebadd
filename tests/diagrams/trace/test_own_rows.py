"""A machine to which a user has added rows: its events are drawn on its own table."""

from __future__ import annotations

import pytest
from journals import START, opened, replied, returned, said

from detent.diagrams.trace import page, path, sequence, text, trace
from detent.diagrams.trace.activity import Lane
from detent.errors import IllegalEvent
from detent.states import ROWS, Conversation, Event, Row, Rows, State
from detent.states.events import ModelReplied, ToolFailed, ToolReturned

EVENTS = (opened(), replied(1, 0, text="unasked"), returned(2, 0, 0.5), ToolFailed(call_id="x", content="no", at=START + 2.5))


def take_note(conversation: Conversation, event: Event) -> Conversation:
    return conversation


@pytest.fixture
def rows() -> Rows:
    """The table, and three rows for what comes unasked."""
    unasked = (ModelReplied, ToolReturned, ToolFailed)
    return (*ROWS, *(Row(State.DONE, event, then=take_note, to=State.DONE) for event in unasked))


def test_the_rows_of_another_table_are_needed_to_draw_its_events(rows: Rows) -> None:
    with pytest.raises(IllegalEvent):
        trace(EVENTS)

    assert 3 == sum(move.row.then is take_note for move in trace(EVENTS, rows=rows).moves)


def test_what_comes_unasked_is_no_call_but_is_drawn(rows: Rows) -> None:
    drawn = trace(EVENTS, rows=rows)
    (run,) = drawn.runs

    assert [] == [*run.calls(Lane.MODEL), *run.calls(Lane.TOOL)]
    assert "take note" in path(drawn)
    assert "tool -> gpt: fine" in text(drawn)
    assert "<td>take note</td>" in page(drawn)
    assert sequence(drawn).startswith("sequenceDiagram")


def test_a_run_after_it_is_as_ever(rows: Rows) -> None:
    assert ["prompting"] == [run.state for run in trace((*EVENTS, said(3, "hi")), rows=rows).runs]
