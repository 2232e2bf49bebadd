"""What is wanted next, in each state."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given
from scenes import (
    AGAIN,
    WHICH,
    after,
    asking,
    awaiting_approval,
    awaiting_model,
    call,
    calls,
    closing,
    dispatching,
    fault,
    gated,
    prompting,
    said,
    slots,
)
from strategies import conversations

from detent.states import Conversation, Event, State, effects
from detent.states.effects import AskAnswer, AskApproval, CallModel, CallTool, Prepare
from detent.states.events import Answered, Approved, Cancelled, Opened, Prepared, ToolReturned, ToolStarted
from detent.states.turn import Ask


def test_nothing_is_wanted_of_a_new_conversation() -> None:
    assert () == effects(Conversation())


def test_while_prompting_a_model_call_is_to_be_prepared() -> None:
    assert (Prepare(),) == effects(prompting())


def test_after_a_fault_the_preparation_waits() -> None:
    conversation = after(awaiting_model(), fault(delay=2.5, at=10.0))

    assert (Prepare(not_before=12.5),) == effects(conversation)


def test_while_awaiting_the_model_it_is_to_be_called() -> None:
    assert (CallModel(model_index=0, attempt=0, closing=False),) == effects(awaiting_model())


def test_a_retry_is_another_attempt_of_the_same_model() -> None:
    assert (CallModel(attempt=1),) == effects(after(awaiting_model(), fault(), Prepared()))


def test_a_spare_model_is_called_by_its_index() -> None:
    conversation = after(awaiting_model(spares=1), fault(retryable=False), Prepared())

    assert (CallModel(model_index=1, attempt=0),) == effects(conversation)


def test_closing_words_are_asked_for_as_such() -> None:
    assert (CallModel(closing=True),) == effects(closing())


def test_while_dispatching_each_owed_call_is_wanted_in_call_order() -> None:
    conversation = dispatching(call("a"), call("b", problem="bad"), call("c"))

    assert ["a", "c"] == [effect.call.name for effect in effects(conversation) if isinstance(effect, CallTool)]


def test_an_idempotency_key_names_conversation_turn_and_call() -> None:
    conversation = after(Conversation(), Opened(conversation_id="c1"), said(), Prepared(), calls(call()))
    (effect,) = effects(conversation)

    assert isinstance(effect, CallTool)
    assert "c1:3:call00000" == effect.key


def test_an_idempotency_key_stays_while_a_turn_is_open() -> None:
    before = dispatching(call("a"), call("b"))
    later = after(before, said(), ToolStarted(call_id="call00001"), ToolReturned(call_id="call00000", content=""))

    assert [effect.key for effect in effects(before) if isinstance(effect, CallTool)][1:] == [
        effect.key for effect in effects(later) if isinstance(effect, CallTool)
    ]


def test_a_recorded_start_is_seen_in_the_effect() -> None:
    conversation = after(dispatching(call("a"), call("b")), ToolStarted(call_id="call00001"))

    assert [False, True] == [effect.started for effect in effects(conversation) if isinstance(effect, CallTool)]


def test_a_person_is_asked_about_gated_calls_only_and_nothing_runs_meanwhile() -> None:
    conversation = awaiting_approval(call("a"), gated("b"), gated("c"))

    assert ["b", "c"] == [effect.call.name for effect in effects(conversation) if isinstance(effect, AskApproval)]
    assert 2 == len(effects(conversation))


def test_a_person_is_asked_once_about_each_call() -> None:
    conversation = after(awaiting_approval(gated("a"), gated("b")), Approved(call_id="call00000"))

    assert ["b"] == [effect.call.name for effect in effects(conversation) if isinstance(effect, AskApproval)]


def test_a_person_is_asked_what_a_tool_wants_to_know() -> None:
    conversation = after(dispatching(call("a"), call("b")), asking(0), asking(1, AGAIN))
    one, other = (slot.call for slot in slots(conversation))

    assert (AskAnswer(call=one, ask=WHICH), AskApproval(call=other, ask=AGAIN)) == effects(conversation)


def test_a_call_that_only_needs_a_word_has_no_question() -> None:
    conversation = awaiting_approval()

    assert (AskApproval(call=slots(conversation)[0].call, ask=None),) == effects(conversation)


def test_nothing_is_run_or_asked_for_a_tool_that_asked_while_others_run() -> None:
    conversation = after(dispatching(call("a"), call("b")), asking(0))

    assert ["b"] == [effect.call.name for effect in effects(conversation) if isinstance(effect, CallTool)]
    assert 1 == len(effects(conversation))


def test_a_tool_runs_again_with_all_answers_under_the_same_key() -> None:
    before = dispatching()
    asked = (ToolStarted(call_id="call00000"), asking(0), Answered(call_id="call00000", answer="1"), asking(0))
    conversation = after(before, *asked, Answered(call_id="call00000", answer="[2]"))
    (first,) = effects(before)

    assert isinstance(first, CallTool)
    assert (evolve(first, started=False, answers=("1", "[2]")),) == effects(conversation)


def test_a_call_runs_with_the_arguments_of_the_person_who_approved_it() -> None:
    before = awaiting_approval(gated("pay", '{"a": 1}'), call("look", '{"b": 1}'))
    conversation = after(before, Approved(call_id="call00000", arguments='{"a": 2}'))

    assert ['{"a": 2}', '{"b": 1}'] == [
        effect.call.arguments for effect in effects(conversation) if isinstance(effect, CallTool)
    ]


@pytest.mark.parametrize("ask", [WHICH, AGAIN])
def test_a_person_is_shown_the_arguments_with_which_the_call_runs(ask: Ask) -> None:
    conversation = after(awaiting_approval(), Approved(call_id="call00000", arguments='{"a": 2}'), asking(0, ask))

    assert ['{"a": 2}'] == [
        effect.call.arguments for effect in effects(conversation) if isinstance(effect, AskAnswer | AskApproval)
    ]


def test_nothing_is_wanted_after_a_run() -> None:
    assert () == effects(after(dispatching(), Cancelled()))


def test_a_record_without_its_turn_wants_nothing() -> None:
    assert () == effects(evolve(dispatching(), turn=None))
    assert () == effects(evolve(awaiting_approval(), turn=None))


@given(conversations())
def test_something_is_wanted_exactly_while_a_run_lives(walk: tuple[Conversation, tuple[Event, ...]]) -> None:
    conversation, _ = walk

    assert conversation.state.ends_a_run is not bool(effects(conversation))
    assert len(set(effects(conversation))) == len(effects(conversation))


def test_every_state_is_answered() -> None:
    for state in State:
        assert isinstance(effects(evolve(Conversation(), state=state)), tuple)
