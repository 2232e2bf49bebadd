"""The text diagram: complete, sorted, and quiet about what did not change."""

from __future__ import annotations

import difflib
import random
import re
from collections import Counter

from attrs import evolve

from detent.diagrams import outline
from detent.diagrams.chart import update, words
from detent.states import ROWS, Rows


def told(text: str) -> Counter[tuple[str, str, str]]:
    """Return source, what is written for the row, and destination; a block of several states counts for each."""
    found: list[tuple[str, str, str]] = []
    sources: list[str] = []
    for line in text.splitlines()[1:]:
        if not line.startswith(" "):
            several = re.fullmatch(r"any \w+ state \((.+)\)", line)
            sources = several[1].split(", ") if several else [re.sub("^«.*» ", "", line)]
            continue
        said, to = line.strip().rsplit(" -> ", 1)
        found += [(source, said, source if to == "stays" else to) for source in sources]
    return Counter(found)


def expected(rows: Rows) -> Counter[tuple[str, str, str]]:
    return Counter((row.source.value, f"{words(row)} / {update(row)}", row.to.value) for row in rows)


def test_every_row_is_a_line_and_no_other(grown: Rows) -> None:
    assert expected(ROWS) == told(outline(ROWS))
    assert expected(grown) == told(outline(grown))


def test_the_order_of_the_table_makes_no_difference() -> None:
    shuffled = list(ROWS)
    random.Random(1).shuffle(shuffled)

    assert outline(ROWS) == outline(tuple(shuffled))


def test_a_row_that_changes_is_one_line_of_a_diff() -> None:
    row = next(row for row in ROWS if row.label == "answers")
    other = next(row for row in ROWS if row.label == "asks in vain")
    changed = tuple(evolve(each, then=other.then) if each is row else each for each in ROWS)
    lines = difflib.unified_diff(outline(ROWS).splitlines(), outline(changed).splitlines(), n=0, lineterm="")

    assert [
        "-    ModelReplied [answers] / keep the answer -> done",
        "+    ModelReplied [answers] / answer the calls -> done",
    ] == [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def test_the_kind_of_a_state_is_named_where_its_name_does_not_say_it() -> None:
    heads = {line for line in outline(ROWS).splitlines() if line.startswith("«")}

    assert {"«person» awaiting_approval", "«limit» limit_hit", "«failure» failed"} == heads
