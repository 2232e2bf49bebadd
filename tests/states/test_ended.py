"""How a run ends, and how the next one begins."""

from __future__ import annotations

import pytest
from history_oracle import judge
from scenes import (
    after,
    answer,
    asked,
    asking,
    awaiting_approval,
    awaiting_model,
    call,
    calls,
    dispatching,
    fault,
    picture,
    prompting,
    said,
    sealed,
)

from detent.errors import IllegalEvent
from detent.states import Conversation, Event, Failure, Limits, State
from detent.states.ended import ROWS, cancel, end_at_the_limit, fail
from detent.states.events import Cancelled, Opened, Prepared, Resumed, ToolReturned
from detent.states.messages import AssistantMessage, Said

DONE = after(awaiting_model(), answer())
LIMIT_HIT = after(dispatching(limits=Limits(rounds=1)), ToolReturned(call_id="call00000", content="4"), Prepared())
FAILED = after(awaiting_model(), fault(retryable=False))
CANCELLED = after(prompting(), Cancelled())
ENDED = (DONE, LIMIT_HIT, FAILED, CANCELLED)


def test_the_scenes_are_in_the_four_end_states() -> None:
    assert [State.DONE, State.LIMIT_HIT, State.FAILED, State.CANCELLED] == [scene.state for scene in ENDED]


@pytest.mark.parametrize("ended", ENDED, ids=lambda scene: scene.state.value)
def test_the_user_may_speak_again_after_every_end(ended: Conversation) -> None:
    limits = Limits(rounds=7)
    conversation = after(ended, said("more", limits=limits, final=False, at=50.0))

    assert State.PROMPTING is conversation.state
    assert "more" == conversation.messages[-1]["content"]
    assert ended.messages == conversation.messages[:-1]
    assert (limits, False, 50.0) == (conversation.run.limits, conversation.run.final, conversation.run.started_at)
    assert len(ended.history) == conversation.run.first


@pytest.mark.parametrize("ended", ENDED, ids=lambda scene: scene.state.value)
def test_a_new_run_counts_from_zero_and_the_conversation_goes_on_counting(ended: Conversation) -> None:
    conversation = after(ended, said())
    run = conversation.run

    assert (0, 0, 0, 0, 0, None) == (run.rounds, run.tool_calls, run.refused_calls, run.attempts, run.model_index, run.spares)
    assert (None, None, False) == (run.limit, run.failure, run.closing)
    assert ended.usage == conversation.usage
    assert ended.minted == conversation.minted


@pytest.mark.parametrize("ended", ENDED, ids=lambda scene: scene.state.value)
@pytest.mark.parametrize(
    "event", [Prepared(), answer(), fault(), Cancelled(), ToolReturned(call_id="call00000", content="late")]
)
def test_nothing_else_is_taken_after_an_end(ended: Conversation, event: Event) -> None:
    with pytest.raises(IllegalEvent):
        after(ended, event)


def test_a_run_shows_the_model_the_window_it_was_given() -> None:
    conversation = Conversation.from_messages(
        [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}] * 3,
    )

    assert 0 == after(conversation, said()).run.window
    assert 4 == after(conversation, said(window=2)).run.window
    assert 6 == after(conversation, said(window=0)).run.window


def test_a_conversation_opens_with_a_history() -> None:
    opened = Opened(conversation_id="c1", system="Be brief.", repairs=("one",), entries=(asked(), sealed("4", "5")))
    conversation = after(Conversation(), opened)

    assert State.DONE is conversation.state
    assert ("c1", "Be brief.", ("one",), 2) == (conversation.id, conversation.system, conversation.repairs, conversation.minted)
    assert opened.entries == conversation.history


def test_calls_after_an_opened_history_have_ids_of_their_own() -> None:
    opened = Opened(conversation_id="c1", entries=(asked(), sealed("4", "5")))
    conversation = after(
        Conversation(), opened, said(), Prepared(), calls(call()), ToolReturned(call_id="call00002", content="6")
    )

    assert [] == judge(conversation.messages)


def test_a_conversation_opens_once() -> None:
    with pytest.raises(IllegalEvent):
        after(Conversation(), Opened(conversation_id="c1"), Opened(conversation_id="c2"))


def test_a_conversation_that_has_begun_is_not_opened() -> None:
    with pytest.raises(IllegalEvent):
        after(DONE, Opened(conversation_id="c1"))


def test_opening_never_wipes_a_history() -> None:
    conversation = Conversation.from_messages([{"role": "user", "content": "hi"}])
    try:
        opened = after(conversation, Opened(conversation_id="c1"))
    except IllegalEvent:
        return

    assert "hi" in [message["content"] for message in opened.messages]


