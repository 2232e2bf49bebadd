"""Conversations brought, by events alone, to where a test begins."""

from __future__ import annotations

from detent.machine.step import replay
from detent.states import Conversation, Event, Failure, Limits, Usage
from detent.states.events import ModelFailed, ModelReplied, Prepared, Reply, RequestedCall, ToolAsked, UserSaid
from detent.states.messages import Call, Part, Said, UserMessage
from detent.states.turn import Ask, Outcome, OutcomeKind, SealedTurn, Slot

__all__ = [
    "AGAIN",
    "UNLIMITED",
    "WHICH",
    "after",
    "answer",
    "asked",
    "asking",
    "awaiting_approval",
    "awaiting_model",
    "blank",
    "call",
    "calls",
    "closing",
    "dispatching",
    "fault",
    "gated",
    "picture",
    "prompting",
    "said",
    "sealed",
    "slots",
]

UNLIMITED = Limits(rounds=1000)
WHICH = Ask(question="Which one?", schema='{"type": "string"}')
"""What a tool asks that wants an answer."""
AGAIN = Ask(question="Run it again?")
"""What a person is asked after a crash: a yes or no."""


def asked(text: str = "hi") -> UserMessage:
    """Return what a user said."""
    return UserMessage(content=text)


def said(
    text: str = "hi", *, limits: Limits | None = None, window: int | None = None, final: bool = True, at: float = 0.0
) -> UserSaid:
    """Return the event of a user who speaks."""
    return UserSaid(message=asked(text), limits=limits or Limits(), window=window, final=final, at=at)


def call(name: str = "look", arguments: str = "{}", problem: str | None = None) -> RequestedCall:
    """Return a call that may run at once."""
    return RequestedCall(name=name, arguments=arguments, problem=problem)


def gated(name: str = "pay", arguments: str = "{}") -> RequestedCall:
    """Return a call that a person has to agree to."""
    return RequestedCall(name=name, arguments=arguments, gated=True)


def calls(*asked_for: RequestedCall, text: str = "", usage: Usage | None = None, at: float = 0.0) -> ModelReplied:
    """Return a reply with calls."""
    return ModelReplied(reply=Reply(said=Said(text=text), calls=asked_for, usage=usage or Usage()), at=at)


def answer(text: str = "done", *, problem: str | None = None, usage: Usage | None = None, at: float = 0.0) -> ModelReplied:
    """Return a reply with a text."""
    return ModelReplied(reply=Reply(said=Said(text=text), problem=problem, usage=usage or Usage()), at=at)


def blank(*, finish: str | None = None) -> ModelReplied:
    """Return a reply with nothing in it."""
    return ModelReplied(reply=Reply(said=Said(finish=finish)))


def fault(*, retryable: bool = True, delay: float = 0.0, at: float = 0.0) -> ModelFailed:
    """Return a model call that failed."""
    return ModelFailed(failure=Failure(kind="server", message="500"), retryable=retryable, delay=delay, at=at)


def after(conversation: Conversation, *events: Event) -> Conversation:
    """Return *conversation* after *events*."""
    return replay(events, conversation)


def prompting(limits: Limits | None = None, *, final: bool = True, at: float = 0.0) -> Conversation:
    """Return a conversation whose user has just spoken."""
    return after(Conversation(), said(limits=limits, final=final, at=at))


def awaiting_model(limits: Limits | None = None, *, spares: int = 0, at: float = 0.0) -> Conversation:
    """Return a conversation that waits for the model's first reply."""
    return after(prompting(limits, at=at), Prepared(spares=spares, at=at))


def dispatching(*asked_for: RequestedCall, limits: Limits | None = None) -> Conversation:
    """Return a conversation with an open turn of *asked_for*, or of one call."""
    return after(awaiting_model(limits), calls(*(asked_for or (call(),))))


def awaiting_approval(*asked_for: RequestedCall, limits: Limits | None = None, at: float = 0.0) -> Conversation:
    """Return a conversation in which a person is asked about the gated ones of *asked_for*, or about one call."""
    return after(awaiting_model(limits), calls(*(asked_for or (gated(),)), at=at))


def asking(number: int = 0, ask: Ask = WHICH, *, usage: Usage | None = None, at: float = 0.0) -> ToolAsked:
    """Return the event of a tool that asks a person."""
    return ToolAsked(call_id=f"call{number:05}", ask=ask, usage=usage or Usage(), at=at)


def picture(name: str = "a") -> Part:
    """Return an image that a tool returned."""
    return Part("image_url", f'{{"type": "image_url", "image_url": {{"url": "data:{name}"}}}}')


def closing(limits: Limits | None = None) -> Conversation:
    """Return a conversation that waits for the closing words of a run that met its limit of one round."""
    once = limits or Limits(rounds=1, on_limit="answer")
    return after(awaiting_model(once), calls(call(problem="no such tool")), Prepared())


def slots(conversation: Conversation) -> tuple[Slot, ...]:
    """Return the slots of the open turn."""
    assert conversation.turn is not None
    return conversation.turn.slots


def sealed(*contents: str, text: str = "", first: int = 0) -> SealedTurn:
    """Return a turn of the history with a call for each of *contents*, which is its result."""
    return SealedTurn(
        said=Said(text=text),
        calls=tuple(Call(id=f"call{number:05}", name="look") for number in range(first, first + len(contents))),
        outcomes=tuple(Outcome(kind=OutcomeKind.RETURNED, content=content) for content in contents),
    )
