"""The Mermaid text: read back by a reader of its own and held against the machine that runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TypeAlias

import pytest
from attrs import evolve

import detent.diagrams
from detent.diagrams import mermaid
from detent.machine.table import MACHINE
from detent.states import ROWS, Rows, State

Move: TypeAlias = tuple[str, str, str, str]  # source, event, guard, destination


def read(text: str) -> list[Move]:
    """Return every transition that the text draws; what starts in a box for several states counts once for each."""
    names = {key: plain(re.sub("^«.*» ", "", title)) for title, key in re.findall(r'state "(.+)" as (\w+)', text)}
    inside: dict[str, list[str]] = {key: [] for key in names}
    for key, line in re.findall(r"^    (\w+): (.+)$", text, re.MULTILINE):
        inside.get(key, []).append(plain(line))
    shared = {key: lines.pop(0).split(", ") for key, lines in inside.items() if key.startswith("any_")}
    sources = {key: shared.get(key, [name]) for key, name in names.items()}

    edges = re.findall(r"^    (\w+) --> (\w+): (.+)$", text, re.MULTILINE)
    leaving = [(source, *row, names[to]) for key, to, label in edges for row in told(label) for source in sources[key]]
    staying = [(source, *within(line), source) for key, lines in inside.items() for line in lines for source in sources[key]]
    return leaving + staying


def within(line: str) -> tuple[str, str]:
    """Return the event and the guard of a line inside a state."""
    found = re.fullmatch(r"(\w+)(?: \[(.+)\])? / .+", line)
    assert found is not None, line
    return found[1], found[2] or ""


def told(label: str) -> list[tuple[str, str]]:
    """Return the events and guards of an edge's label."""
    rows: list[tuple[str, str]] = []
    for event, guards in re.findall(r"(\w+)((?:<br>\[.*?\])*)(?:<br>|$)", label):
        rows += [(event, plain(guard)) for guard in re.findall(r"\[(.*?)\]", guards) or [""]]
    return rows


def plain(text: str) -> str:
    return re.sub(r"#(\d+);", lambda found: chr(int(found[1])), text)


def moves_of(rows: Rows) -> Counter[Move]:
    return Counter((row.source.value, row.event.__name__, row.label, row.to.value) for row in rows)


def test_the_committed_text_is_the_machine() -> None:
    committed = Path(str(detent.diagrams.__file__)).with_name("machine.mmd")

    assert mermaid(ROWS) == committed.read_text(encoding="utf-8")


def test_the_machine_that_runs_is_drawn_whole_and_nothing_else() -> None:
    running = Counter(
        (State[str(transition.source)].value, trigger, State[str(transition.dest)].value)
        for trigger in MACHINE.events
        for transition in MACHINE.get_transitions(trigger)
    )

    assert running == Counter((source, event, to) for source, event, _, to in read(mermaid(ROWS)))
    assert len(MACHINE.get_transitions()) == running.total()


def test_every_guard_is_drawn_on_its_edge() -> None:
    assert moves_of(ROWS) == Counter(read(mermaid(ROWS)))


def test_states_and_rows_that_a_user_added_are_drawn(grown: Rows) -> None:
    drawn = Counter(
        (source, event, "" if guard == "always" else guard, to) for source, event, guard, to in read(mermaid(grown))
    )

    assert moves_of(grown) == drawn


@pytest.mark.parametrize("left", range(len(ROWS)))
def test_a_row_left_out_is_left_out_of_the_drawing(left: int) -> None:
    rows = ROWS[:left] + ROWS[left + 1 :]

    assert moves_of(rows) == Counter(read(mermaid(rows)))
    assert mermaid(ROWS) != mermaid(rows)


def test_another_guard_changes_the_drawing(grown: Rows) -> None:
    guard = next(row.when for row in grown if row.label == "looks finished")
    changed = (evolve(ROWS[0], when=guard), *ROWS[1:])

    assert moves_of(changed) == Counter(read(mermaid(changed)))


def test_the_arrow_from_the_start_leads_to_where_a_new_conversation_rests() -> None:
    assert MACHINE.initial == State("done").name
    assert ["done"] == re.findall(r"\[\*\] --> (\w+)", mermaid(ROWS))


def test_kinds_of_states_differ_in_their_outlines() -> None:
    styles = dict(re.findall(r"classDef (\w+) (.+)", mermaid(ROWS)))
    without_colour = [re.sub(r"stroke:#\w+,?", "", style) for style in styles.values()]

    assert len(styles) == len(set(without_colour)) == 6
    assert {"any", *styles} == set(re.findall(r"^    class \w+ (\w+)$", mermaid(ROWS), re.MULTILINE))


def test_a_name_that_mermaid_keeps_for_itself_is_given_another_id(grown: Rows) -> None:
    assert 'state "end" as end_' in mermaid(grown)


def test_a_guard_without_a_name_does_not_break_the_text(grown: Rows) -> None:
    assert "[#60;lambda#62;]" in mermaid(grown)


@pytest.mark.parametrize("name", ["mermaid", "svg", "dot", "outline", "glossary"])
def test_a_drawing_is_the_same_whatever_the_hash_seed(name: str) -> None:
    code = f"from detent.diagrams import {name}; from detent.states import ROWS; print({name}(ROWS))"
    drawn = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert 1 == len(drawn)
