"""Events folded into moves."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from journals import JOURNALS, START, Journal, broke, opened, ready, replied, said

from detent.diagrams.trace.moves import moves_of, tally_of
from detent.errors import IllegalEvent
from detent.machine.step import replay
from detent.states import ROWS, Usage


@pytest.mark.parametrize("journal", JOURNALS.values(), ids=JOURNALS)
def test_moves_end_where_a_replay_ends(journal: Journal) -> None:
    moves = moves_of(journal)

    assert replay(journal) == moves[-1].after
    assert list(journal) == [move.event for move in moves]
    assert [*range(1, len(journal) + 1)] == [move.number for move in moves]


@pytest.mark.parametrize("journal", JOURNALS.values(), ids=JOURNALS)
def test_the_row_of_a_move_leads_where_it_led(journal: Journal) -> None:
    for move in moves_of(journal):
        assert (move.source, move.target) == (move.row.source.value, move.row.to.value)
        assert move.row.then is not None
        assert move.row.when(move.before, move.event)


def test_an_event_that_does_not_fit_is_refused() -> None:
    with pytest.raises(IllegalEvent, match="Prepared"):
        moves_of((opened(), ready(1)))


def test_an_event_without_a_time_came_at_once() -> None:
    events = (evolve(opened(), at=0.0), said(5, "hi"), evolve(ready(6), at=0.0), replied(7, 1, text="hi"))

    assert [START + 5, START + 5, START + 5, START + 7] == [move.at for move in moves_of(events)]


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3))
def test_time_never_goes_back(times: list[float]) -> None:
    first, second, third = times
    moves = moves_of((opened(), said(first, "hi"), ready(second), replied(third, 0, text="hi")))

    assert sorted(move.at for move in moves) == [move.at for move in moves]
    assert START + max(times) <= max(moves[-1].at, START)


def test_a_move_says_what_it_used_and_what_went_wrong() -> None:
    events = (opened(), said(0, "hi"), ready(0), broke(1, 1, "502"), ready(1), replied(2, 1, text="hi"))
    moves = moves_of(events)

    assert [None, None, None, "502", None, None] == [move.fault.message if move.fault else None for move in moves]
    assert Usage(prompt=100, completion=20, model_calls=1) == moves[-1].used
    assert Usage() == moves[0].used


def test_the_tally_counts_rows_visits_and_seconds() -> None:
    tally = tally_of(moves_of(JOURNALS["parallel"]))

    assert {"prompting": 3, "awaiting_model": 3, "awaiting_approval": 2, "dispatching_tools": 2, "done": 1} == tally.visits
    assert {"prompting": 1.5, "awaiting_model": 2.5, "awaiting_approval": 3700.0, "dispatching_tools": 3.0} == tally.seconds
    assert len(JOURNALS["parallel"]) == tally.times(ROWS)
    assert 3 == tally.times(ROWS, "ToolStarted")
    assert 1 == tally.times(ROWS, "ModelReplied", "asks for gated tools")


def test_time_between_runs_is_nobodys() -> None:
    tally = tally_of(moves_of(JOURNALS["two_runs"]))

    assert {"prompting", "awaiting_model", "awaiting_approval", "dispatching_tools"} == set(tally.seconds)
    assert sum(tally.seconds.values()) < 4000
