"""The Mermaid text of a trace."""

from __future__ import annotations

import re

import pytest
from journals import HOSTILE, JOURNALS, Journal

from detent.diagrams import mermaid
from detent.diagrams.trace import path, sequence, trace
from detent.states import ROWS


def test_the_path_is_the_machine_with_counts_and_seconds() -> None:
    drawn = path(trace(JOURNALS["parallel"]))

    assert "    awaiting_model: 3 times, 2.50 s\n" in drawn
    assert "    done: 1 time\n" in drawn
    assert "[is within limits] \u00d73<br>[may wrap up]\n" in drawn
    assert "any_ended --> prompting: UserSaid \u00d71\n" in drawn
    assert "mark as started \u00d73\n" in drawn
    assert "    limit_hit: " not in drawn


@pytest.mark.parametrize("journal", JOURNALS.values(), ids=JOURNALS)
def test_without_the_counts_the_path_is_the_drawing_of_the_machine(journal: Journal) -> None:
    bare = re.sub(r"\n    \w+: \d+ times?(, .+)?(?=\n)", "", re.sub(r" \u00d7\d+", "", path(trace(journal))))

    assert mermaid(ROWS) == bare.replace(", with how often a run took them", "")


def test_a_sequence_has_its_parties_and_a_line_a_step() -> None:
    lines = sequence(trace(JOURNALS["two_runs"])).splitlines()

    assert ["actor p0 as user", "participant p1 as gpt", "participant p2 as weather"] == [line.strip() for line in lines[2:5]]
    assert "    p0->>p1: What is the weather in Oslo?" in lines
    assert "    p2-->>p1: 4 degrees" in lines
    assert "    Note over p1: ✗ server#58; 500" in lines
    assert "    Note over p0,p4: run 2, cancelled" in lines


@pytest.mark.parametrize("journal", JOURNALS.values(), ids=JOURNALS)
def test_every_line_is_of_a_known_form_whatever_was_said(journal: Journal) -> None:
    text = r"(?:[^#;<>:\"&%$`{}\n]|#\d+;)+"
    form = rf"(actor|participant) p\d+ as {text}|p\d+--?>>p\d+: {text}|Note over p\d+(,p\d+)?: {text}"
    head, title, *lines = sequence(trace(journal)).splitlines()

    assert ("sequenceDiagram", "    accTitle: A run of the agent loop") == (head, title)
    assert [] == [line for line in lines if not re.fullmatch(form, line.strip())]


def test_nothing_that_was_said_gets_into_the_path() -> None:
    assert HOSTILE[:10] not in path(trace(JOURNALS["hostile"]))
    assert "#60;" not in path(trace(JOURNALS["hostile"]))
