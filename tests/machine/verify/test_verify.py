"""The agent loop as a whole: everything that can happen, seen once in this file."""

from __future__ import annotations

import random
from collections.abc import Hashable
from pathlib import Path

import pytest
from history_oracle import judge

from detent.machine.verify import DEPTH, PROPERTIES, Property, Report, Subject, canonical, told, verify
from detent.states import ROWS, Conversation, Event, State
from detent.states.events import Cancelled, ModelReplied

PAGE = Path(__file__).parents[3] / "docs" / "verify.md"


class Seen:
    """The first record of each state."""

    def __init__(self) -> None:
        self.records: dict[Hashable, Conversation] = {}

    def form(self, conversation: Conversation) -> Hashable:
        form = canonical(conversation)
        self.records.setdefault(form, conversation)
        return form


@pytest.fixture(scope="module")
def whole() -> tuple[Report, Seen]:
    seen = Seen()
    return verify(Subject(form=seen.form)), seen


def test_all_that_is_promised_holds(whole: tuple[Report, Seen]) -> None:
    report, _ = whole

    assert () == report.violations
    assert report.holds


def test_nothing_lies_beyond_the_depth(whole: tuple[Report, Seen]) -> None:
    report, _ = whole

    assert report.is_complete
    assert report.depth < DEPTH


def test_every_row_is_taken_and_every_state_is_reached(whole: tuple[Report, Seen]) -> None:
    report, _ = whole

    assert () == report.untaken
    assert () == report.unreached
    assert set(State) == report.reached
    assert ROWS == report.rows


def test_it_counts_what_it_saw(whole: tuple[Report, Seen]) -> None:
    report, seen = whole

    assert len(seen.records) == report.states
    assert len(PROPERTIES) == report.properties
    assert report.moves > 5 * report.states


def test_an_oracle_that_shares_no_code_finds_no_fault_in_any_history(whole: tuple[Report, Seen]) -> None:
    _, seen = whole
    records = random.Random(7).sample(list(seen.records.values()), 2000)

    for record in records:
        assert [] == judge(record.messages)
        if record.state is State.AWAITING_MODEL:
            shown = [message for entry in record.history[record.run.window :] for message in entry.to_messages()]
            assert [] == judge(shown, sendable=True)


def test_the_report_says_so_in_three_lines(whole: tuple[Report, Seen]) -> None:
    report, _ = whole
    lines = told(report).splitlines()

    assert 3 == len(lines)
    assert lines[0].endswith("events deep: all there are")
    assert f"{len(ROWS)} of {len(ROWS)} rows taken, 8 of 8 states reached" == lines[1]
    assert lines[2].endswith("properties of every move: all hold")


def test_the_page_shows_what_is_printed(whole: tuple[Report, Seen]) -> None:
    report, _ = whole

    assert f"```text\n{told(report)}```" in PAGE.read_text(encoding="utf-8")


def test_a_table_alone_is_held_against_the_loops_own_alphabet() -> None:
    report = verify(ROWS, depth=2)

    assert report.holds
    assert not report.is_complete
    assert 2 == report.depth
    assert "and there are more beyond" in told(report)
    assert "not taken: dispatching_tools ToolStarted [is running]" in told(report)


def nothing_happens(before: Conversation, event: Event, after: Conversation) -> bool:
    return False


def nobody_answers(before: Conversation, event: Event, after: Conversation) -> bool:
    return False


def test_the_search_may_stop_at_the_first_violation() -> None:
    subject = Subject(properties=(Property(nothing_happens, (Cancelled,)), Property(nobody_answers, (ModelReplied,))))
    every, first = verify(subject, depth=3), verify(subject, depth=3, stop_at_first=True)

    assert ["nothing happens", "nobody answers"] == [each.property for each in every.violations]
    assert every.violations[:1] == first.violations
