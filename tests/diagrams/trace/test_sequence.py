"""Who said what to whom."""

from __future__ import annotations

import pytest
from journals import JOURNALS, Journal, broke, opened, ready, replied, said

from detent.diagrams.trace.activity import Lane
from detent.diagrams.trace.moves import moves_of
from detent.diagrams.trace.sequence import USER, Party, Way, parties, steps
from detent.states import Event
from detent.states.events import Resumed


def told(*events: Event) -> list[tuple[str, str, str]]:
    return [(step.source.name, step.to.name, step.text) for step in steps(moves_of(events))]


def test_a_run_is_told_in_order() -> None:
    assert [
        ("user", "gpt", "What is the weather in Oslo?"),
        ("gpt", "weather", '{"city": "Oslo"}'),
        ("gpt", "look", "{}"),
        ("gpt", "pay", "{}"),
        ("pay", "user", "may it run?"),
        ("user", "pay", 'yes, but {"amount": 10}'),
        ("weather", "gpt", "4 degrees"),
        ("look", "gpt", "Tool error: no"),
        ("pay", "user", "From which account?"),
        ("user", "pay", '"savings"'),
        ("pay", "gpt", "paid"),
        ("gpt", "gpt", "server: 500"),
        ("gpt", "user", "It rains."),
    ] == told(*JOURNALS["parallel"])


def test_asking_and_answering_differ_and_what_went_wrong_is_marked() -> None:
    drawn = steps(moves_of(JOURNALS["parallel"]))

    assert {"ask": 6, "answer": 6, "note": 1} == {
        name: sum(step.way is way for step in drawn)
        for name, way in (("ask", Way.ASKS), ("answer", Way.ANSWERS), ("note", Way.NOTE))
    }
    assert ["Tool error: no", "server: 500"] == [step.text for step in drawn if step.fault]


def test_a_refusal_goes_to_the_tool_and_from_there_to_the_model() -> None:
    assert [("user", "pay", "no: not Ann"), ("pay", "gpt", "denied")] == told(*JOURNALS["waiting"])[-2:]


def test_a_call_that_can_not_run_is_answered_at_once() -> None:
    assert ("look", "gpt") == told(*JOURNALS["limited"])[3][:2]
    assert ("gpt", "gpt", "limit: 1 round") == told(*JOURNALS["limited"])[-1]


def test_what_is_asked_goes_to_the_model_that_speaks_next() -> None:
    fallback = (said(0, "hi"), ready(0, 1), broke(1, 1, retryable=False), ready(1), replied(2, 1, text="yes", model="spare"))
    follow_up = (said(3, "more"), ready(3), replied(4, 1, text="no", model="spare"))

    assert [("user", "gpt"), ("gpt", "gpt"), ("spare", "user"), ("user", "spare"), ("spare", "user")] == [
        line[:2] for line in told(opened(), *fallback, *follow_up)
    ]


def test_a_model_that_never_spoke_is_a_model() -> None:
    assert [("user", "model", "hi")] == told(opened(), said(0, "hi"))


def test_a_user_may_resume_and_stop() -> None:
    assert ("user", "gpt", "go on") == told(*JOURNALS["failed"], Resumed())[-1]
    assert ("user", "user", "cancelled the run") == told(*JOURNALS["two_runs"])[-1]


@pytest.mark.parametrize("journal", JOURNALS.values(), ids=JOURNALS)
def test_all_who_take_part_are_named_once_the_user_first_and_tools_last(journal: Journal) -> None:
    drawn = steps(moves_of(journal))
    met = parties(drawn)

    assert {USER, *(party for step in drawn for party in (step.source, step.to))} == set(met)
    assert USER == met[0]
    assert sorted(met, key=lambda party: [Lane.USER, Lane.MODEL, Lane.TOOL].index(party.lane)) == list(met)


def test_a_tool_and_a_model_of_the_same_name_are_two() -> None:
    assert Party(Lane.TOOL, "gpt") != Party(Lane.MODEL, "gpt")
