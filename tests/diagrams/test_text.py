"""How wide a text is."""

from __future__ import annotations

from attrs import evolve

from detent.diagrams.text import Line, lines_of, text_width
from detent.states import ROWS


def test_wide_letters_count_for_more() -> None:
    assert text_width("iiii") < text_width("nnnn") < text_width("NNNN") < text_width("MMMM")
    assert 2 * text_width("n" * 50, 12) == text_width("n" * 50, 24)


def test_an_event_and_its_guard_share_a_line_if_they_fit() -> None:
    row = next(row for row in ROWS if row.label == "asks for tools")

    assert (Line("ModelReplied", "[asks for tools]"),) == lines_of((row,))


def test_several_guards_of_an_event_stand_below_it() -> None:
    rows = tuple(row for row in ROWS if row.label in ("asks for tools", "answers"))

    assert (Line("ModelReplied"), Line(guard="[asks for tools]"), Line(guard="[answers]")) == lines_of(rows)


def test_a_long_guard_stands_below_its_event() -> None:
    def is_something_that_takes_a_great_many_words_to_say(conversation: object, event: object) -> bool:
        return True

    row = evolve(ROWS[0], when=is_something_that_takes_a_great_many_words_to_say)

    assert ["Prepared", ""] == [line.event for line in lines_of((row,))]
