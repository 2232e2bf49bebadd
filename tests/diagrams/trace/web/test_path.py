"""The path on the picture of the machine."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from journals import JOURNALS

from detent.diagrams import svg
from detent.diagrams.chart import chart
from detent.diagrams.geometry import Box
from detent.diagrams.layout import lay_out
from detent.diagrams.tally import Tally, key
from detent.diagrams.trace import trace
from detent.diagrams.trace.web.path import path, taken_rows
from detent.states import ROWS, Rows

TALLY = trace(JOURNALS["parallel"]).tally


def told(part: Element) -> str:
    return "".join(part.itertext())


def counts(drawn: Element) -> list[str]:
    return [told(part) for part in drawn.iter("text") if "count" == part.get("class")]


def parts(drawn: Element, look: str) -> list[str]:
    return [told(part) for part in drawn.iter("g") if look == part.get("class")]


def test_states_say_how_often_and_how_long() -> None:
    shown = counts(path(ROWS, TALLY))

    assert {"\u00d73, 2.50 s", "\u00d72, 1 h 1 min", "\u00d71", "stayed \u00d75"} <= set(shown)


def test_edges_say_how_often() -> None:
    numbers = [int(count) for count in counts(path(ROWS, TALLY)) if count.isdigit()]
    moving = [row for row in ROWS if row.source != row.to]

    assert TALLY.times(tuple(moving)) == sum(numbers)


def test_what_was_not_taken_is_faint() -> None:
    drawn = path(ROWS, TALLY)

    assert any("limit_hit" in each for each in parts(drawn, "untaken"))
    assert any("gives up closing" in each for each in parts(drawn, "untaken"))
    assert any("[asks for gated tools]" in each for each in parts(drawn, "taken"))
    assert not any("cancel →" in each for each in parts(drawn, "taken"))


def test_without_a_run_the_picture_is_that_of_the_machine(grown: Rows) -> None:
    for rows in (ROWS, grown):
        bare = path(rows, Tally())
        rects = [part for part in bare.iter("rect") if part.get("class") in ("working", "person", "ended")]

        assert [] == counts(bare)
        assert all(f'x="{part.get("x")}" y="{part.get("y")}"' in svg(rows) for part in rects)


def test_the_labels_of_a_picture_do_not_cover_each_other() -> None:
    for journal in JOURNALS.values():
        pills = [part for part in path(ROWS, trace(journal).tally).iter("rect") if "pill" == part.get("class")]
        boxes = [tuple(int(str(part.get(side))) for side in ("x", "y", "width", "height")) for part in pills]

        for index, (x, y, wide, high) in enumerate(boxes):
            for other_x, other_y, other_wide, other_high in boxes[index + 1 :]:
                assert x + wide <= other_x or other_x + other_wide <= x or y + high <= other_y or other_y + other_high <= y


def test_the_labels_of_a_picture_do_not_cover_what_is_written_beside_edges() -> None:
    every_row_once = Tally(taken={key(row): 1 for row in ROWS})
    written = [label.box for label in lay_out(chart(ROWS)).labels]
    pills = [part for part in path(ROWS, every_row_once).iter("rect") if "pill" == part.get("class")]
    boxes = [Box(*(int(str(part.get(side))) for side in ("x", "y", "width", "height"))) for part in pills]

    assert len(written) <= len(boxes)
    assert not [(box, label) for box in boxes for label in written if box.overlaps(label)]


def test_the_rows_that_were_taken_are_listed() -> None:
    lines = [[told(cell) for cell in line.iter("td")] for line in taken_rows(ROWS, TALLY).iter("tr")][1:]

    assert ["prompting", "Prepared [is within limits]", "ask the model", "awaiting_model", "3"] == lines[0]
    assert len(JOURNALS["parallel"]) == sum(int(line[-1]) for line in lines)
