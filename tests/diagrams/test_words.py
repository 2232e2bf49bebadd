"""Small texts: made safe, cut, and lengths of time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detent.diagrams.words import clock, counted, cut, duration, in_one_line, times, visible


@pytest.mark.parametrize("hidden", ["\x00", "\x1b", "\x7f", "\x9b", "\u200b", "\u202e", "\u2066", "\u2028", "\u2029", "\ufeff"])
def test_a_character_that_can_not_be_seen_is_shown_as_one_that_can(hidden: str) -> None:
    assert "a\ufffdb" == visible(f"a{hidden}b")


@pytest.mark.parametrize("kept", ["\n", "\t", "\u00a0", "\u3000", "é", "漢", "👩\u200d🚀"])
def test_what_can_be_seen_is_left_alone(kept: str) -> None:
    assert f"a{kept}b" == visible(f"a{kept}b")


def test_line_breaks_of_either_kind_are_one() -> None:
    assert "a\nb" == visible("a\r\nb")


@given(st.text())
def test_one_line_is_one_line_whatever_was_written(text: str) -> None:
    line = in_one_line(text)

    assert line.splitlines() in ([], [line])
    assert line == line.strip()
    assert line == visible(line)


@given(st.text(), st.integers(1, 50))
def test_what_is_cut_is_never_longer_and_says_that_it_was_cut(text: str, most: int) -> None:
    shown = cut(text, most)

    assert len(shown) <= most
    assert shown == text or shown.endswith("…")


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0.00 s"),
        (0.424, "0.42 s"),
        (12.34, "12.3 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 0 s"),
        (200, "3 min 20 s"),
        (7500, "2 h 5 min"),
        (356_400, "4 d 3 h"),
    ],
)
def test_a_length_of_time_is_told_in_the_two_units_that_matter(seconds: float, told: str) -> None:
    assert told == duration(seconds)


@pytest.mark.parametrize(("seconds", "told"), [(0, "0:00.00"), (1.2, "0:01.20"), (59.999, "1:00.00"), (7300.1, "2:01:40.10")])
def test_a_clock_shows_hundredths(seconds: float, told: str) -> None:
    assert told == clock(seconds)


def test_one_is_told_without_an_s() -> None:
    assert ["0 calls", "1 call", "1,200 calls"] == [counted(number, "call") for number in (0, 1, 1200)]
    assert "\u00d73" == times(3)
