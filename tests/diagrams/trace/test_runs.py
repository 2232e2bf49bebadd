"""A trace: its runs, and what they took."""

from __future__ import annotations

import pytest
from journals import JOURNALS, START, Journal, opened, said

from detent.diagrams.trace.activity import Lane
from detent.diagrams.trace.runs import trace
from detent.states import Conversation


@pytest.mark.parametrize("journal", JOURNALS.values(), ids=JOURNALS)
def test_every_event_belongs_to_one_run(journal: Journal) -> None:
    drawn = trace(journal)

    assert [*drawn.moves] == [move for run in drawn.runs for move in run.moves]
    assert [*range(1, len(drawn.runs) + 1)] == [run.number for run in drawn.runs]


def test_a_run_begins_where_a_user_speaks_again() -> None:
    first, second = trace(JOURNALS["two_runs"]).runs

    assert (("done", "cancelled"), START, START + 90_000) == ((first.state, second.state), first.start, second.start)
    assert len(JOURNALS["parallel"]) == len(first.moves)


def test_what_a_user_says_during_a_run_begins_none() -> None:
    assert 1 == len(trace((opened(), said(0, "one"), said(1, "two"))).runs)


def test_a_conversation_that_was_only_opened_is_one_run_without_calls() -> None:
    (run,) = trace((opened(),)).runs

    assert ("done", (), 0.0) == (run.state, run.calls(Lane.MODEL), run.waited)


def test_no_events_are_no_runs() -> None:
    empty = trace((), conversation_id="c")

    assert ((), (), Conversation(id="c"), 0.0) == (empty.moves, empty.runs, empty.record, empty.start)


def test_the_id_is_the_one_given_or_the_one_that_the_events_name() -> None:
    assert "c" == trace((opened("c"),)).conversation_id
    assert "d" == trace((opened("c"),), conversation_id="d").conversation_id


def test_a_run_sums_up_what_it_took() -> None:
    (run,) = trace(JOURNALS["parallel"]).runs

    assert (240, 1, 2.5, 6.0, 3700.0) == (
        run.usage.total,
        len(run.faults),
        run.worked(Lane.MODEL),
        run.worked(Lane.TOOL),
        run.waited,
    )


def test_tokens_of_an_agent_that_ran_as_a_tool_are_counted() -> None:
    (run,) = trace(JOURNALS["inner"]).runs

    assert 120 + 730 + 520 + 120 == run.usage.total


def test_a_wait_for_two_words_at_once_counts_once() -> None:
    (run,) = trace(JOURNALS["waiting"]).runs

    assert 58.0 == run.waited
