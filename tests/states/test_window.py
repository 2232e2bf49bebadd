"""How much of what came before is shown to the model."""

from __future__ import annotations

import pytest
from history_oracle import judge
from hypothesis import given
from hypothesis import strategies as st
from scenes import asked, sealed

from detent.states.messages import AssistantMessage, Said, UserMessage
from detent.states.turn import Entry
from detent.states.window import window

SPOKEN = AssistantMessage(said=Said(text="oh"))
TALK: tuple[Entry, ...] = (asked(), SPOKEN, asked(), SPOKEN, asked(), SPOKEN)
TOOLS: tuple[Entry, ...] = (asked(), sealed("1", "2", "3"), SPOKEN, asked(), sealed("4", first=3), SPOKEN)


@pytest.mark.parametrize(
    ("expected", "keep"),
    [(0, None), (6, 0), (4, 1), (4, 2), (2, 3), (2, 4), (0, 5), (0, 6), (0, 100), (6, -1)],
)
def test_a_talk_is_cut_where_the_user_speaks(expected: int, keep: int | None) -> None:
    assert expected == window(TALK, keep)


@pytest.mark.parametrize(("expected", "keep"), [(6, 1), (3, 2), (3, 3), (3, 4), (3, 6), (0, 7), (0, 8), (0, 10)])
def test_a_call_and_its_results_are_counted_and_kept_together(expected: int, keep: int) -> None:
    assert expected == window(TOOLS, keep)


def test_an_empty_history_is_shown_whole() -> None:
    assert 0 == window((), None)
    assert 0 == window((), 5)


def entries(draw_kinds: list[int]) -> tuple[Entry, ...]:
    built: list[Entry] = [asked()]
    for number, kind in enumerate(draw_kinds):
        built.append((asked(), SPOKEN, sealed("4", first=number * 2), sealed("4", "5", first=number * 2))[kind])
    return tuple(built)


histories = st.lists(st.integers(0, 3), max_size=12).map(entries)


def size(history: tuple[Entry, ...]) -> int:
    return sum(len(entry.to_messages()) for entry in history)


@given(histories, st.none() | st.integers(-2, 30))
def test_a_window_is_a_valid_history_that_begins_with_the_user(history: tuple[Entry, ...], keep: int | None) -> None:
    start = window(history, keep)

    assert 0 <= start <= len(history)
    assert start == len(history) or isinstance(history[start], UserMessage)
    assert [] == judge([message for entry in history[start:] for message in entry.to_messages()])


@given(histories, st.integers(0, 30))
def test_no_other_place_is_nearer_to_what_was_asked_for(history: tuple[Entry, ...], keep: int) -> None:
    start = window(history, keep)
    places = [index for index, entry in enumerate(history) if isinstance(entry, UserMessage)] + [len(history)]
    wanted = min(keep, size(history))
    distances = {index: abs(size(history[index:]) - wanted) for index in places}

    assert min(distances.values()) == distances[start]
    assert min(index for index in places if distances[index] == distances[start]) == start


@given(histories, st.integers(0, 30))
def test_a_larger_window_never_shows_less(history: tuple[Entry, ...], keep: int) -> None:
    assert window(history, keep + 1) <= window(history, keep)
