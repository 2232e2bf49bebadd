"""The trace as text."""

from __future__ import annotations

import pytest
from journals import JOURNALS, Journal

from detent.diagrams.trace import text, trace


def test_a_run_is_a_line_an_event() -> None:
    lines = text(trace(JOURNALS["limited"])).splitlines()

    assert "conversation limited, 6 events" == lines[0]
    assert "run 1: limit_hit" == lines[2]
    assert "  0:00.00  done               Opened [is blank]" == lines[4]
    assert "  0:02.00  prompting          ToolReturned [is the last owed]  look -> gpt: fine" == lines[-2]
    assert lines[-1].endswith("Prepared [has to stop]           ! gpt: limit: 1 round")


def test_a_start_names_its_tool() -> None:
    starts = [line for line in text(trace(JOURNALS["parallel"])).splitlines() if "ToolStarted" in line]

    assert ["weather", "look", "pay"] == [line.split()[-1] for line in starts]


@pytest.mark.parametrize("journal", JOURNALS.values(), ids=JOURNALS)
def test_nothing_in_it_can_steer_a_terminal(journal: Journal) -> None:
    shown = text(trace(journal))

    assert all(letter.isprintable() or letter == "\n" for letter in shown)
    assert len(journal) == sum(line.startswith("  ") and ":" in line[:14] for line in shown.splitlines() if "began" not in line)
    assert all(len(line) < 260 for line in shown.splitlines() if "began" not in line)


def test_no_events_are_told_as_such() -> None:
    assert "conversation without an id, 0 events\n" == text(trace(()))
