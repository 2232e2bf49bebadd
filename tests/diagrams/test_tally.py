"""What a run adds to the drawing of the machine."""

from __future__ import annotations

from detent.diagrams.chart import Kind, Node
from detent.diagrams.tally import Tally, key
from detent.states import ROWS

ANSWERS = next(row for row in ROWS if row.label == "answers")
EARLY = next(row for row in ROWS if row.label == "answers too early")
TALLY = Tally(taken={key(ANSWERS): 2, key(EARLY): 3}, visits={"prompting": 1, "done": 4}, seconds={"prompting": 1.25})


def test_rows_are_counted_by_what_they_are() -> None:
    assert 5 == TALLY.times(ROWS)
    assert 2 == TALLY.times((ANSWERS,))


def test_rows_are_counted_by_event_and_guard() -> None:
    assert 5 == TALLY.times(ROWS, "ModelReplied")
    assert 3 == TALLY.times(ROWS, "ModelReplied", "answers too early")
    assert 0 == TALLY.times(ROWS, "ModelReplied", "")
    assert 0 == TALLY.times(ROWS, "ModelFailed")


def test_no_two_rows_of_the_table_are_counted_as_one() -> None:
    assert len(ROWS) == len({key(row) for row in ROWS})


def test_a_state_is_told_with_its_visits_and_its_seconds() -> None:
    assert "1 time, 1.25 s" == TALLY.told(Node("prompting", Kind.WORKING))


def test_a_state_that_ends_a_run_has_no_seconds() -> None:
    assert "4 times" == TALLY.told(Node("done", Kind.ENDED))


def test_a_state_that_was_never_entered_is_not_told() -> None:
    assert "" == TALLY.told(Node("failed", Kind.FAILURE))
