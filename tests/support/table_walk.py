"""A random walk over the table: a few events a state, chosen by a seeded generator."""

from __future__ import annotations

import random
from collections.abc import Iterator

from detent.errors import IllegalEvent
from detent.machine.step import step
from detent.states import ROWS, Conversation, Event, Failure, Limits, Row, State, Usage
from detent.states.events import (
    Answered,
    Approved,
    Cancelled,
    Denied,
    ModelFailed,
    ModelReplied,
    Opened,
    Prepared,
    Reply,
    RequestedCall,
    Resumed,
    ToolAsked,
    ToolFailed,
    ToolReturned,
    ToolStarted,
    UserSaid,
)
from detent.states.messages import Part, Said, UserMessage
from detent.states.turn import Ask

__all__ = ["takers", "walk"]

_LIMITS = (
    Limits(),
    Limits(rounds=1),
    Limits(rounds=2, tool_calls=1, retries=0),
    Limits(rounds=2, on_limit="answer", retries=1),
    Limits(tool_calls=1, on_limit="answer", retries=0),
    Limits(seconds=5.0, retries=0),
    Limits(output_tokens=10, on_limit="answer"),
)
_REPLIES = (
    Reply(said=Said(text="done")),
    Reply(said=Said(text="done"), usage=Usage(completion=10)),
    Reply(),
    Reply(said=Said(text="{"), problem="JSON is wanted."),
    Reply(calls=(RequestedCall(name="look"),)),
    Reply(calls=(RequestedCall(name="look"), RequestedCall(name="look", arguments="{"), RequestedCall(name="look"))),
    Reply(calls=(RequestedCall(name="pay", gated=True),)),
    Reply(calls=(RequestedCall(name="pay", gated=True), RequestedCall(name="pay", gated=True))),
    Reply(calls=(RequestedCall(name="look"), RequestedCall(name="pay", gated=True)), said=Said(text="Let me see.")),
    Reply(calls=(RequestedCall(name="look", arguments="["),)),
)


_ASKS = (Ask(question="Which?", schema='{"type": "string"}'), Ask(question="Again?"))
_SHOWN = (Part("image_url", '{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}'),)


def takers(conversation: Conversation, event: Event) -> list[Row[Event]]:
    """Return the rows that take *event*."""
    return [
        row for row in ROWS if row.source is conversation.state and row.event is type(event) and row.when(conversation, event)
    ]


def walk(chance: random.Random, length: int) -> Iterator[tuple[Conversation, Event, Conversation]]:
    """Return *length* moves, each as the record before, the event, and the record after; now and then it begins anew."""
    conversation, at = Conversation(), 0.0
    made = 0
    while made < length:
        if conversation.state.ends_a_run and chance.random() < 0.3:
            conversation = Conversation()
        at += chance.choice((0.0, 0.5, 2.0))
        event = _next(chance, conversation, at)
        try:
            after = step(conversation, event)
        except IllegalEvent:
            continue
        yield conversation, event, after
        conversation = after
        made += 1


def _next(chance: random.Random, conversation: Conversation, at: float) -> Event:
    limits = chance.choice(_LIMITS)
    said = UserSaid(message=UserMessage(content="hi"), limits=limits, final=chance.random() < 0.8, at=at)
    seldom: tuple[Event, ...] = (said, Cancelled(at=at))
    if chance.random() < 0.08:
        return chance.choice(seldom)
    turn = conversation.turn
    call_id = chance.choice(turn.slots).call.id if turn is not None else ""
    state = conversation.state
    likely: tuple[Event, ...]
    if state is State.PROMPTING:
        likely = (Prepared(spares=chance.choice((0, 0, 1)), at=at),)
    elif state is State.AWAITING_MODEL:
        failed = ModelFailed(failure=Failure(kind="server", message="500"), retryable=chance.random() < 0.5, at=at)
        likely = (ModelReplied(reply=chance.choice(_REPLIES), at=at),) * 4 + (failed,)
    elif state is State.AWAITING_APPROVAL:
        likely = (
            Approved(call_id=call_id, arguments=chance.choice((None, '{"a": 1}')), at=at),
            Denied(call_id=call_id, at=at),
            Answered(call_id=call_id, answer='"this"', at=at),
        )
    elif state is State.DISPATCHING_TOOLS:
        likely = (
            ToolStarted(call_id=call_id, at=at),
            ToolReturned(call_id=call_id, content="4", parts=chance.choice(((), _SHOWN)), at=at),
            ToolFailed(call_id=call_id, content="Tool error: no", at=at),
            ToolAsked(call_id=call_id, ask=chance.choice(_ASKS), usage=Usage(completion=chance.choice((0, 0, 4))), at=at),
        )
    else:
        likely = (said, Resumed(limits=limits, at=at), Opened(conversation_id="c1", at=at))
    return chance.choice(likely)
