"""From moves to activities, whole journals at a time."""

from __future__ import annotations

import pytest
from attrs import evolve
from journals import JOURNALS, START, Journal, opened, ready, replied, said, wanted

from detent.diagrams.trace.activities import activities_of
from detent.diagrams.trace.activity import Activity, Lane
from detent.diagrams.trace.moves import moves_of
from detent.states import Event, Limits
from detent.states.events import ModelFailed, ModelReplied, Resumed, UserSaid
from detent.states.messages import UserMessage
from detent.states.turn import SealedTurn


def drawn(*events: Event) -> tuple[Activity, ...]:
    return activities_of(moves_of(events))


@pytest.mark.parametrize("journal", JOURNALS.values(), ids=JOURNALS)
def test_every_message_and_every_call_is_one_activity(journal: Journal) -> None:
    activities = drawn(*journal)
    lanes = [activity.lane for activity in activities]
    record = moves_of(journal)[-1].after
    turns = [entry for entry in record.history if isinstance(entry, SealedTurn)]
    slots = record.turn.slots if record.turn else ()

    assert sum(isinstance(event, ModelReplied | ModelFailed) for event in journal) == lanes.count(Lane.MODEL)
    assert sum(len(turn.calls) for turn in turns) + len(slots) == lanes.count(Lane.TOOL)
    assert len(activities) == len({activity.key for activity in activities})


@pytest.mark.parametrize("journal", JOURNALS.values(), ids=JOURNALS)
def test_activities_stand_in_the_order_in_which_they_began(journal: Journal) -> None:
    numbers = [activity.number for activity in drawn(*journal)]

    assert sorted(numbers) == numbers


@pytest.mark.parametrize("journal", JOURNALS.values(), ids=JOURNALS)
def test_no_stretch_lies_outside_the_run_or_before_it_was_wanted(journal: Journal) -> None:
    end = moves_of(journal)[-1].at
    for activity in drawn(*journal):
        assert all(activity.at <= span.start <= span.end <= end for span in activity.spans if span.work.value != "pause")


@pytest.mark.parametrize("journal", JOURNALS.values(), ids=JOURNALS)
def test_without_times_the_order_is_the_same(journal: Journal) -> None:
    timeless = drawn(*(evolve(event, at=0.0) for event in journal))

    assert [activity.key for activity in drawn(*journal)] == [activity.key for activity in timeless]


def test_a_user_is_heard_and_may_resume_and_stop() -> None:
    resumed = (*JOURNALS["failed"], Resumed(at=START + 9))

    assert ["Hello?", "resumed the run"] == [each.brief for each in drawn(*resumed) if each.lane is Lane.USER]
    assert "cancelled the run" == drawn(*JOURNALS["two_runs"])[-1].brief


def test_an_imported_history_is_told_with_its_repairs() -> None:
    entries = (UserMessage(content="hi"),)
    (activity,) = drawn(evolve(opened(), entries=entries, system="Be brief.", repairs=("dropped one", "moved one")))

    assert "1 step of history" == activity.brief
    assert ["Be brief.", "dropped one\nmoved one"] == [note.text for note in activity.notes]


def test_a_run_that_fails_or_meets_a_limit_says_why_at_its_end() -> None:
    failed, limited = drawn(*JOURNALS["failed"])[-1], drawn(*JOURNALS["limited"])[-1]

    assert ("failed", "401 Unauthorized", "server") == (failed.name, failed.brief, failed.fault)
    assert ("limit", "1 round", "limit") == (limited.name, limited.brief, limited.fault)


def test_a_limit_is_told_once_though_closing_words_come_after_it() -> None:
    limits = Limits(rounds=1, on_limit="answer")
    closing = (opened(), said(0, "hi", limits), ready(0), replied(1, 1, wanted("a", "no")), ready(1), replied(2, 1, text="bye"))

    assert ["limit"] == [each.name for each in drawn(*closing) if each.lane is Lane.LOOP and each.fault]


@pytest.mark.parametrize("journal", JOURNALS.values(), ids=JOURNALS)
def test_each_token_is_counted_for_one_activity(journal: Journal) -> None:
    assert moves_of(journal)[-1].after.usage.total == sum(activity.usage.total for activity in drawn(*journal))


def test_what_was_said_meanwhile_is_heard_too() -> None:
    heard = drawn(opened(), said(0, "one"), ready(1), UserSaid(message=UserMessage(content="two"), at=START + 2))

    assert ["one", "two"] == [each.brief for each in heard if each.lane is Lane.USER]


def test_no_moves_are_no_activities() -> None:
    assert () == drawn()
