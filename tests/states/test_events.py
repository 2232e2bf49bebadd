"""Every event is a fact: frozen, checked when it is made, and fit to be stored."""

from __future__ import annotations

import inspect
from typing import get_args

import attrs
import pytest
from hypothesis import given
from scenes import sealed
from strategies import BAD_ARGUMENTS, SOUND_ARGUMENTS, events

from detent.states import EVENTS, Event, Failure
from detent.states import events as module
from detent.states.events import (
    Answered,
    Approved,
    Denied,
    ModelFailed,
    ModelReplied,
    Opened,
    Prepared,
    Reply,
    RequestedCall,
    ToolAsked,
    ToolFailed,
    ToolReturned,
    UserSaid,
)
from detent.states.messages import UserMessage
from detent.states.turn import Ask, OutcomeKind, Waiting


def test_the_union_of_events_is_the_list_of_events() -> None:
    assert set(get_args(Event)) == set(EVENTS)
    assert len(set(EVENTS)) == len(EVENTS)


def test_every_class_with_a_time_is_an_event() -> None:
    classes = [kind for _, kind in inspect.getmembers(module, inspect.isclass) if kind.__module__ == module.__name__]

    assert set(EVENTS) == {kind for kind in classes if hasattr(kind, "at")}


@pytest.mark.parametrize("arguments", SOUND_ARGUMENTS)
def test_a_call_with_sound_arguments_has_no_flaw(arguments: str) -> None:
    assert RequestedCall(name="look", arguments=arguments).flaw is None


@pytest.mark.parametrize("arguments", BAD_ARGUMENTS)
def test_a_call_with_bad_arguments_has_a_flaw(arguments: str) -> None:
    assert RequestedCall(name="look", arguments=arguments).flaw is not None


def test_a_problem_that_the_wire_knows_is_the_flaw() -> None:
    assert "no such tool" == RequestedCall(name="look", arguments="{", problem="no such tool").flaw


def test_hidden_surrogates_in_arguments_are_gone_from_the_event() -> None:
    assert '{"a": "\ufffd"}' == RequestedCall(name="look", arguments='{"a": "\\ud800"}').arguments


@pytest.mark.parametrize("arguments", SOUND_ARGUMENTS)
def test_a_person_approves_with_arguments_that_could_be_sent(arguments: str) -> None:
    edited = Approved(call_id="call00000", arguments=arguments).arguments

    assert RequestedCall(name="look", arguments=arguments).arguments == edited


@pytest.mark.parametrize("arguments", BAD_ARGUMENTS)
def test_a_person_approves_with_no_arguments_that_could_not_be_sent(arguments: str) -> None:
    with pytest.raises(ValueError, match="the arguments"):
        Approved(call_id="call00000", arguments=arguments)


def test_a_person_may_leave_the_arguments_as_they_are() -> None:
    assert Approved(call_id="call00000").arguments is None


@pytest.mark.parametrize(
    ("expected", "answer"), [("null", "null"), (" [1] ", " [1] "), ('"\ufffd"', '"\\ud800"'), ("true", "true")]
)
def test_an_answer_is_any_json(expected: str, answer: str) -> None:
    assert expected == Answered(call_id="call00000", answer=answer).answer


@pytest.mark.parametrize("answer", ["", "yes", "{", "NaN", '{"a": 1, "a": 2}', "1 2", "[" * 200 + "]" * 200])
def test_what_is_no_json_is_no_answer(answer: str) -> None:
    with pytest.raises(ValueError, match="the text is n"):
        Answered(call_id="call00000", answer=answer)


def test_the_user_says_a_user_message() -> None:
    with pytest.raises(TypeError, match="message"):
        UserSaid(message="hi")  # type: ignore[arg-type]  # that is the point


def test_a_conversation_is_opened_under_an_id() -> None:
    with pytest.raises(TypeError, match="conversation_id"):
        Opened(conversation_id=5)  # type: ignore[arg-type]  # that is the point


