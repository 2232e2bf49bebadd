"""The DOT text: read back by a reader of its own, and by Graphviz itself in the thorough runs."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter

import pytest

from detent.diagrams import dot
from detent.states import ROWS, Rows, State

QUOTED = r'"((?:[^"\\]|\\.)*)"'


def moves(text: str) -> Counter[tuple[str, str, str, str]]:
    """Return source, event, guard and destination of every transition that is drawn; a frame's count once a state."""
    frames = {name: re.findall(rf"^        {QUOTED} \[", body, re.MULTILINE) for name, body in clusters(text).items()}
    found: list[tuple[str, str, str, str]] = []
    for source, to, attributes in re.findall(rf"^    {QUOTED} -> {QUOTED} \[(.*)\]$", text, re.MULTILINE):
        tail = re.search(rf"ltail={QUOTED}", attributes)
        label = re.search(rf"label={QUOTED}", attributes)
        assert label is not None
        sources = frames[tail[1]] if tail else [source]
        found += [(each, event, guard, to) for event, guard in told(label[1]) for each in sources]
    for name, body in clusters(text).items():
        for node, label in re.findall(rf"^        {QUOTED} \[label={QUOTED}", body, re.MULTILINE):
            found += [(node, *row, node) for row in staying(label.split("\\l")[1:])]
        head = re.search(rf"label={QUOTED};", body)
        assert head is not None
        shared = [line.removeprefix("each stays on ") for line in head[1].split("\\n")[1:]]
        found += [(node, *row, node) for row in staying(shared) for node in frames[name]]
    return Counter(found)


def clusters(text: str) -> dict[str, str]:
    return dict(re.findall(rf"^    subgraph {QUOTED} {{\n(.*?)^    }}$", text, re.MULTILINE | re.DOTALL))


def staying(lines: list[str]) -> list[tuple[str, str]]:
    found = [re.fullmatch(r"(\w+)(?: \[(.+)\])? / .+", line) for line in lines if line]
    return [(line[1], line[2] or "") for line in found if line is not None]


def told(label: str) -> list[tuple[str, str]]:
    """Return the events and guards of a label, whose lines end in a mark for the left."""
    rows: list[tuple[str, str]] = []
    event = ""
    for line in label.split("\\l")[:-1]:
        if line.startswith("  ["):
            rows.append((event, line[3:-1]))
        else:
            event = line
            rows += [(event, "")] if f"{line}\\l  [" not in label else []
    return rows


def expected(rows: Rows) -> Counter[tuple[str, str, str, str]]:
    return Counter((row.source.value, row.event.__name__, row.label, row.to.value) for row in rows)


def test_the_machine_is_drawn_whole_and_nothing_else() -> None:
    assert expected(ROWS) == moves(dot(ROWS))


@pytest.mark.parametrize("left", range(0, len(ROWS), 5))
def test_a_row_left_out_is_left_out_of_the_drawing(left: int) -> None:
    rows = ROWS[:left] + ROWS[left + 1 :]

    assert expected(rows) == moves(dot(rows))


def test_states_and_rows_that_a_user_added_are_drawn(grown: Rows) -> None:
    drawn = [
        (source, event, "" if guard == "always" else guard, to) for source, event, guard, to in moves(dot(grown)).elements()
    ]

    assert expected(grown) == Counter(drawn)


def test_kinds_of_states_differ_in_their_outlines_and_no_colour_is_needed() -> None:
    found = re.findall(rf"^        {QUOTED} \[label={QUOTED}, (.*)\]$", dot(ROWS), re.MULTILINE)
    looks = {name: look for name, _, look in found}
    kinds = {name: looks[name] for name in ("prompting", "awaiting_approval", "done", "limit_hit", "failed")}

    assert {state.value for state in State} == set(looks)
    assert 5 == len(set(kinds.values()))
    assert "color" not in dot(ROWS)


def test_quotes_and_backslashes_do_not_end_a_name() -> None:
    def odd(conversation: object, event: object) -> bool:
        return True

    odd.__name__ = 'a"b\\c'
    row = type(ROWS[0])(ROWS[0].source, ROWS[0].event, ROWS[0].to, ROWS[0].then, odd)

    assert r"[a\"b\\c]" in dot((row,))


@pytest.mark.campaign
def test_graphviz_draws_it(grown: Rows) -> None:
    for rows in (ROWS, grown):
        drawn = subprocess.run(["dot", "-Tjson"], input=dot(rows), check=True, capture_output=True, text=True)
        graph = json.loads(drawn.stdout)
        states = {row.source.value for row in rows} | {row.to.value for row in rows}

        assert "" == drawn.stderr
        assert states <= {each["name"] for each in graph["objects"]}