@pytest.mark.parametrize(
    "ended",
    [
        FAILED,
        CANCELLED,
        after(awaiting_model(), Cancelled()),
        after(dispatching(), Cancelled()),
        after(awaiting_approval(), Cancelled()),
        after(dispatching(), asking(), Cancelled()),
        after(
            dispatching(call("a"), call("b")), ToolReturned(call_id="call00000", content="", parts=(picture(),)), Cancelled()
        ),
    ],
)
def test_a_run_that_failed_or_was_cancelled_goes_on_where_it_was(ended: Conversation) -> None:
    limits = Limits(rounds=7)
    conversation = after(ended, Resumed(limits=limits, final=False, at=50.0))

    assert State.PROMPTING is conversation.state
    assert ended.messages == conversation.messages
    assert (limits, False, 50.0) == (conversation.run.limits, conversation.run.final, conversation.run.started_at)
    assert (ended.run.first, ended.run.window) == (conversation.run.first, conversation.run.window)
    assert (0, None, None) == (conversation.run.attempts, conversation.run.failure, conversation.run.parked_at)


def test_resuming_keeps_task_and_window() -> None:
    history = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    ended = after(Conversation.from_messages(history), said(window=0), Cancelled())
    run = after(ended, Resumed()).run

    assert (2, 2) == (run.first, run.window)


@pytest.mark.parametrize("ended", [DONE, LIMIT_HIT], ids=lambda scene: scene.state.value)
def test_a_run_that_came_to_its_end_is_not_resumed(ended: Conversation) -> None:
    with pytest.raises(IllegalEvent):
        after(ended, Resumed())


def test_a_run_whose_history_ends_with_an_answer_is_not_resumed() -> None:
    spoiled = after(awaiting_model(Limits(retries=0)), answer("text", problem="not JSON"))
    assert State.FAILED is spoiled.state

    if isinstance(spoiled.history[-1], AssistantMessage):
        with pytest.raises(IllegalEvent):
            after(spoiled, Resumed())
    else:
        assert [] == judge(after(spoiled, Resumed(), Prepared()).messages, sendable=True)


def test_an_empty_history_has_nothing_to_resume() -> None:
    guard = next(row.when for row in ROWS if row.event is Resumed)

    assert not guard(Conversation(state=State.CANCELLED), Resumed())
    assert not guard(Conversation(history=(asked(), AssistantMessage(said=Said(text="oh")))), Resumed())
    assert guard(Conversation(history=(asked(),)), Resumed())


def test_cancelling_keeps_results_and_marks_the_other_calls() -> None:
    conversation = after(dispatching(call("a"), call("b")), ToolReturned(call_id="call00001", content="4"), Cancelled())

    assert State.CANCELLED is conversation.state
    assert ["hi", None, "Tool error: the run was cancelled before this call ended.", "4"] == [
        message["content"] for message in conversation.messages
    ]
    assert conversation.turn is None


def test_cancelling_keeps_images_that_are_there() -> None:
    returned = ToolReturned(call_id="call00001", content="4", parts=(picture(),))
    conversation = after(dispatching(call("a"), call("b")), returned, asking(0), said("wait"), Cancelled())

    assert ["user", "assistant", "tool", "tool", "user", "user"] == [message["role"] for message in conversation.messages]
    assert "data:a" in str(conversation.messages[-2]["content"])
    assert [] == judge(conversation.messages, sendable=True)


def test_cancelling_hears_what_the_user_said_after_the_turn() -> None:
    conversation = after(dispatching(), said("wait"), Cancelled())

    assert ["user", "assistant", "tool", "user"] == [message["role"] for message in conversation.messages]
    assert () == conversation.inbox
    assert [] == judge(conversation.messages, sendable=True)


def test_cancelling_without_a_turn_keeps_the_history() -> None:
    conversation = prompting()

    assert conversation.messages == cancel(conversation, Cancelled()).messages


def test_failing_keeps_the_reason_and_hears_the_user() -> None:
    failure = Failure(kind="server", message="500")
    conversation = fail(after(prompting(), said("b")), failure)

    assert failure == conversation.run.failure
    assert ["hi", "b"] == [message["content"] for message in conversation.messages]


def test_ending_at_a_limit_writes_the_limit_down_and_hears_the_user() -> None:
    conversation = end_at_the_limit(after(prompting(), said("b")), "3 rounds")
    last = conversation.history[-1]

    assert "3 rounds" == conversation.run.limit
    assert isinstance(last, AssistantMessage)
    assert last.synthetic
    assert ["hi", "b", "The limit of 3 rounds was reached. No tool returned anything."] == [
        message["content"] for message in conversation.messages
    ]