def test_a_failed_call_did_not_return() -> None:
    with pytest.raises(ValueError, match="kind"):
        ToolFailed(call_id="call00000", content="", kind=OutcomeKind.RETURNED)


def test_spares_are_never_negative() -> None:
    with pytest.raises(ValueError, match="spares"):
        Prepared(spares=-1)


@pytest.mark.parametrize("seconds", [-1.0, float("nan")])
def test_no_duration_is_negative(seconds: float) -> None:
    failure = Failure(kind="server", message="500")
    with pytest.raises(ValueError, match="seconds"):
        ModelReplied(reply=Reply(), seconds=seconds)
    with pytest.raises(ValueError, match="seconds"):
        ModelFailed(failure=failure, seconds=seconds)
    with pytest.raises(ValueError, match="delay"):
        ModelFailed(failure=failure, delay=seconds)
    with pytest.raises(ValueError, match="seconds"):
        ToolReturned(call_id="", content="", seconds=seconds)
    with pytest.raises(ValueError, match="seconds"):
        ToolFailed(call_id="", content="", seconds=seconds)
    with pytest.raises(ValueError, match="seconds"):
        ToolAsked(call_id="", ask=Ask(question="?"), seconds=seconds)


@given(events())
def test_every_event_is_equal_to_its_copy_and_can_be_hashed(event: Event) -> None:
    assert event == attrs.evolve(event)
    assert hash(event) == hash(attrs.evolve(event))


@pytest.mark.parametrize(
    "event",
    [
        UserSaid(message=UserMessage(content="a\ud800")),
        ModelReplied(reply=Reply(problem="a\ud800")),
        ModelReplied(reply=Reply(calls=(RequestedCall(name="a\ud800"),))),
        ModelReplied(reply=Reply(calls=(RequestedCall(name="look", host_id="a\ud800"),))),
        ModelReplied(reply=Reply(calls=(RequestedCall(name="look", problem="a\ud800"),))),
        ModelFailed(failure=Failure(kind="server", message="a\ud800")),
        Approved(call_id="a\ud800"),
        Denied(call_id="call00000", reason="a\ud800"),
        ToolReturned(call_id="call00000", content="a\ud800"),
        ToolFailed(call_id="call00000", content="a\ud800"),
        Approved(call_id="call00000", arguments='{"a": "\ud800"}'),
        Answered(call_id="a\ud800", answer='"\ud800"'),
        ToolAsked(call_id="a\ud800", ask=Ask(question="a\ud800", schema='"\ud800"')),
        ToolAsked(
            call_id="call00000",
            ask=Ask(question="", waiting=(Waiting(id="\ud800", name="\ud800", arguments='"\ud800"', question="\ud800"),)),
        ),
        Opened(conversation_id="a\ud800"),
        Opened(conversation_id="c", system="a\ud800"),
        Opened(conversation_id="c", repairs=("a\ud800",)),
    ],
    ids=lambda event: type(event).__name__,
)
def test_every_text_of_an_event_can_be_stored(event: Event) -> None:
    """A lone surrogate cannot be written as UTF-8: the journal would refuse the event after it happened."""
    for text in _texts(event):
        assert text == text.encode("utf-8", "replace").decode()


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for item in value for text in _texts(item)]
    kind = type(value)
    return [text for each in attrs.fields(kind) for text in _texts(getattr(value, each.name))] if attrs.has(kind) else []


def test_a_conversation_opens_with_what_the_user_said() -> None:
    with pytest.raises(ValueError, match="begins with the user"):
        Opened(conversation_id="c", entries=(sealed("x"),))


def test_a_conversation_opens_with_calls_that_are_told_apart() -> None:
    twice = sealed("x")
    with pytest.raises(ValueError, match="the same id"):
        Opened(conversation_id="c", entries=(UserMessage(content="hi"), twice, twice))


def test_ids_go_on_after_those_of_an_imported_history() -> None:
    entries = (UserMessage(content="hi"), sealed("x", "y", first=4))

    assert 6 == Opened(conversation_id="c", entries=entries).minted
