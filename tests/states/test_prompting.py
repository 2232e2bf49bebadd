"""`prompting`: the limits are looked at, and the user is heard, before each model call."""

from __future__ import annotations

import pytest
from history_oracle import judge
from scenes import after, answer, awaiting_model, blank, call, calls, closing, dispatching, fault, prompting, said

from detent.states import Conversation, Limits, State
from detent.states.events import Cancelled, Prepared, ToolReturned
from detent.states.messages import AssistantMessage
from detent.states.prompting import ROWS, write_down_what_was_gathered

AT_ITS_LIMIT = after(dispatching(limits=Limits(rounds=1)), ToolReturned(call_id="call00000", content="4"))


def with_way_out(on_limit: str, *, final: bool = True) -> Conversation:
    limits = Limits(rounds=1, on_limit="answer" if on_limit == "answer" else "summary")
    conversation = after(prompting(limits, final=final), Prepared(), calls(call()))
    return after(conversation, ToolReturned(call_id="call00000", content="4"))


def test_within_the_limits_the_model_is_asked() -> None:
    conversation = after(prompting(), Prepared(spares=2))

    assert State.AWAITING_MODEL is conversation.state
    assert 2 == conversation.run.spares
    assert not conversation.run.closing


def test_the_model_hears_what_the_user_said_meanwhile() -> None:
    conversation = after(prompting(), said("b"), said("c"), Prepared())

    assert ["hi", "b", "c"] == [message["content"] for message in conversation.messages]
    assert () == conversation.inbox


def test_a_pause_is_over_once_prepared() -> None:
    conversation = after(awaiting_model(), fault(delay=5.0), Prepared(at=5.0))

    assert conversation.run.not_before is None


def test_a_run_at_its_limit_ends_with_what_was_gathered() -> None:
    conversation = after(AT_ITS_LIMIT, Prepared())
    last = conversation.history[-1]

    assert State.LIMIT_HIT is conversation.state
    assert "1 round" == conversation.run.limit
    assert isinstance(last, AssistantMessage)
    assert last.synthetic
    assert "The limit of 1 round was reached. What the tools returned:\n- look(): 4" == last.said.text


def test_what_the_user_said_before_the_end_is_kept() -> None:
    conversation = after(AT_ITS_LIMIT, said("wait"), Prepared())

    assert ["user", "assistant", "tool", "user", "assistant"] == [message["role"] for message in conversation.messages]
    assert () == conversation.inbox


def test_closing_words_are_asked_for_where_they_are_wanted() -> None:
    conversation = after(with_way_out("answer"), said("wait"), Prepared(spares=1))

    assert State.AWAITING_MODEL is conversation.state
    assert (True, "1 round", 0) == (conversation.run.closing, conversation.run.limit, conversation.run.spares)
    assert "wait" == conversation.messages[-1]["content"]


def test_a_run_wanted_for_its_tools_asks_for_no_closing_words() -> None:
    assert State.LIMIT_HIT is after(with_way_out("answer", final=False), Prepared()).state


def test_closing_words_are_asked_for_again_after_a_fault() -> None:
    conversation = after(closing(), fault(), Prepared())

    assert State.AWAITING_MODEL is conversation.state
    assert (True, "1 round") == (conversation.run.closing, conversation.run.limit)


def test_the_first_limit_met_is_the_one_named() -> None:
    limits = Limits(rounds=1, seconds=5.0, on_limit="answer")
    conversation = after(closing(limits), fault(), Prepared(at=100.0), blank())

    assert "1 round" == conversation.run.limit


@pytest.mark.parametrize("on_limit", ["summary", "answer"])
def test_time_runs_out_before_the_first_call(on_limit: str) -> None:
    limits = Limits(seconds=5.0, on_limit="answer" if on_limit == "answer" else "summary")
    conversation = after(prompting(limits, at=100.0), Prepared(at=105.0))

    assert (State.LIMIT_HIT if on_limit == "summary" else State.AWAITING_MODEL) is conversation.state
    assert "5 seconds" == conversation.run.limit


def test_the_user_waits_in_the_inbox() -> None:
    conversation = after(prompting(), said("b"))

    assert State.PROMPTING is conversation.state
    assert ["hi"] == [message["content"] for message in conversation.messages]


def test_a_run_is_cancelled() -> None:
    conversation = after(prompting(), said("b"), Cancelled())

    assert State.CANCELLED is conversation.state
    assert ["hi", "b"] == [message["content"] for message in conversation.messages]


def test_an_answer_that_came_too_early_is_followed_by_what_the_user_said() -> None:
    conversation = after(awaiting_model(), said("b"), answer("a"), Prepared())

    assert ["hi", "a", "b"] == [message["content"] for message in conversation.messages]
    assert [] == judge(conversation.messages, sendable=True)


def test_a_run_stopped_without_a_limit_says_so() -> None:
    assert "The limit of the run was reached." in str(
        write_down_what_was_gathered(prompting(), Prepared()).messages[-1]["content"]
    )


def test_of_the_rows_for_a_prepared_call_exactly_one_holds() -> None:
    scenes = [prompting(), AT_ITS_LIMIT, with_way_out("answer"), with_way_out("answer", final=False), after(closing(), fault())]
    for scene in scenes:
        assert 1 == sum(row.when(scene, Prepared()) for row in ROWS if row.event is Prepared)
