"""`ToolCall` and `Question`: calls as people see them."""

from __future__ import annotations

from scenes import after, awaiting_approval, call, dispatching, gated

from detent import Conversation
from detent.machine.toolcall import Question, ToolCall, calls_of, newest_calls, questions_of, waiting_calls
from detent.states.events import Answered, Approved, ToolAsked, ToolReturned, ToolStarted
from detent.states.turn import Ask, OutcomeKind, Slot, Waiting


def asked(ask: Ask) -> Slot:
    return only_slot(after(dispatching(call("hat", '{"size": 7}')), ToolAsked(call_id="call00000", ask=ask)))


def only_slot(conversation: Conversation) -> Slot:
    assert conversation.turn is not None
    (slot,) = conversation.turn.slots
    return slot


def test_a_call_that_waits_for_a_yes_or_no_is_shown_as_it_is() -> None:
    slot = only_slot(awaiting_approval(gated("pay", '{"amount": 3}')))

    assert (ToolCall(id="call00000", tool="pay", args={"amount": 3}),) == waiting_calls(slot)
    assert () == questions_of(slot)


def test_a_call_that_is_asked_about_after_a_crash_is_shown_with_why_and_as_it_would_run() -> None:
    edited = after(
        awaiting_approval(gated("pay", '{"amount": 3}')),
        Approved(call_id="call00000", arguments='{"amount": 2}'),
        ToolStarted(call_id="call00000"),
        ToolAsked(call_id="call00000", ask=Ask(question="Again?")),
    )
    slot = only_slot(edited)

    assert (ToolCall(id="call00000", tool="pay", args={"amount": 2}, question="Again?"),) == waiting_calls(slot)
    assert () == questions_of(slot)


def test_what_a_tool_asks_is_a_question_and_no_approval() -> None:
    slot = asked(Ask(question="Which?", schema='{"type": "string"}'))

    assert () == waiting_calls(slot)
    assert (
        Question(id="call00000", tool="hat", args={"size": 7}, question="Which?", schema={"type": "string"}),
    ) == questions_of(slot)


def test_a_question_that_was_answered_is_none_any_more() -> None:
    ask = Ask(question="Which?", schema='{"type": "string"}')
    record = after(
        dispatching(call("hat")), ToolAsked(call_id="call00000", ask=ask), Answered(call_id="call00000", answer='"red"')
    )

    assert () == questions_of(only_slot(record))


def test_the_calls_inside_an_agent_that_runs_as_a_tool_have_its_calls_id_before_their_own() -> None:
    slot = asked(
        Ask(
            question="two",
            schema='{"type": "object"}',
            waiting=(
                Waiting(id="call00000", name="pay", arguments='{"amount": 3}', question="Again?"),
                Waiting(id="call00001/call00000", name="size", arguments="{}", question="Which?", schema="{}"),
            ),
        )
    )

    assert (ToolCall(id="call00000/call00000", tool="pay", args={"amount": 3}, question="Again?"),) == waiting_calls(slot)
    assert (Question(id="call00000/call00001/call00000", tool="size", args={}, question="Which?", schema={}),) == questions_of(
        slot
    )


def test_the_calls_of_a_run_are_those_of_its_turns_and_the_newest_those_of_the_last() -> None:
    open_turn = dispatching(call("look", "{bad"), call("look"))
    sealed = after(open_turn, ToolReturned(call_id="call00001", content="x", seconds=0.5))

    assert ["{bad", {}] == [each.args for each in calls_of(open_turn)]
    assert [OutcomeKind.BAD_ARGUMENTS, None] == [each.kind for each in newest_calls(open_turn)]
    assert calls_of(sealed) == newest_calls(sealed)
    assert (
        ToolCall(id="call00001", tool="look", args={}, result="x", kind=OutcomeKind.RETURNED, seconds=0.5)
        == newest_calls(sealed)[1]
    )
    assert () == newest_calls(Conversation())
