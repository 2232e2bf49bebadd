"""What an observer of a run is told, as it happens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from attrs import frozen

from ..states import AnyState, Conversation, Event
from ..states import events as facts
from .toolcall import ToolCall, newest_calls

__all__ = [
    "CallDelta",
    "Notice",
    "ReasoningDelta",
    "StateChanged",
    "TextDelta",
    "ToolFinished",
    "ToolProgress",
    "ToolStarted",
    "notices_of",
]


@frozen
class TextDelta:
    """A piece of the model's answer."""

    text: str


@frozen
class ReasoningDelta:
    """A piece of what the model thinks aloud, where the host shows it."""

    text: str


@frozen(kw_only=True)
class CallDelta:
    """A piece of a call as the model writes it: the call's *place* in the reply, the *tool* as far as it is named.

    *arguments* is a piece of text.  A preview only: a call that is to run is told by `ToolStarted`, and a reply whose stream
    breaks off is asked for anew.
    """

    place: int
    tool: str
    arguments: str


@frozen(kw_only=True)
class StateChanged:
    """The loop moved.  *event* names what moved it, *round* counts the replies so far, *seconds* are since the last move.

    *reason* is set when a model call failed, and when the run did.
    """

    source: AnyState
    target: AnyState
    event: str
    round: int
    rounds: int
    seconds: float
    reason: str = ""


@frozen(kw_only=True)
class ToolStarted:
    """A tool runs."""

    call: ToolCall


@frozen(kw_only=True)
class ToolProgress:
    """A tool tells how far it has come: *message* in words, *done* of *total* where it counts.  Nothing of it is stored."""

    call: ToolCall
    message: str
    done: float | None = None
    total: float | None = None


@frozen(kw_only=True)
class ToolFinished:
    """A call has its outcome: `call.result` is what the model is told."""

    call: ToolCall


Notice: TypeAlias = TextDelta | ReasoningDelta | CallDelta | StateChanged | ToolStarted | ToolProgress | ToolFinished


def notices_of(before: Conversation, event: Event, after: Conversation, seconds: float) -> Iterator[Notice]:
    """Yield what a transition has to tell: outcomes that it brought, then the move."""
    had = {call.id for call in _outcomes(before)}
    for call in _outcomes(after):
        if call.id not in had and not isinstance(event, facts.Opened):  # a history from elsewhere is no news
            yield ToolFinished(call=call)
    if before.state != after.state:
        failure = event.failure if isinstance(event, facts.ModelFailed) else after.run.failure
        yield StateChanged(
            source=before.state,
            target=after.state,
            event=type(event).__name__,
            round=after.run.rounds,
            rounds=after.run.limits.rounds,
            seconds=seconds,
            reason=failure.message if failure else "",
        )


def _outcomes(conversation: Conversation) -> list[ToolCall]:
    """Return the calls of the newest turn that have their outcome."""
    return [call for call in newest_calls(conversation) if call.kind is not None]
