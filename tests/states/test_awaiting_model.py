"""`awaiting_model`: what the reply holds decides what happens next."""

from __future__ import annotations

import itertools

import pytest
from attrs import evolve
from history_oracle import judge
from hypothesis import given
from scenes import (
    after,
    answer,
    asked,
    awaiting_model,
    blank,
    call,
    calls,
    closing,
    fault,
    gated,
    prompting,
    said,
)
from strategies import conversations, replies

from detent.states import Conversation, Event, Failure, Limits, Run, State, Usage, effects
from detent.states.awaiting_model import ROWS
from detent.states.effects import CallModel
from detent.states.events import Cancelled, ModelFailed, ModelReplied, Prepared, Reply, RequestedCall
from detent.states.messages import AssistantMessage, Said, UserMessage

SPENT = Usage(prompt=5, completion=2, cost=0.25)


def holding(conversation: Conversation, event: Event) -> list[str]:
    """Return the labels of the rows that take *event*."""
    return [row.label for row in ROWS if row.event is type(event) and row.when(conversation, event)]


# --- calls -----------------------------------------------------------------------------------------------------------


def test_calls_that_can_run_are_run() -> None:
    conversation = after(awaiting_model(), calls(call("a"), call("b"), text="Let me see."))

    assert State.DISPATCHING_TOOLS is conversation.state
    assert conversation.turn is not None
    assert ["a", "b"] == [slot.call.name for slot in conversation.turn.owed]
    assert "Let me see." == conversation.turn.said.text
    assert ["hi"] == [message["content"] for message in conversation.messages]


def test_calls_that_need_a_word_wait_for_it() -> None:
    conversation = after(awaiting_model(), calls(call("a"), gated("b"), at=7.0))

    assert State.AWAITING_APPROVAL is conversation.state
    assert 7.0 == conversation.run.parked_at


def test_the_clock_runs_on_where_no_word_is_needed() -> None:
    assert after(awaiting_model(), calls(call("a"), at=7.0)).run.parked_at is None


def test_calls_decide_whatever_the_finish_reason_and_the_problem_say() -> None:
    reply = Reply(said=Said(text="and a text", finish="stop"), calls=(call(),), problem="also a problem")

    assert State.DISPATCHING_TOOLS is after(awaiting_model(), ModelReplied(reply=reply)).state


def test_calls_of_which_none_can_run_are_answered_at_once() -> None:
    conversation = after(awaiting_model(), calls(call("a", '{"a":'), gated("b", "[]")))

    assert State.PROMPTING is conversation.state
    assert conversation.turn is None
    assert 2 == sum("Tool error: the arguments" in str(message["content"]) for message in conversation.messages)
    assert [] == judge(conversation.messages, sendable=True)


def test_a_batch_over_the_limit_runs_what_fits_and_no_word_is_asked_on_the_rest() -> None:
    conversation = after(awaiting_model(Limits(tool_calls=1)), calls(call("a"), gated("b")))

    assert State.DISPATCHING_TOOLS is conversation.state
    assert (1, 1) == (conversation.run.tool_calls, conversation.run.refused_calls)
    assert conversation.turn is not None
    assert ["a"] == [slot.call.name for slot in conversation.turn.owed]


def test_only_calls_that_run_are_counted() -> None:
    conversation = after(
        awaiting_model(Limits(tool_calls=2)), calls(call("x", "{"), call("a"), call("b"), call("c"), call("d"))
    )

    assert (2, 2) == (conversation.run.tool_calls, conversation.run.refused_calls)
    assert 5 == conversation.minted


def test_a_reply_is_counted_with_what_it_used() -> None:
    conversation = after(awaiting_model(), calls(call(), usage=SPENT))

    assert 1 == conversation.run.rounds
    assert evolve(SPENT, model_calls=1) == conversation.run.usage == conversation.usage


def test_call_ids_go_on_over_the_runs() -> None:
    conversation = after(awaiting_model(), calls(call("x", "{")), Prepared(), answer(), said(), Prepared(), calls(call("a")))

    assert conversation.turn is not None
    assert "call00001" == conversation.turn.slots[0].call.id


