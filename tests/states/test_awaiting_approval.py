"""`awaiting_approval`: a person decides on each gated call, one at a time and in any order."""

from __future__ import annotations

import pytest
from history_oracle import judge
from scenes import after, asking, awaiting_approval, call, dispatching, gated, prompting, said

from detent.errors import IllegalEvent
from detent.states import Event, Limits, State
from detent.states.awaiting_approval import (
    answer,
    approve,
    deny,
    is_the_last_word,
    is_the_last_word_and_calls_remain,
    is_the_last_word_and_nothing_remains,
    leaves_others_undecided,
)
from detent.states.events import Answered, Approved, Cancelled, Denied, Prepared, ToolReturned, ToolStarted
from detent.states.turn import OutcomeKind

ONE, TWO = "call00000", "call00001"


def test_the_last_word_lets_the_calls_run() -> None:
    assert State.DISPATCHING_TOOLS is after(awaiting_approval(), Approved(call_id=ONE)).state


def test_an_earlier_word_leaves_the_others_undecided() -> None:
    conversation = after(awaiting_approval(gated("a"), gated("b")), Approved(call_id=TWO))

    assert State.AWAITING_APPROVAL is conversation.state
    assert conversation.turn is not None
    assert [ONE] == [slot.call.id for slot in conversation.turn.undecided]


def test_a_denied_call_is_answered_and_the_others_wait_on() -> None:
    conversation = after(awaiting_approval(gated("a"), gated("b")), Denied(call_id=ONE, reason="too dear"))

    assert State.AWAITING_APPROVAL is conversation.state
    assert conversation.turn is not None
    outcome = conversation.turn.slots[0].outcome
    assert outcome is not None
    assert (OutcomeKind.DENIED, "Tool error: the user did not allow this call: too dear") == (outcome.kind, outcome.content)


def test_after_the_last_word_what_is_left_runs() -> None:
    conversation = after(awaiting_approval(gated("a"), gated("b")), Approved(call_id=ONE), Denied(call_id=TWO))

    assert State.DISPATCHING_TOOLS is conversation.state
    assert conversation.turn is not None
    assert [ONE] == [slot.call.id for slot in conversation.turn.owed]


def test_calls_that_need_no_word_run_though_all_others_were_denied() -> None:
    assert State.DISPATCHING_TOOLS is after(awaiting_approval(call("a"), gated("b")), Denied(call_id=TWO)).state


def test_when_nothing_is_left_to_run_the_turn_is_sealed() -> None:
    conversation = after(awaiting_approval(gated("a"), gated("b")), Denied(call_id=TWO), Denied(call_id=ONE))

    assert State.PROMPTING is conversation.state
    assert conversation.turn is None
    assert ["Tool error: the user did not allow this call."] * 2 == [
        message["content"] for message in conversation.messages[-2:]
    ]
    assert [] == judge(conversation.messages, sendable=True)


def test_no_word_is_asked_on_calls_that_cannot_run() -> None:
    bad = gated("a", "{")
    conversation = after(awaiting_approval(bad, gated("b")), Denied(call_id=TWO))

    assert State.PROMPTING is conversation.state


@pytest.mark.parametrize(
    "event",
    [
        Approved(call_id="call00009"),
        Approved(call_id=ONE),
        Denied(call_id=ONE),
        Denied(call_id=""),
        Approved(call_id="call00002"),
        Answered(call_id=TWO, answer="1"),
        Answered(call_id=ONE, answer="1"),
        asking(2),
        ToolReturned(call_id="call00002", content="early"),
        ToolStarted(call_id="call00002"),
        Prepared(),
    ],
)
def test_a_word_on_anything_else_is_not_taken(event: Event) -> None:
    conversation = after(awaiting_approval(gated("a"), gated("b"), call("c")), Approved(call_id=ONE))

    with pytest.raises(IllegalEvent):
        after(conversation, event)


def test_the_user_waits_in_the_inbox() -> None:
    conversation = after(awaiting_approval(), said("wait"))

    assert State.AWAITING_APPROVAL is conversation.state
    assert 1 == len(conversation.inbox)


def test_a_run_is_cancelled_while_it_waits() -> None:
    conversation = after(awaiting_approval(gated("a"), gated("b")), Denied(call_id=ONE, reason="no"), Cancelled())

    assert State.CANCELLED is conversation.state
    assert [
        "Tool error: the user did not allow this call: no",
        "Tool error: the run was cancelled before this call ended.",
    ] == [message["content"] for message in conversation.messages[-2:]]


def test_waiting_for_a_person_does_not_count() -> None:
    waiting = awaiting_approval(limits=Limits(seconds=10.0), at=4.0)
    conversation = after(waiting, Approved(call_id=ONE, at=1e6), ToolReturned(call_id=ONE, content="4", at=1e6 + 1))

    assert State.AWAITING_MODEL is after(conversation, Prepared(at=1e6 + 5.9)).state
    assert State.LIMIT_HIT is after(conversation, Prepared(at=1e6 + 6)).state


def test_the_wait_ends_with_the_last_word() -> None:
    waiting = awaiting_approval(gated("a"), gated("b"), limits=Limits(seconds=10.0), at=4.0)
    conversation = after(waiting, Approved(call_id=TWO, at=50.0), Denied(call_id=ONE, at=100.0))

    assert 96.0 == conversation.run.started_at
    assert conversation.run.parked_at is None


def test_a_second_wait_is_taken_out_too() -> None:
    once = after(awaiting_approval(at=4.0), Approved(call_id=ONE, at=14.0))

    assert (10.0, None) == (once.run.started_at, once.run.parked_at)


def test_a_clock_that_went_back_takes_nothing_out() -> None:
    assert 0.0 == after(awaiting_approval(at=4.0), Approved(call_id=ONE, at=1.0)).run.started_at


def test_without_a_turn_no_word_is_awaited_and_nothing_changes() -> None:
    conversation = prompting()
    approved, denied, answered = Approved(call_id=ONE), Denied(call_id=ONE), Answered(call_id=ONE, answer="1")

    for event in (approved, denied, answered):
        assert not leaves_others_undecided(conversation, event)
        assert not is_the_last_word(conversation, event)
    assert not is_the_last_word_and_calls_remain(conversation, denied)
    assert not is_the_last_word_and_nothing_remains(conversation, denied)
    assert conversation is approve(conversation, approved)
    assert conversation is answer(conversation, answered)
    assert conversation is deny(conversation, denied)


def test_a_refusal_of_a_call_that_is_not_there_changes_nothing() -> None:
    conversation = awaiting_approval()

    assert conversation is deny(conversation, Denied(call_id=TWO))


def test_a_word_given_while_no_clock_stands_still_leaves_the_clock() -> None:
    conversation = dispatching()
    assert conversation.run.parked_at is None

    assert conversation.run == approve(conversation, Approved(call_id=ONE, at=9.0)).run
