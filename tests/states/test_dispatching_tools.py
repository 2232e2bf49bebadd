"""`dispatching_tools`: outcomes arrive in any order; the last one seals the turn."""

from __future__ import annotations

import pytest
from history_oracle import judge
from scenes import after, awaiting_approval, call, dispatching, gated, prompting, said

from detent.errors import IllegalEvent
from detent.states import Event, State
from detent.states.dispatching_tools import is_owed, is_the_last_owed, keep_the_outcome, leaves_others_owed, mark_as_started
from detent.states.events import Approved, Cancelled, ToolFailed, ToolReturned, ToolStarted
from detent.states.turn import OutcomeKind


def returned(number: int, content: str = "4") -> ToolReturned:
    return ToolReturned(call_id=f"call{number:05}", content=content, seconds=1.5)


def test_the_last_tool_result_sends_the_run_back_to_prompting() -> None:
    conversation = after(dispatching(), returned(0))

    assert State.PROMPTING is conversation.state
    assert conversation.turn is None
    assert [] == judge(conversation.messages, sendable=True)


def test_an_earlier_result_leaves_the_turn_open() -> None:
    conversation = after(dispatching(call("a"), call("b")), returned(1))

    assert State.DISPATCHING_TOOLS is conversation.state
    assert ["hi"] == [message["content"] for message in conversation.messages]
    assert conversation.turn is not None
    assert ["call00000"] == [slot.call.id for slot in conversation.turn.owed]


def test_results_stand_in_call_order_whatever_the_order_of_arrival() -> None:
    conversation = after(dispatching(call("a"), call("b"), call("c")), returned(2, "c"), returned(0, "a"), returned(1, "b"))

    assert ["hi", None, "a", "b", "c"] == [message["content"] for message in conversation.messages]


def test_an_outcome_keeps_its_kind_its_text_and_its_time() -> None:
    failed = ToolFailed(call_id="call00001", content="Tool error: slow", kind=OutcomeKind.TIMED_OUT, seconds=9.0)
    conversation = after(dispatching(call("a"), call("b"), call("c")), returned(0), failed)

    assert conversation.turn is not None
    one, other, last = (slot.outcome for slot in conversation.turn.slots)
    assert one is not None
    assert other is not None
    assert last is None
    assert (OutcomeKind.RETURNED, "4", 1.5) == (one.kind, one.content, one.seconds)
    assert (OutcomeKind.TIMED_OUT, "Tool error: slow", 9.0) == (other.kind, other.content, other.seconds)


def test_a_failed_call_seals_the_turn_too() -> None:
    conversation = after(dispatching(), ToolFailed(call_id="call00000", content="Tool error: no"))

    assert State.PROMPTING is conversation.state
    assert "Tool error: no" == conversation.messages[-1]["content"]


def test_a_start_is_recorded_and_the_call_stays_owed() -> None:
    conversation = after(dispatching(), ToolStarted(call_id="call00000"), ToolStarted(call_id="call00000"))

    assert State.DISPATCHING_TOOLS is conversation.state
    assert conversation.turn is not None
    assert [True] == [slot.started for slot in conversation.turn.owed]


@pytest.mark.parametrize(
    "event",
    [
        ToolStarted(call_id="call00009"),
        ToolStarted(call_id="call00000"),
        returned(9),
        returned(0),
        ToolFailed(call_id="", content=""),
        ToolFailed(call_id="call00000", content=""),
        Approved(call_id="call00001"),
    ],
)
def test_what_is_not_owed_is_not_taken(event: Event) -> None:
    conversation = after(dispatching(call("a"), call("b")), returned(0))

    with pytest.raises(IllegalEvent):
        after(conversation, event)


def test_the_user_waits_until_the_turn_is_sealed() -> None:
    conversation = after(dispatching(), said("wait"))

    assert State.DISPATCHING_TOOLS is conversation.state
    assert 1 == len(conversation.inbox)
    assert ["hi", None, "4"] == [message["content"] for message in after(conversation, returned(0)).messages]


def test_a_run_is_cancelled_in_the_middle_of_its_tools() -> None:
    conversation = after(dispatching(call("a"), call("b")), returned(1), Cancelled())

    assert State.CANCELLED is conversation.state
    assert "4" == conversation.messages[-1]["content"]
    assert [] == judge(conversation.messages, sendable=True)


def test_approved_calls_run_beside_those_that_needed_no_word() -> None:
    conversation = after(awaiting_approval(call("a"), gated("b")), Approved(call_id="call00001"), returned(1), returned(0))

    assert State.PROMPTING is conversation.state


def test_without_a_turn_nothing_is_owed_and_nothing_changes() -> None:
    conversation = prompting()

    assert not is_owed(conversation, ToolStarted(call_id="call00000"))
    assert not leaves_others_owed(conversation, returned(0))
    assert not is_the_last_owed(conversation, returned(0))
    assert conversation is mark_as_started(conversation, ToolStarted(call_id="call00000"))
    assert conversation is keep_the_outcome(conversation, returned(0))