# --- answers ---------------------------------------------------------------------------------------------------------


def test_an_answer_ends_the_run() -> None:
    conversation = after(awaiting_model(), answer("42", usage=SPENT))

    assert State.DONE is conversation.state
    assert {"role": "assistant", "content": "42"} == conversation.messages[-1]
    assert 1 == conversation.run.rounds
    assert 5 == conversation.usage.prompt


def test_an_answer_before_the_user_was_heard_is_kept_and_the_run_goes_on() -> None:
    conversation = after(awaiting_model(), said("wait"), answer("42"))

    assert State.PROMPTING is conversation.state
    assert ["hi", "42"] == [message["content"] for message in conversation.messages]
    assert (asked("wait"),) == conversation.inbox


def test_an_answer_gives_back_the_tries_and_keeps_the_faults_before_it() -> None:
    conversation = after(awaiting_model(), fault(), Prepared(), blank(), Prepared(), answer())

    assert (0, None) == (conversation.run.attempts, conversation.run.failure)
    assert ["server", "unusable_reply"] == [each.kind for each in conversation.run.faults]


def test_a_new_run_has_no_faults_yet() -> None:
    assert () == after(awaiting_model(), fault(), Prepared(), answer(), said()).run.faults


# --- closing ---------------------------------------------------------------------------------------------------------


def test_closing_words_end_the_run_at_its_limit() -> None:
    conversation = after(closing(), answer("In short."))
    last = conversation.history[-1]

    assert State.LIMIT_HIT is conversation.state
    assert "1 round" == conversation.run.limit
    assert isinstance(last, AssistantMessage)
    assert ("In short.", False) == (last.said.text, last.synthetic)
    assert 2 == conversation.run.rounds


@pytest.mark.parametrize("reply", [blank(), calls(call()), calls(gated(), text=" ")])
def test_without_closing_words_what_was_gathered_is_written_down(reply: ModelReplied) -> None:
    conversation = after(closing(), reply)

    assert State.LIMIT_HIT is conversation.state
    assert str(conversation.messages[-1]["content"]).startswith("The limit of 1 round was reached. What the tools returned:")


def test_closing_words_beside_calls_are_enough() -> None:
    assert "In short." == after(closing(), calls(call(), text="In short.")).messages[-1]["content"]


def test_closing_words_stand_though_something_is_wrong_with_them() -> None:
    assert "In short." == after(closing(), answer("In short.", problem="not JSON")).messages[-1]["content"]


@pytest.mark.parametrize("reply", [answer("In short."), blank()])
def test_what_the_user_said_while_the_run_closed_is_kept(reply: ModelReplied) -> None:
    conversation = after(closing(), said("wait"), reply)

    assert 1 == sum(message["content"] == "wait" for message in conversation.messages)
    assert () == conversation.inbox
    assert [] == judge(conversation.messages)


def test_a_fault_is_tried_again_while_closing() -> None:
    assert State.PROMPTING is after(closing(), fault()).state


def test_a_fault_for_good_ends_a_closing_run_at_its_limit() -> None:
    conversation = after(closing(), fault(retryable=False))

    assert State.LIMIT_HIT is conversation.state
    assert Failure(kind="server", message="500") == conversation.run.faults[-1]
    assert str(conversation.messages[-1]["content"]).startswith("The limit of 1 round was reached.")


# --- nothing usable --------------------------------------------------------------------------------------------------


def test_an_empty_reply_is_asked_again_with_a_word_on_it() -> None:
    conversation = after(awaiting_model(), blank())
    last = conversation.history[-1]

    assert State.PROMPTING is conversation.state
    assert isinstance(last, UserMessage)
    assert last.synthetic
    assert "The last reply was empty. Please answer, or call a tool." == last.content
    assert (0, 1) == (conversation.run.rounds, conversation.run.attempts)
    assert 1 == conversation.usage.model_calls


def test_a_reply_cut_off_is_asked_again_more_briefly() -> None:
    conversation = after(awaiting_model(), blank(finish="length"))

    assert (
        "The last reply was cut off before it said anything. Please answer more briefly."
        == conversation.messages[-1]["content"]
    )


