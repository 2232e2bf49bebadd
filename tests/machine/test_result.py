"""`RunResult`: what a run came to, read off its record."""

from __future__ import annotations

import pytest
from scenes import after, answer, awaiting_approval, awaiting_model, call, calls, dispatching, fault, gated, prompting

from detent import Conversation, Limits, RunFailed, RunResult, State
from detent.machine.toolcall import ToolCall
from detent.states.events import Cancelled, Prepared, ToolReturned
from detent.states.turn import OutcomeKind


def result(conversation: Conversation, output: str | None = None) -> RunResult[str]:
    return RunResult(conversation=conversation, model="m", output=output)


def test_a_run_that_is_done_gives_its_answer() -> None:
    done = result(after(awaiting_model(), answer("42")), "42")

    assert (State.DONE, "42", "42", 1, "", None, ()) == (
        done.state,
        done.text,
        done.unwrap(),
        done.rounds,
        done.reason,
        done.error,
        done.approvals,
    )


def test_a_run_that_failed_gives_its_reason_and_raises_it_when_unwrapped() -> None:
    failed = result(after(awaiting_model(), fault(retryable=False)))

    assert ("", "server") == (failed.text, failed.error.kind if failed.error else None)
    with pytest.raises(RunFailed, match="the run ended in failed: 500") as caught:
        failed.unwrap()
    assert ("failed", "500") == (caught.value.state, caught.value.reason)


def test_a_run_that_waits_for_a_person_names_the_calls() -> None:
    waiting = result(awaiting_approval(gated("pay", '{"amount": 3}'), call("look")))

    assert [("pay", {"amount": 3})] == [(each.tool, each.args) for each in waiting.approvals]
    assert "a person has to agree to pay" == waiting.reason
    assert ["pay", "look"] == [each.tool for each in waiting.tool_calls]


def test_a_cancelled_run_shows_no_answer_of_the_run_before() -> None:
    before = after(awaiting_model(), answer("old"))
    cancelled = result(after(prompting(), Cancelled()))

    assert "old" == result(before, "old").text
    assert ("", "the run is cancelled") == (cancelled.text, cancelled.reason)


def test_at_a_limit_the_text_is_what_was_gathered() -> None:
    conversation = after(
        awaiting_model(Limits(rounds=1)), calls(call("look")), ToolReturned(call_id="call00000", content="x"), Prepared()
    )
    limited = result(conversation)

    assert "The limit of 1 round was reached. What the tools returned:\n- look(): x" == limited.text == limited.summary
    assert "the limit of 1 round was reached" == limited.reason


def test_a_call_is_told_with_parsed_arguments_or_the_raw_text() -> None:
    conversation = dispatching(call("look", '{"at": 1}'), call("look", "{bad"))
    first, second = result(conversation).tool_calls

    assert ToolCall(id="call00000", tool="look", args={"at": 1}) == first
    assert ("{bad", OutcomeKind.BAD_ARGUMENTS, False) == (second.args, second.kind, second.ok)


def test_its_print_is_short() -> None:
    assert "done, 2 entries" in repr(result(after(awaiting_model(), answer("long" * 1000))))
