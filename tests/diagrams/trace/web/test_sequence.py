"""The sequence picture."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest
from journals import JOURNALS, Journal

from detent.diagrams.text import text_width
from detent.diagrams.trace.runs import trace
from detent.diagrams.trace.sequence import steps
from detent.diagrams.trace.web.sequence import sequence


def drawn(journal: Journal) -> Element:
    return sequence(trace(journal).runs[0])


def groups(picture: Element, look: str) -> list[Element]:
    return [part for part in picture.iter("g") if look in str(part.get("class")).split()]


@pytest.mark.parametrize("journal", JOURNALS.values(), ids=JOURNALS)
def test_every_step_is_drawn_in_order_from_top_to_bottom(journal: Journal) -> None:
    picture = drawn(journal)
    told = steps(trace(journal).runs[0].moves)
    heights = [int(str(next(part.iter("text")).get("y"))) for part in groups(picture, "step")]

    assert len(told) == len(heights)
    assert heights == sorted(set(heights))
    assert heights[-1] < int(str(picture.get("height")))


def test_an_arrow_leads_from_one_line_to_the_other() -> None:
    picture = drawn(JOURNALS["parallel"])
    lines = [part.get("x1") for part in picture.iter("line")]
    first = next(groups(picture, "asks")[0].iter("path")).get("d")

    assert f"M{lines[0]}" == str(first).split()[0]
    assert f"H{lines[1]}" == str(first).split()[-1]


def test_texts_are_cut_to_the_room_there_is_and_whole_when_pointed_at() -> None:
    step = groups(drawn(JOURNALS["parallel"]), "asks")[0]
    title, label = next(step.iter("title")).text, next(step.iter("text")).text

    assert "user → gpt: What is the weather in Oslo?" == title
    assert str(label).startswith("What is the weather")
    assert text_width(str(label)) <= 210


def test_a_fault_is_marked_by_a_sign() -> None:
    faults = [next(part.iter("text")).text for part in groups(drawn(JOURNALS["parallel"]), "fault")]

    assert ["✗ Tool error: no", "✗ server: 500"] == faults


def test_the_heads_are_drawn_again_in_a_long_run() -> None:
    heads = [part for part in drawn(JOURNALS["long"]).iter("rect") if str(part.get("class")).startswith("head")]

    assert 4 * 7 == len(heads)


@pytest.mark.parametrize("journal", JOURNALS.values(), ids=JOURNALS)
def test_no_step_is_drawn_over_a_head(journal: Journal) -> None:
    picture = drawn(journal)
    heads = [part for part in picture.iter("rect") if str(part.get("class")).startswith("head")]
    taken = {(int(str(part.get("y"))), int(str(part.get("y"))) + int(str(part.get("height")))) for part in heads}
    lines = [int(str(next(part.iter("text")).get("y"))) for part in groups(picture, "step")]

    assert not [y for y in lines for top, bottom in taken if top < y + 6 and y - 12 < bottom]
