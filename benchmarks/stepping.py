"""`step`: one event of every kind, on a short record and on one with a thousand messages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from attrs import evolve

from detent import Conversation, Limits, replay, step
from detent.states import Event, Failure
from detent.states.events import (
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
    ToolFailed,
    ToolReturned,
    ToolStarted,
    UserSaid,
)
from detent.states.messages import Said, UserMessage

from .histories import messages
from .measure import MICRO, cpu_of
from .tables import Table, judged

__all__ = ["table"]

TARGET = 40.0
"""Microseconds."""


async def table(*, quick: bool = False) -> Table:
    """Measure `step` for every kind of event."""
    made = Table("`step`, by kind of event (CPU)", ("event", "short record", "1,000 messages", f"target ≤ {TARGET:g} µs"))
    turns = 5 if quick else 9
    for short, long in zip(_cases(0), _cases(1000), strict=True):
        took = [cpu_of(partial(step, before, event), turns=turns) * MICRO for _, before, event in (short, long)]
        made.add(short[0], f"{took[0]:.1f} µs", f"{took[1]:.1f} µs", judged(max(took), TARGET))
    return made


def _cases(length: int) -> Iterator[tuple[str, Conversation, Event]]:
    """Yield every kind of event with a record that takes it."""
    said = UserSaid(message=UserMessage(content="hi"), limits=Limits())
    call, gated = RequestedCall(name="look"), RequestedCall(name="pay", gated=True)
    asks, parks = ModelReplied(reply=Reply(calls=(call, call))), ModelReplied(reply=Reply(calls=(gated, gated)))
    opened = Opened(conversation_id="c", entries=Conversation.from_messages(messages(length)).history)
    failed = ModelFailed(failure=Failure(kind="server_error", message="500"), retryable=True)
    blank = replay([opened])
    prompting = step(blank, said)
    awaiting = step(prompting, Prepared())
    dispatching, parked = step(awaiting, asks), step(awaiting, parks)
    first = "" if dispatching.turn is None else dispatching.turn.slots[0].call.id
    yield "Opened", Conversation(), opened
    yield "UserSaid", blank, said
    yield "UserSaid, with a window", blank, evolve(said, window=20)
    yield "UserSaid, into the inbox", awaiting, said
    yield "Prepared", prompting, Prepared()
    yield "ModelReplied, an answer", awaiting, ModelReplied(reply=Reply(said=Said(text="done")))
    yield "ModelReplied, two calls", awaiting, asks
    yield "ModelReplied, nothing usable", awaiting, ModelReplied(reply=Reply())
    yield "ModelFailed", awaiting, failed
    yield "Approved", parked, Approved(call_id=first)
    yield "Denied", parked, Denied(call_id=first)
    yield "ToolStarted", dispatching, ToolStarted(call_id=first)
    yield "ToolReturned", dispatching, ToolReturned(call_id=first, content="4")
    yield "ToolFailed", dispatching, ToolFailed(call_id=first, content="Tool error: no")
    yield "Cancelled", dispatching, Cancelled()
    yield "Resumed", step(awaiting, Cancelled()), Resumed()
