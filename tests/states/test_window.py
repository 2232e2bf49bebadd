"""How much of what came before is shown to the model."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from history_oracle import judge
from hypothesis import given
from hypothesis import strategies as st
from scenes import asked, picture, sealed
from strategies import json_values, messages, mutated_histories, valid_histories

from detent.states.messages import AssistantMessage, Said, UserMessage
from detent.states.turn import Entry, SealedTurn
from detent.states.window import window, window_of_messages

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


def with_pictures(turn: SealedTurn) -> SealedTurn:
    return evolve(turn, outcomes=tuple(evolve(outcome, parts=(picture(),)) for outcome in turn.outcomes))


def test_images_that_follow_the_results_are_counted_as_one_message_and_kept_with_them() -> None:
    turn = sealed("1")

    assert [3, 0] == [window((asked(), turn, SPOKEN), keep) for keep in (1, 2)]
    assert [3, 0] == [window((asked(), with_pictures(turn), SPOKEN), keep) for keep in (2, 3)]
    assert [3, 0] == [window((asked(), with_pictures(sealed("1", "2", "3")), SPOKEN), keep) for keep in (3, 4)]


def entries(draw_kinds: list[int]) -> tuple[Entry, ...]:
    built: list[Entry] = [asked()]
    for number, kind in enumerate(draw_kinds):
        turn = sealed("4", "5", first=number * 2)
        built.append((asked(), SPOKEN, sealed("4", first=number * 2), turn, with_pictures(turn))[kind])
    return tuple(built)


histories = st.lists(st.integers(0, 4), max_size=12).map(entries)
histories_of_texts = st.lists(st.integers(0, 3), max_size=12).map(entries)


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


# --- plain messages --------------------------------------------------------------------------------------------------

Message = dict[str, Any]

SYSTEM: Message = {"role": "system", "content": "Be brief."}
USER: Message = {"role": "user", "content": "hi"}
ANSWER: Message = {"role": "assistant", "content": "oh"}


def asks(*ids: str) -> Message:
    return {"role": "assistant", "content": None, "tool_calls": [{"id": each, "type": "function"} for each in ids]}


def result(call_id: str | None) -> Message:
    return {"role": "tool", "content": "4"} | ({} if call_id is None else {"tool_call_id": call_id})


@given(histories_of_texts, st.none() | st.integers(-2, 30))
def test_messages_are_cut_where_their_record_is(history: tuple[Entry, ...], keep: int | None) -> None:
    plain = [message for entry in history for message in entry.to_messages()]
    shown = [message for entry in history[window(history, keep) :] for message in entry.to_messages()]

    assert shown == window_of_messages(plain, keep)


@pytest.mark.parametrize(("expected", "keep"), [(5, None), (5, 9), (5, 3), (3, 2), (3, 1), (1, 0), (1, -1)])
def test_the_system_message_stays_beside_the_count(expected: int, keep: int | None) -> None:
    history = [SYSTEM, USER, ANSWER, USER, ANSWER]
    shown = window_of_messages(history, keep)

    assert expected == len(shown)
    assert [SYSTEM, *history[len(history) - expected + 1 :]] == shown


@pytest.mark.parametrize(
    "group",
    [
        [asks("x"), USER, result("x")],
        [asks("x", "y"), result("x"), USER, result("y")],
        [asks("x"), USER, result(None)],
        [asks("x"), asks("y"), USER, result("x")],
        [{"role": "assistant", "function_call": {"name": "f"}}, USER, {"role": "function", "name": "f", "content": "4"}],
    ],
)
def test_no_window_begins_between_a_call_and_its_result(group: list[Message]) -> None:
    history = [USER, *group, ANSWER]

    assert {0, len(history)} == {len(window_of_messages(history, keep)) for keep in range(8)}


def test_a_history_that_does_not_begin_with_the_user_is_shown_from_where_the_user_speaks() -> None:
    assert [USER] == window_of_messages([ANSWER, USER], 5)
    assert [] == window_of_messages([ANSWER], 5)


@pytest.mark.parametrize("odd", [None, 7, "hi", {}, {"role": "user"}])
def test_what_is_no_list_has_no_window(odd: Any) -> None:
    assert [] == window_of_messages(odd, 5) == window_of_messages(odd, None)


@given(st.lists(messages() | json_values, max_size=8) | mutated_histories(), st.none() | st.integers(-1, 10))
def test_a_window_of_any_messages_is_the_end_of_them_and_begins_with_the_user(history: list[Any], keep: int | None) -> None:
    shown = window_of_messages(history, keep)
    front = next((n for n, each in enumerate(shown) if _role(each) not in ("system", "developer")), len(shown))

    assert shown == history[:front] + history[len(history) - len(shown) + front :]
    assert keep is None or front == len(shown) or "user" == _role(shown[front])


@given(valid_histories(), st.integers(-1, 12))
def test_a_window_of_a_valid_history_is_valid(history: list[Message], keep: int) -> None:
    assert [] == judge(window_of_messages(history, keep))


def _role(message: object) -> object:
    return message.get("role") if isinstance(message, dict) else None
