"""`notices_of`: what a transition has to tell."""

from __future__ import annotations

from scenes import after, answer, awaiting_model, call, calls, dispatching, fault, said

from detent import Conversation, State, StateChanged, ToolFinished, step
from detent.machine.notices import Notice, notices_of
from detent.states import Event
from detent.states.events import Cancelled, Opened, ToolAsked, ToolReturned, ToolStarted
from detent.states.turn import Ask


def notices(conversation: Conversation, event: Event) -> list[Notice]:
    return list(notices_of(conversation, event, step(conversation, event), 0.5))


def test_a_move_is_told_with_its_cause() -> None:
    (moved,) = notices(awaiting_model(), answer())

    assert (
        StateChanged(source=State.AWAITING_MODEL, target=State.DONE, event="ModelReplied", round=1, rounds=10, seconds=0.5)
        == moved
    )


def test_an_outcome_is_told_before_the_move_it_causes() -> None:
    told = notices(dispatching(call("look")), ToolReturned(call_id="call00000", content="x"))

    assert [ToolFinished, StateChanged] == [type(notice) for notice in told]


def test_calls_that_can_not_run_are_told_at_once() -> None:
    told = notices(awaiting_model(), calls(call("look", "{"), call("look")))

    assert ["call00000"] == [notice.call.id for notice in told if isinstance(notice, ToolFinished)]


def test_calls_that_a_cancellation_ends_are_told_and_those_that_had_ended_are_not_told_again() -> None:
    conversation = after(dispatching(call("a"), call("b")), ToolReturned(call_id="call00000", content="x"))
    told = notices(conversation, Cancelled())

    assert ["call00001"] == [notice.call.id for notice in told if isinstance(notice, ToolFinished)]


def test_what_moves_nothing_tells_nothing() -> None:
    assert [] == notices(dispatching(call("look")), ToolStarted(call_id="call00000"))
    assert [] == notices(dispatching(call("look")), said("wait"))


def test_a_failed_call_of_the_model_tells_why() -> None:
    (moved,) = notices(awaiting_model(), fault(retryable=True))

    assert isinstance(moved, StateChanged)
    assert "500" == moved.reason


def test_a_history_from_elsewhere_is_no_news() -> None:
    entries = after(dispatching(call("look")), ToolReturned(call_id="call00000", content="x")).history

    assert [] == notices(Conversation(), Opened(conversation_id="c", entries=entries))


def test_a_question_moves_the_loop_where_nothing_else_runs_and_ends_no_call() -> None:
    asked = ToolAsked(call_id="call00000", ask=Ask(question="Which?", schema="{}"))
    (moved,) = notices(dispatching(call("hat")), asked)

    assert isinstance(moved, StateChanged)
    assert ("ToolAsked", State.AWAITING_APPROVAL) == (moved.event, moved.target)
    assert [] == notices(dispatching(call("hat"), call("look")), asked)