def test_an_answer_with_a_problem_is_kept_and_the_problem_told() -> None:
    conversation = after(awaiting_model(), answer("42", problem="JSON is wanted."))

    assert State.PROMPTING is conversation.state
    assert ["hi", "42", "JSON is wanted."] == [message["content"] for message in conversation.messages]


@pytest.mark.parametrize("problem", ["", " \n", "\0", "\ud800"])
@pytest.mark.parametrize("text", ["", "42"])
@pytest.mark.parametrize("retries", [0, 1])
def test_a_problem_of_no_words_is_a_problem_all_the_same(problem: str, text: str, retries: int) -> None:
    conversation = after(awaiting_model(Limits(retries=retries)), answer(text, problem=problem))

    assert [] == judge(conversation.messages)


def test_the_user_is_heard_after_the_word_on_an_unusable_reply() -> None:
    conversation = after(awaiting_model(), said("wait"), blank(), Prepared())

    assert "wait" == conversation.messages[-1]["content"]


def test_after_the_last_try_the_run_fails() -> None:
    conversation = after(awaiting_model(Limits(retries=1)), blank(), Prepared(), blank())

    assert State.FAILED is conversation.state
    assert conversation.run.failure is not None
    assert "unusable_reply" == conversation.run.failure.kind
    assert "The model gave no usable reply in 2 tries. The last reply was empty. Please answer, or call a tool." == (
        conversation.run.failure.message
    )
    assert 2 == conversation.usage.model_calls


def test_what_the_last_unusable_reply_said_is_kept() -> None:
    conversation = after(awaiting_model(Limits(retries=0)), said("wait"), answer("42", problem="JSON is wanted."))

    assert State.FAILED is conversation.state
    assert {"hi", "42", "wait"} == {str(message["content"]) for message in conversation.messages}
    assert [] == judge(conversation.messages)


def test_after_the_last_try_of_one_model_the_next_is_asked() -> None:
    conversation = after(awaiting_model(Limits(retries=0), spares=1), blank())

    assert State.PROMPTING is conversation.state
    assert (1, 0, 0) == (conversation.run.model_index, conversation.run.attempts, conversation.run.spares)


# --- faults ----------------------------------------------------------------------------------------------------------


def test_a_fault_that_may_pass_is_tried_again_after_its_pause() -> None:
    conversation = after(awaiting_model(), fault(delay=2.5, at=10.0))

    assert State.PROMPTING is conversation.state
    assert (1, 12.5) == (conversation.run.attempts, conversation.run.not_before)
    assert Failure(kind="server", message="500") == conversation.run.faults[-1]
    assert ["hi"] == [message["content"] for message in conversation.messages]


def test_a_fault_without_a_pause_is_tried_again_at_once() -> None:
    assert after(awaiting_model(), fault(at=10.0)).run.not_before is None


def test_the_next_model_is_asked_without_a_pause() -> None:
    conversation = after(awaiting_model(spares=1), fault(retryable=False, delay=60.0))

    assert (1, 0, 0, None) == (
        conversation.run.model_index,
        conversation.run.attempts,
        conversation.run.spares,
        conversation.run.not_before,
    )


def test_a_fault_for_good_fails_the_run_and_keeps_the_history() -> None:
    conversation = after(awaiting_model(), said("wait"), fault(retryable=False))

    assert State.FAILED is conversation.state
    assert Failure(kind="server", message="500") == conversation.run.faults[-1]
    assert ["hi", "wait"] == [message["content"] for message in conversation.messages]


@pytest.mark.parametrize(("retries", "spares"), [*itertools.product(range(3), range(3))])
def test_each_model_is_tried_as_often_as_it_may_be(retries: int, spares: int) -> None:
    conversation = prompting(Limits(retries=retries))
    models: list[int] = []
    while conversation.state is State.PROMPTING:
        conversation = after(conversation, Prepared(spares=spares - conversation.run.model_index))
        (wanted,) = effects(conversation)
        assert isinstance(wanted, CallModel)
        models.append(wanted.model_index)
        conversation = after(conversation, fault())

    assert sorted([*range(spares + 1)] * (retries + 1)) == models
    assert State.FAILED is conversation.state


