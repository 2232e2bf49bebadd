"""`awaiting_approval`: people change arguments, answer what tools ask, and agree to a call's being run again."""

from __future__ import annotations

import pytest
from history_oracle import judge
from scenes import AGAIN, after, asking, awaiting_approval, call, dispatching, gated, said, slots

from detent.errors import IllegalEvent
from detent.states import Conversation, Event, Limits, State, Usage
from detent.states.events import Answered, Approved, Cancelled, Denied, ToolReturned, ToolStarted

ONE, TWO = "call00000", "call00001"


# --- arguments of a person's own -------------------------------------------------------------------------------------


def test_a_person_may_change_the_arguments() -> None:
    waiting = awaiting_approval(gated("pay", '{"a": 1}'), gated("pay", '{"b": 1}'))
    conversation = after(waiting, Approved(call_id=TWO, arguments='{"b": 2}'), Approved(call_id=ONE))

    assert [(None, '{"a": 1}'), ('{"b": 2}', '{"b": 1}')] == [
        (slot.edited, slot.call.arguments) for slot in slots(conversation)
    ]
    assert ['{"a": 1}', '{"b": 2}'] == [slot.to_run.arguments for slot in slots(conversation)]


def test_arguments_that_were_changed_stay_so_when_the_call_runs_again() -> None:
    edited = after(awaiting_approval(), Approved(call_id=ONE, arguments='{"a": 2}'), asking(0, AGAIN))

    assert ['{"a": 2}'] == [slot.edited for slot in slots(after(edited, Approved(call_id=ONE)))]
    assert ["{}"] == [slot.edited for slot in slots(after(edited, Approved(call_id=ONE, arguments="{}")))]


# --- answers ---------------------------------------------------------------------------------------------------------


def test_the_last_answer_lets_the_tool_run_again() -> None:
    conversation = after(dispatching(), asking(0), Answered(call_id=ONE, answer='"this"'))

    assert State.DISPATCHING_TOOLS is conversation.state
    assert [(None, ('"this"',))] == [(slot.ask, slot.answers) for slot in slots(conversation)]


def test_an_earlier_answer_leaves_the_others_undecided() -> None:
    conversation = after(
        dispatching(call("a"), call("b")), asking(0), asking(1, AGAIN), Answered(call_id=ONE, answer="1", at=5.0)
    )

    assert State.AWAITING_APPROVAL is conversation.state
    assert [False, True] == [slot.is_undecided for slot in slots(conversation)]
    assert 0.0 == conversation.run.parked_at


def test_questions_and_words_are_settled_in_any_order() -> None:
    waiting = after(dispatching(call("a"), call("b"), call("c")), asking(2), asking(0, AGAIN), asking(1))
    conversation = after(
        waiting, Answered(call_id=TWO, answer="1"), Denied(call_id="call00002"), Approved(call_id=ONE), ToolStarted(call_id=ONE)
    )

    assert State.DISPATCHING_TOOLS is conversation.state
    assert [ONE, TWO] == [slot.call.id for slot in slots(conversation) if slot.outcome is None]


@pytest.mark.parametrize(
    "event",
    [Approved(call_id=ONE), Approved(call_id=TWO), Answered(call_id=TWO, answer="1"), asking(0), ToolStarted(call_id=ONE)],
)
def test_a_question_that_wants_an_answer_is_not_approved(event: Event) -> None:
    conversation = after(dispatching(call("a"), call("b")), asking(0), ToolReturned(call_id=TWO, content="4"))

    with pytest.raises(IllegalEvent):
        after(conversation, event)


def test_running_a_call_again_wants_a_word_and_no_answer() -> None:
    conversation = after(dispatching(), asking(0, AGAIN))

    with pytest.raises(IllegalEvent):
        after(conversation, Answered(call_id=ONE, answer="true"))


def test_a_call_that_is_approved_after_a_crash_runs_again_as_if_for_the_first_time() -> None:
    conversation = after(dispatching(), ToolStarted(call_id=ONE), asking(0, AGAIN), Approved(call_id=ONE))

    assert State.DISPATCHING_TOOLS is conversation.state
    assert [(False, None, ())] == [(slot.started, slot.ask, slot.answers) for slot in slots(conversation)]


@pytest.mark.parametrize(
    ("expected", "before"),
    [
        ("the user did not allow this call", awaiting_approval()),
        ("the user did not answer what the tool asked", after(dispatching(), asking(0))),
        (
            "the tool had begun, and the user did not allow it to go on; it may have taken effect in part",
            after(dispatching(), asking(0, AGAIN)),
        ),
        (
            "the user did not answer what the tool asked",
            after(awaiting_approval(), Approved(call_id=ONE), asking(0)),
        ),
    ],
)
def test_the_model_is_told_what_was_refused(expected: str, before: Conversation) -> None:
    bare, reasoned = after(before, Denied(call_id=ONE)), after(before, Denied(call_id=ONE, reason="no"))

    assert State.PROMPTING is bare.state
    assert [f"Tool error: {expected}.", f"Tool error: {expected}: no"] == [
        str(conversation.messages[-1]["content"]) for conversation in (bare, reasoned)
    ]
    assert [] == judge(bare.messages, sendable=True)


@pytest.mark.parametrize(
    ("expected", "before"),
    [
        (0, awaiting_approval()),
        (1, after(dispatching(), asking(0))),
        (1, after(dispatching(), asking(0, AGAIN))),
        (1, after(awaiting_approval(), Approved(call_id=ONE), asking(0))),
        (1, after(awaiting_approval(gated(), gated()), Approved(call_id=ONE))),
    ],
)
def test_a_call_counts_unless_it_was_never_run(expected: int, before: Conversation) -> None:
    denied = after(before, Denied(call_id=slots(before)[-1].call.id))

    assert expected == denied.run.tool_calls


def test_a_refused_answer_lets_the_others_go_on() -> None:
    asked = after(dispatching(call("a"), call("b")), asking(0), asking(1))
    conversation = after(asked, Answered(call_id=ONE, answer="1"), Denied(call_id=TWO))

    assert State.DISPATCHING_TOOLS is conversation.state
    assert [ONE] == [slot.call.id for slot in slots(conversation) if slot.outcome is None]


def test_a_run_is_cancelled_while_a_question_is_open() -> None:
    asked = after(dispatching(call("a"), call("b")), ToolReturned(call_id=TWO, content="4"), asking(0, usage=Usage(prompt=3)))
    conversation = after(asked, said("stop"), Cancelled())

    assert State.CANCELLED is conversation.state
    assert conversation.turn is None
    assert ["Tool error: the run was cancelled before this call ended.", "4", "stop"] == [
        message["content"] for message in conversation.messages[-3:]
    ]
    assert (2, 3) == (conversation.run.tool_calls, conversation.usage.prompt)
    assert [] == judge(conversation.messages, sendable=True)


def test_the_clock_stands_until_the_last_answer() -> None:
    waiting = after(dispatching(call("a"), call("b"), limits=Limits(seconds=10.0)), asking(0, at=2.0), asking(1, at=4.0))
    conversation = after(waiting, Answered(call_id=TWO, answer="1", at=50.0), Answered(call_id=ONE, answer="1", at=104.0))

    assert (100.0, None) == (conversation.run.started_at, conversation.run.parked_at)
