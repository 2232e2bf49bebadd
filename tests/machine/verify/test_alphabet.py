"""The alphabet: what can arrive is taken, what can not is refused, and no kind of event is forgotten."""

from __future__ import annotations

import random

import pytest
from letter_walk import walk
from scenes import awaiting_approval, awaiting_model, dispatching, gated

from detent.errors import IllegalEvent
from detent.machine.step import step
from detent.machine.verify import expected, strays
from detent.states import EVENTS, Conversation, Limits, State, effects
from detent.states.effects import AskAnswer, AskApproval, CallTool
from detent.states.events import ToolAsked, ToolStarted, UserSaid, Worked
from detent.states.turn import OutcomeKind

WALKED = [record for _, _, record in walk(random.Random(3), 800)]


def names(conversation: Conversation) -> list[str]:
    return [letter.name for letter in expected(conversation)]


def test_every_letter_is_legal_and_has_a_name_of_its_own() -> None:
    for record in WALKED:
        letters = expected(record)
        for letter in letters:
            step(record, letter.event)

        assert len(letters) == len({letter.name for letter in letters})


def test_every_stray_is_refused() -> None:
    for record in WALKED[::4]:
        for event in strays(record, expected(record)):
            with pytest.raises(IllegalEvent):
                step(record, event)


def test_each_kind_of_event_is_expected_somewhere_and_a_stray_elsewhere() -> None:
    awaited = {type(letter.event) for record in (Conversation(), *WALKED) for letter in expected(record)}
    refused = {type(event) for record in WALKED for event in strays(record, expected(record))}

    assert set(EVENTS) - {Worked} == awaited
    assert {UserSaid} == set(EVENTS) - refused  # the user may always speak


def test_every_effect_has_letters_that_answer_it() -> None:
    for record in WALKED:
        named = {getattr(letter.event, "call_id", None) for letter in expected(record)}
        wanted = [effect.call.id for effect in effects(record) if isinstance(effect, CallTool | AskApproval | AskAnswer)]

        assert set(wanted) == named - {None}


def test_a_model_can_ask_for_up_to_three_calls_of_each_kind() -> None:
    asked = {name for name in names(awaiting_model()) if name.startswith("the model asks for ")}

    assert 5 + 5**2 + 3**3 + 1 == len(asked)
    assert {"the model asks for gated and bad", "the model asks for unknown, good"} < asked


def test_time_runs_out_only_where_it_is_limited() -> None:
    late = [name for name in names(awaiting_model(Limits(seconds=5.0))) if "too late" in name]

    assert 4 == len(late)
    assert not any("too late" in name for name in names(awaiting_model()))


def test_a_crash_may_leave_a_tool_started_and_its_outcome_unknown() -> None:
    running = dispatching()
    started = step(running, ToolStarted(call_id="call00000"))
    fresh = [letter for letter in expected(started) if letter.name not in names(running)]

    assert [False] == [letter.outside for letter in expected(running) if isinstance(letter.event, ToolStarted)]
    assert [True] == [letter.outside for letter in expected(started) if isinstance(letter.event, ToolStarted)]
    assert {OutcomeKind.LOST, None} == {getattr(letter.event, "kind", None) for letter in fresh}
    assert all(letter.outside for letter in fresh)


def test_what_people_do_is_outside_and_what_a_driver_does_is_not() -> None:
    outside = {letter.name for letter in expected(awaiting_approval(gated())) if letter.outside}
    inside = [letter for letter in expected(dispatching()) if not letter.outside]

    assert set(names(awaiting_approval(gated()))) == outside
    assert ToolAsked in {type(letter.event) for letter in inside}


def test_a_blank_conversation_may_open_and_another_may_not() -> None:
    assert "the conversation opens" in names(Conversation())
    assert "the conversation opens" not in names(Conversation(state=State.DONE, seq=1))