def test_faults_and_empty_replies_share_their_tries() -> None:
    conversation = after(awaiting_model(Limits(retries=2)), fault(), Prepared(), blank(), Prepared(), fault())

    assert State.FAILED is conversation.state


def test_when_the_time_is_up_a_fault_is_a_matter_of_the_limit() -> None:
    limits = Limits(seconds=5.0, retries=0)
    conversation = after(awaiting_model(limits), fault(retryable=False, at=5.0))

    assert State.PROMPTING is conversation.state
    assert State.LIMIT_HIT is after(conversation, Prepared(at=5.0)).state


def test_before_the_time_is_up_a_fault_is_a_fault() -> None:
    assert State.FAILED is after(awaiting_model(Limits(seconds=5.0, retries=0)), fault(at=4.9)).state


@pytest.mark.parametrize("on_limit", ["summary", "answer"])
def test_a_clock_that_goes_back_does_not_make_a_failing_run_endless(on_limit: str) -> None:
    limits = Limits(seconds=5.0, retries=0, on_limit="answer" if on_limit == "answer" else "summary")
    conversation = prompting(limits)
    for _ in range(10):
        if conversation.state is State.PROMPTING:
            conversation = after(conversation, Prepared(at=0.0))
        if conversation.state is State.AWAITING_MODEL:
            conversation = after(conversation, fault(at=6.0))

    assert conversation.state.ends_a_run


# --- the rest --------------------------------------------------------------------------------------------------------


def test_the_user_waits_in_the_inbox() -> None:
    conversation = after(awaiting_model(), said("wait"))

    assert State.AWAITING_MODEL is conversation.state
    assert ["hi"] == [message["content"] for message in conversation.messages]


def test_a_run_is_cancelled_while_the_model_speaks() -> None:
    conversation = after(awaiting_model(), said("wait"), Cancelled())

    assert State.CANCELLED is conversation.state
    assert ["hi", "wait"] == [message["content"] for message in conversation.messages]


KINDS: dict[str, tuple[RequestedCall, ...]] = {
    "none": (),
    "sound": (call(),),
    "gated": (gated(),),
    "flawed": (call("x", "{"),),
    "flawed and gated": (gated("x", "{"),),
    "sound then gated": (call(), gated()),
    "gated then sound": (gated(), call()),
    "flawed then sound": (call("x", "{"), call()),
}


@pytest.mark.parametrize("kind", KINDS)
def test_of_the_rows_for_a_reply_exactly_one_holds(kind: str) -> None:
    space = itertools.product(
        (False, True), (0, 1, 2), (0, 1), (False, True), (None, 1, 2), (0, 1, 2), ("", " ", "42"), (None, "", "wrong")
    )
    for is_closing, attempts, spares, inbox, most, used, text, problem in space:
        run = Run(
            limits=Limits(tool_calls=most, retries=1), closing=is_closing, attempts=attempts, spares=spares, tool_calls=used
        )
        conversation = evolve(awaiting_model(), run=run, inbox=(asked("wait"),) if inbox else ())
        event = ModelReplied(reply=Reply(said=Said(text=text), calls=KINDS[kind], problem=problem))

        assert 1 == len(holding(conversation, event))


def test_of_the_rows_for_a_fault_exactly_one_holds() -> None:
    space = itertools.product((False, True), (0, 1, 2), (0, 1), (None, 5.0), (False, True), (0.0, 5.0), (0, 10))
    for is_closing, attempts, spares, seconds, retryable, at, rounds in space:
        run = Run(
            limits=Limits(seconds=seconds, retries=1), closing=is_closing, attempts=attempts, spares=spares, rounds=rounds
        )
        conversation = evolve(awaiting_model(), run=run)

        assert 1 == len(holding(conversation, fault(retryable=retryable, at=at)))


@given(conversations(), replies)
def test_any_reply_is_taken_by_exactly_one_row(walk: tuple[Conversation, tuple[Event, ...]], reply: Reply) -> None:
    conversation, _ = walk

    assert 1 == len(holding(conversation, ModelReplied(reply=reply)))
    assert 1 == len(holding(conversation, ModelFailed(failure=Failure(kind="server", message=""))))
