"""`RunResult`: what a run came to, read off its record."""

from __future__ import annotations

import pytest
from scenes import after, answer, awaiting_approval, awaiting_model, call, calls, dispatching, fault, gated, prompting

from detent import Conversation, Limits, RunFailed, RunResult, State
from detent.machine.toolcall import ToolCall
from detent.states import Usage
from detent.states.events import Cancelled, Prepared, ToolAsked, ToolReturned
from detent.states.turn import Ask, OutcomeKind


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


def asking(*schemas: str | None) -> Conversation:
    """Return a conversation whose tools have asked a person: a question each, or whether to run again."""
    conversation = dispatching(*(call(f"hat{place}") for place in range(len(schemas))))
    asked = (
        ToolAsked(call_id=f"call{place:05}", ask=Ask(question=f"Q{place}?", schema=schema))
        for place, schema in enumerate(schemas)
    )
    return after(conversation, *asked)


def test_a_run_that_has_to_be_told_something_names_its_questions_apart_from_its_approvals() -> None:
    waiting = result(asking('{"type": "string"}', None, "{}"))

    assert [("call00000", "Q0?", {"type": "string"}), ("call00002", "Q2?", {})] == [
        (each.id, each.question, each.schema) for each in waiting.questions
    ]
    assert [("call00001", "Q1?")] == [(each.id, each.question) for each in waiting.approvals]
    assert "a person has to agree to hat1, to answer hat0, to answer hat2" == waiting.reason


def test_while_tools_run_beside_it_a_question_is_not_put_yet() -> None:
    running = after(dispatching(call("hat"), call("look")), ToolAsked(call_id="call00000", ask=Ask(question="?", schema="{}")))

    assert ((), ()) == (result(running).questions, result(running).approvals)


def test_a_run_that_was_left_to_another_driver_says_so() -> None:
    for conversation in (prompting(), awaiting_model(), dispatching(call("look"))):
        assert "another driver goes on with the run" == result(conversation).reason
        with pytest.raises(RunFailed, match="another driver goes on"):
            result(conversation).unwrap()


def test_what_agents_used_that_ran_as_tools_is_part_of_the_usage() -> None:
    conversation = after(
        awaiting_model(),
        calls(call("helper"), usage=Usage(prompt=10, model_calls=1)),
        ToolReturned(call_id="call00000", content="x", usage=Usage(prompt=5, completion=3, model_calls=2)),
    )

    assert Usage(prompt=15, completion=3, model_calls=3) == result(conversation).usage
