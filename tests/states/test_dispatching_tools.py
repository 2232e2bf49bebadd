"""`dispatching_tools`: outcomes arrive in any order; the last one seals the turn."""

from __future__ import annotations

import pytest
from history_oracle import judge
from scenes import AGAIN, WHICH, after, asking, awaiting_approval, call, dispatching, gated, prompting, said, slots

from detent.errors import IllegalEvent
from detent.states import Conversation, Event, Limits, State
from detent.states.dispatching_tools import (
    asks_last,
    is_running,
    is_the_last_owed,
    keep_the_outcome,
    keep_the_question,
    leaves_only_people,
    leaves_others_running,
    mark_as_started,
)
from detent.states.events import Answered, Approved, Cancelled, Denied, Prepared, ToolFailed, ToolReturned, ToolStarted
from detent.states.turn import Ask, OutcomeKind


def returned(number: int, content: str = "4", *, at: float = 0.0) -> ToolReturned:
    return ToolReturned(call_id=f"call{number:05}", content=content, seconds=1.5, at=at)


def failed(number: int, *, at: float = 0.0) -> ToolFailed:
    return ToolFailed(call_id=f"call{number:05}", content="Tool error: no", at=at)


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
        asking(9),
        asking(0),
        Approved(call_id="call00001"),
        Answered(call_id="call00001", answer="1"),
        Denied(call_id="call00001"),
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


# --- questions -------------------------------------------------------------------------------------------------------


def test_a_tool_that_asks_last_leaves_the_run_to_people() -> None:
    conversation = after(dispatching(), asking(0))

    assert State.AWAITING_APPROVAL is conversation.state
    assert [WHICH] == [slot.ask for slot in slots(conversation)]


def test_a_tool_that_asks_while_others_run_waits_for_them() -> None:
    conversation = after(dispatching(call("a"), call("b")), asking(0))

    assert State.DISPATCHING_TOOLS is conversation.state
    assert [WHICH, None] == [slot.ask for slot in slots(conversation)]


@pytest.mark.parametrize("last", [returned(1), failed(1), asking(1)])
def test_the_last_tool_that_ends_leaves_the_run_to_those_who_were_asked(last: Event) -> None:
    conversation = after(dispatching(call("a"), call("b")), asking(0), last)

    assert State.AWAITING_APPROVAL is conversation.state
    assert slots(conversation)[0].is_undecided


@pytest.mark.parametrize(
    ("expected", "conversation"),
    [
        ((True, False, False), dispatching(call("a"), call("b"), call("c"))),
        ((True, False, False), after(dispatching(call("a"), call("b"), call("c")), asking(1))),
        ((False, True, False), after(dispatching(call("a"), call("b"), call("c")), asking(1), returned(2))),
        ((False, False, True), dispatching()),
        ((False, False, True), after(dispatching(call("a"), call("b")), returned(1))),
    ],
)
def test_of_what_an_outcome_leaves_one_thing_holds(expected: tuple[bool, bool, bool], conversation: Conversation) -> None:
    for event in (returned(0), failed(0)):
        assert expected == (
            leaves_others_running(conversation, event),
            leaves_only_people(conversation, event),
            is_the_last_owed(conversation, event),
        )


@pytest.mark.parametrize("event", [returned(0), failed(0), asking(0), ToolStarted(call_id="call00000")])
def test_a_tool_that_asked_does_not_run_meanwhile(event: Event) -> None:
    conversation = after(dispatching(call("a"), call("b")), asking(0))

    with pytest.raises(IllegalEvent):
        after(conversation, event)


@pytest.mark.parametrize("event", [Answered(call_id="call00000", answer="1"), Denied(call_id="call00000")])
def test_people_are_not_heard_while_tools_run(event: Event) -> None:
    conversation = after(dispatching(call("a"), call("b")), asking(0))

    with pytest.raises(IllegalEvent):
        after(conversation, event)


def test_the_start_of_a_tool_that_asked_is_over() -> None:
    conversation = after(dispatching(), ToolStarted(call_id="call00000"), asking(0, AGAIN), Approved(call_id="call00000"))

    assert State.DISPATCHING_TOOLS is conversation.state
    assert [(False, None)] == [(slot.started, slot.ask) for slot in slots(conversation)]


def test_two_questions_in_a_row_keep_both_answers() -> None:
    second = Ask(question="And how many?", schema='{"type": "integer"}')
    conversation = after(
        dispatching(),
        asking(0),
        Answered(call_id="call00000", answer='"this"'),
        asking(0, second),
        Answered(call_id="call00000", answer=" 2 "),
    )

    assert [('"this"', " 2 ")] == [slot.answers for slot in slots(conversation)]
    assert State.PROMPTING is after(conversation, returned(0)).state


def test_a_tool_that_asks_twice_is_one_call_of_the_run() -> None:
    conversation = after(dispatching(), asking(0), Answered(call_id="call00000", answer="1"), asking(0))

    assert 1 == conversation.run.tool_calls


def test_the_user_waits_while_a_tool_asks() -> None:
    conversation = after(dispatching(), asking(0), said("wait"))

    assert State.AWAITING_APPROVAL is conversation.state
    assert 1 == len(conversation.inbox)


def test_the_clock_stands_from_when_only_people_are_waited_for() -> None:
    conversation = after(dispatching(call("a"), call("b"), limits=Limits(seconds=10.0)), asking(0, at=3.0))
    assert conversation.run.parked_at is None

    assert 5.0 == after(conversation, returned(1, at=5.0)).run.parked_at
    assert 6.0 == after(conversation, failed(1, at=6.0)).run.parked_at
    assert 7.0 == after(conversation, asking(1, at=7.0)).run.parked_at


def test_what_people_take_for_an_answer_is_no_time_of_the_run() -> None:
    waiting = after(dispatching(limits=Limits(seconds=10.0)), asking(0, at=4.0))
    conversation = after(waiting, Answered(call_id="call00000", answer="1", at=1e6), returned(0, at=1e6 + 1))

    assert State.AWAITING_MODEL is after(conversation, Prepared(at=1e6 + 5.9)).state
    assert State.LIMIT_HIT is after(conversation, Prepared(at=1e6 + 6)).state


def test_without_a_turn_nothing_is_owed_and_nothing_changes() -> None:
    conversation = prompting()

    assert not is_running(conversation, ToolStarted(call_id="call00000"))
    assert not leaves_others_running(conversation, returned(0))
    assert not leaves_only_people(conversation, returned(0))
    assert not is_the_last_owed(conversation, returned(0))
    assert not asks_last(conversation, asking(0))
    assert conversation is mark_as_started(conversation, ToolStarted(call_id="call00000"))
    assert conversation is keep_the_outcome(conversation, returned(0))
    assert conversation is keep_the_question(conversation, asking(0))


def test_an_outcome_of_a_call_that_is_not_there_changes_nothing() -> None:
    conversation = dispatching()

    assert conversation is keep_the_outcome(conversation, returned(9))
