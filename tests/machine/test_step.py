"""`step` and `replay`."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from scenes import (
    WHICH,
    after,
    answer,
    asking,
    awaiting_approval,
    awaiting_model,
    call,
    calls,
    dispatching,
    prompting,
    said,
)
from strategies import conversations, events
from table_walk import takers
from transitions import Machine

from detent.errors import DetentError, IllegalEvent
from detent.machine.codec import dump_event, dumps, load_event, loads
from detent.machine.step import replay, step
from detent.machine.table import build
from detent.states import EVENTS, Conversation, Event, State, effects
from detent.states.effects import AskAnswer
from detent.states.events import Answered, Approved, Cancelled, Opened, Prepared, ToolReturned, ToolStarted


def test_a_step_sets_the_state_of_the_row_and_counts_the_event() -> None:
    conversation = step(Conversation(), said())

    assert State.PROMPTING is conversation.state
    assert 1 == conversation.seq


def test_a_step_makes_a_new_conversation() -> None:
    before = prompting()
    copied = copy.deepcopy(before)
    step(before, Prepared())

    assert copied == before


def test_a_step_that_changes_nothing_else_counts() -> None:
    conversation = step(Conversation(), Opened(conversation_id=""))

    assert evolve(Conversation(), seq=1) == conversation


def test_an_illegal_event_raises_and_changes_nothing() -> None:
    before = dispatching()
    copied = copy.deepcopy(before)
    with pytest.raises(IllegalEvent):
        step(before, answer())

    assert copied == before


def test_an_illegal_event_says_what_is_legal() -> None:
    with pytest.raises(IllegalEvent) as raised:
        step(prompting(), answer())

    assert ("prompting", "ModelReplied") == (raised.value.state, raised.value.event)
    assert "ModelReplied is not legal while prompting: here only Cancelled, Prepared, UserSaid can come" in str(raised.value)
    assert isinstance(raised.value, DetentError)


def test_an_event_whose_guard_fails_says_so() -> None:
    with pytest.raises(IllegalEvent, match="ToolReturned is not legal while dispatching_tools: it names no call that is owed"):
        step(dispatching(), ToolReturned(call_id="call99999", content=""))


def test_the_second_of_two_equal_mistakes_is_told_as_the_first() -> None:
    told: list[str] = []
    for _ in range(2):
        with pytest.raises(IllegalEvent) as raised:
            step(awaiting_model(), Approved(call_id="call00000"))
        told.append(str(raised.value))

    assert told[0] == told[1]


def test_a_mistake_leaves_the_machine_as_it_was() -> None:
    machine = build()
    before = _rows_by_state(machine)
    for conversation in (Conversation(), prompting(), awaiting_model(), awaiting_approval(), dispatching()):
        with pytest.raises(IllegalEvent):
            step(conversation, ToolReturned(call_id="call99999", content=""), machine)

    assert before == _rows_by_state(machine)


def _rows_by_state(machine: Machine) -> dict[tuple[str, str], int]:
    return {(name, state): len(rows) for name, event in machine.events.items() for state, rows in event.transitions.items()}


@pytest.mark.parametrize("odd", [None, "UserSaid", 7, object(), UserWarning(), Exception])
def test_what_is_no_event_is_illegal(odd: object) -> None:
    with pytest.raises(IllegalEvent):
        step(Conversation(), odd)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # that is the point


def test_a_namesake_of_an_event_is_illegal() -> None:
    namesake: Any = type("Cancelled", (), {"at": 0.0})()

    with pytest.raises(IllegalEvent):
        step(prompting(), namesake)


def test_an_event_class_in_place_of_an_event_is_illegal() -> None:
    for kind in EVENTS:
        with pytest.raises(IllegalEvent):
            step(prompting(), kind)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # that is the point


def test_replay_is_the_fold_of_the_events() -> None:
    events = (said(), Prepared(), answer())

    assert step(step(step(Conversation(), events[0]), events[1]), events[2]) == replay(events)
    assert Conversation() == replay(())


def test_replay_goes_on_from_a_conversation() -> None:
    assert replay((said(), Prepared(), Cancelled())) == replay((Cancelled(),), awaiting_model())


def test_a_run_goes_on_in_the_middle_of_a_question_after_a_crash() -> None:
    """What is stored is all there is: the questions are open still, and the answer finds its own."""
    told = (said(), Prepared(), calls(call("a"), call("b")), ToolStarted(call_id="call00000"), asking(0), asking(1))
    before = replay(told)
    resumed = loads(dumps(replay(load_event(dump_event(event)) for event in told)))
    answered = Answered(call_id="call00001", answer='"this"')

    assert before == resumed
    assert [WHICH, WHICH] == [effect.ask for effect in effects(resumed) if isinstance(effect, AskAnswer)]
    assert step(before, answered) == step(resumed, answered)


def test_replay_stops_at_the_first_event_that_does_not_fit() -> None:
    with pytest.raises(IllegalEvent, match="Prepared"):
        replay((said(), Prepared(), Prepared(), answer()))


@given(conversations(), events())
def test_any_event_in_any_state_is_taken_by_a_row_or_illegal(
    walked: tuple[Conversation, tuple[Event, ...]], event: Event
) -> None:
    conversation, _ = walked
    before = repr((conversation, event))
    rows = takers(conversation, event)
    try:
        result = step(conversation, event)
    except IllegalEvent:
        assert [] == rows
    else:
        (row,) = rows
        assert (row.to, conversation.seq + 1) == (result.state, result.seq)
        assert evolve(row.then(conversation, event), state=row.to, seq=conversation.seq + 1) == result

    assert before == repr((conversation, event))


@given(conversations())
def test_the_events_of_a_conversation_make_it_again(walked: tuple[Conversation, tuple[Event, ...]]) -> None:
    conversation, taken = walked

    assert conversation == replay(taken)
    assert len(taken) == conversation.seq


def test_the_same_step_gives_the_same_conversation() -> None:
    before = dispatching(call("a"), call("b"))
    event = ToolReturned(call_id="call00001", content="4")

    assert step(before, event) == step(before, event) == after(before, event)
