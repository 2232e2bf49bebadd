"""The promises of the design: whatever happens, the history is valid, nothing is lost, and every run ends."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import pytest
from attrs import evolve
from history_oracle import judge
from hypothesis import given
from hypothesis import strategies as st
from strategies import (
    conversations,
    events,
    fitting_events,
    limits,
    replies,
    user_messages,
)

from detent.errors import IllegalEvent
from detent.machine.codec import dump_event, dumps, load_event, loads
from detent.machine.step import replay, step
from detent.states import Conversation, Event, Failure, Limits, State, Usage, effects
from detent.states.effects import AskAnswer, AskApproval, CallModel, CallTool, Prepare, Work
from detent.states.events import (
    Answered,
    Approved,
    Cancelled,
    ModelFailed,
    ModelReplied,
    Opened,
    Prepared,
    Reply,
    RequestedCall,
    ToolAsked,
    ToolFailed,
    ToolReturned,
    UserSaid,
)
from detent.states.messages import AssistantMessage, Call, Said, UserMessage
from detent.states.turn import Ask, Entry, Outcome, OutcomeKind, SealedTurn

# --- any events at all -----------------------------------------------------------------------------------------------


@given(conversations(longest=20))
def test_the_history_is_valid_after_every_event(walked: tuple[Conversation, tuple[Event, ...]]) -> None:
    conversation = Conversation()
    for event in walked[1]:
        conversation = step(conversation, event)

        assert [] == judge(conversation.messages, sendable=conversation.state is State.AWAITING_MODEL)


@given(conversations(), st.data())
def test_no_input_is_ever_changed(walked: tuple[Conversation, tuple[Event, ...]], data: st.DataObject) -> None:
    conversation, _ = walked
    event = data.draw(fitting_events(conversation))
    before = repr((conversation, event))
    try:
        first, second = step(conversation, event), step(conversation, event)
    except IllegalEvent:
        pass
    else:
        assert first == second
        assert repr(first) == repr(second)
    effects(conversation)

    assert before == repr((conversation, event))


@given(conversations())
def test_a_conversation_comes_back_from_its_bytes(walked: tuple[Conversation, tuple[Event, ...]]) -> None:
    conversation, taken = walked

    assert conversation == loads(dumps(conversation))
    assert dumps(conversation) == dumps(replay(load_event(dump_event(event)) for event in taken))


@given(events())
def test_an_event_comes_back_from_its_bytes(event: Event) -> None:
    assert event == load_event(dump_event(event))


ODD = (math.inf, -math.inf, math.nan)
FAILURE = Failure(kind="server", message="500")
ODD_FACTS: list[Callable[[], Event]] = [
    lambda: ModelReplied(reply=Reply(usage=Usage(prompt=2**70))),
    lambda: ModelReplied(reply=Reply(usage=Usage(cost=math.inf))),
    *(partial(ModelFailed, failure=FAILURE, delay=odd) for odd in ODD),
    *(partial(ModelFailed, failure=FAILURE, seconds=odd) for odd in ODD),
    *(partial(ModelReplied, reply=Reply(), seconds=odd) for odd in ODD),
    *(partial(ToolReturned, call_id="call00000", content="", seconds=odd) for odd in ODD),
    *(partial(ToolFailed, call_id="call00000", content="", seconds=odd) for odd in ODD),
    *(partial(ToolAsked, call_id="call00000", ask=Ask(question="?"), seconds=odd) for odd in ODD),
    *(partial(Answered, call_id="call00000", answer="1", at=odd) for odd in ODD),
    *(partial(Answered, call_id="call00000", answer=odd) for odd in ("NaN", "Infinity", "[1, -Infinity]")),
    *(partial(Approved, call_id="call00000", arguments=odd) for odd in ('{"a": NaN}', '{"a": Infinity}')),
    lambda: ToolReturned(call_id="call00000", content="", usage=Usage(cost=math.nan)),
    *(partial(Cancelled, at=odd) for odd in ODD),
]


@pytest.mark.parametrize("fact", ODD_FACTS, ids=range(len(ODD_FACTS)))
def test_a_number_that_cannot_be_stored_is_refused_before_it_is_an_event(fact: Callable[[], Event]) -> None:
    try:
        event = fact()
    except ValueError:
        return

    assert event == load_event(dump_event(event))


ANSWERED = (Outcome(kind=OutcomeKind.RETURNED, content="4"),)


@pytest.mark.parametrize(
    "entries",
    [
        (AssistantMessage(said=Said(text="first")),),
        (UserMessage(content="hi"), SealedTurn(said=Said(), calls=(Call(id="call00001", name="look"),), outcomes=ANSWERED)),
        (UserMessage(content="hi"), *(SealedTurn(said=Said(), calls=(Call(id="x", name="look"),), outcomes=ANSWERED),) * 2),
    ],
    ids=["the assistant begins", "an id that will be given out", "an id used twice"],
)
def test_a_conversation_opens_with_a_valid_history_only(entries: tuple[Entry, ...]) -> None:
    asked = ModelReplied(reply=Reply(calls=(RequestedCall(name="look"),) * 2))
    said = UserSaid(message=UserMessage(content="more"))
    try:
        conversation = replay((Opened(conversation_id="c1", entries=entries), said, Prepared(), asked, Cancelled()))
    except (ValueError, IllegalEvent):
        return

    assert [] == judge(conversation.messages)


@given(user_messages)
def test_a_cancelled_run_keeps_the_task(message: UserMessage) -> None:
    conversation = replay((UserSaid(message=message), Cancelled()))

    assert [*message.to_messages()] == conversation.messages


# --- every run ends --------------------------------------------------------------------------------------------------

ONE_CALL = Reply(calls=(RequestedCall(name="look"),), usage=Usage(prompt=3, completion=2, cost=0.01))


def driven(
    conversation: Conversation, reply: Reply | None, *, spares: int = 0, seconds: float = 1.0
) -> tuple[Conversation, int]:
    """Return where a run ends whose model gives *reply*, or fails, each time, and how many model calls it made."""
    at, model_calls = conversation.run.started_at, 0
    for _ in range(2000):
        at += seconds
        wanted = effects(conversation)
        if not wanted:
            return conversation, model_calls
        match wanted[0]:
            case Prepare(not_before=not_before):
                at = max(at, not_before or at)
                event: Event = Prepared(spares=max(0, spares - conversation.run.model_index), at=at)
            case CallModel() if reply is not None:
                model_calls += 1
                event = ModelReplied(reply=reply, at=at)
            case CallModel():
                model_calls += 1
                event = ModelFailed(failure=Failure(kind="server", message="500"), retryable=True, delay=0.5, at=at)
            case CallTool(call=call):
                event = ToolReturned(call_id=call.id, content="4", at=at)
            case AskApproval(call=call):
                event = Approved(call_id=call.id, at=at)
            case AskAnswer(call=call):
                event = Answered(call_id=call.id, answer="true", at=at)
            case Work():
                raise AssertionError("the loop's own table has no states of one's own")
        conversation = step(conversation, event)
    raise AssertionError("the run does not end")


ENDLESS = Limits(rounds=500)


@pytest.mark.parametrize("wrap_up", [False, True])
@pytest.mark.parametrize(
    ("expected", "limits"),
    [
        ("4 rounds", Limits(rounds=4)),
        ("3 tool calls", evolve(ENDLESS, tool_calls=3)),
        ("10 input tokens", evolve(ENDLESS, input_tokens=10)),
        ("7 output tokens", evolve(ENDLESS, output_tokens=7)),
        ("20 tokens", evolve(ENDLESS, total_tokens=20)),
        ("0.035 of cost", evolve(ENDLESS, cost=0.035)),
        ("12 seconds", evolve(ENDLESS, seconds=12.0)),
    ],
)
def test_every_limit_ends_a_run_that_would_not_end_by_itself(expected: str, limits: Limits, wrap_up: bool) -> None:
    limits = evolve(limits, on_limit="answer" if wrap_up else "summary")
    begun = step(Conversation(), UserSaid(message=UserMessage(content="hi"), limits=limits, at=100.0))
    conversation, model_calls = driven(begun, ONE_CALL)

    assert State.LIMIT_HIT is conversation.state
    assert expected == conversation.run.limit
    assert 4 + wrap_up >= model_calls


@given(limits, replies | st.none(), st.integers(0, 2), st.booleans(), st.sampled_from((0.0, 0.1, 1.0)))
def test_every_run_ends_whatever_the_model_does(
    limits: Limits, reply: Reply | None, spares: int, final: bool, seconds: float
) -> None:
    begun = step(Conversation(), UserSaid(message=UserMessage(content="hi"), limits=limits, final=final))
    conversation, model_calls = driven(begun, reply, spares=spares, seconds=seconds)

    assert conversation.state.ends_a_run
    assert (limits.rounds + 1) * (1 + limits.retries) * (1 + spares) >= model_calls
    assert [] == judge(conversation.messages)
