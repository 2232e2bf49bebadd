"""Journals to draw: events as a driver would have stored them, with times that a test can reckon with."""

from __future__ import annotations

from typing import TypeAlias

from detent.states import Event, Failure, Limits, Usage
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
    ToolAsked,
    ToolFailed,
    ToolReturned,
    ToolStarted,
    UserSaid,
)
from detent.states.messages import Origin, Said, UserMessage, call_id
from detent.states.turn import Ask, OutcomeKind, Waiting

__all__ = [
    "HOSTILE",
    "JOURNALS",
    "START",
    "Journal",
    "asked",
    "broke",
    "failed",
    "hostile",
    "inner",
    "limited",
    "long",
    "opened",
    "parallel",
    "raised",
    "ready",
    "replied",
    "returned",
    "said",
    "started",
    "two_runs",
    "waiting",
    "wanted",
]

Journal: TypeAlias = tuple[Event, ...]

START = 1_790_000_000.0
HOSTILE = (
    "%%{init: {}}%% $$x$$ </pre></title></style><script>alert(1)</script><img src=x onerror=alert(1)>"
    "\"' &amp; \u202e\x1b[2J]]><!-- "
)
"""What a model, a tool or a person might write to break out of a page, a diagram or a terminal."""


def said(at: float, text: str, limits: Limits | None = None) -> UserSaid:
    return UserSaid(message=UserMessage(content=text), limits=limits or Limits(), at=START + at)


def ready(at: float, spares: int = 0) -> Prepared:
    return Prepared(at=START + at, spares=spares)


def replied(at: float, seconds: float, *calls: RequestedCall, text: str = "", model: str = "gpt") -> ModelReplied:
    spoken = Said(text=text, origin=Origin("openai", model))
    used = Usage(prompt=100, completion=20)
    return ModelReplied(reply=Reply(said=spoken, calls=calls, usage=used), seconds=seconds, at=START + at)


def broke(at: float, seconds: float, message: str = "500", *, delay: float = 0.0, retryable: bool = True) -> ModelFailed:
    failure = Failure(kind="server", message=message, model="gpt")
    return ModelFailed(failure=failure, retryable=retryable, delay=delay, seconds=seconds, at=START + at)


def wanted(name: str, arguments: str = "{}", *, gated: bool = False) -> RequestedCall:
    return RequestedCall(name=name, arguments=arguments, gated=gated)


def started(at: float, number: int) -> ToolStarted:
    return ToolStarted(call_id=call_id(number), at=START + at)


def returned(at: float, number: int, seconds: float, content: str = "fine", usage: Usage | None = None) -> ToolReturned:
    return ToolReturned(call_id=call_id(number), content=content, seconds=seconds, usage=usage or Usage(), at=START + at)


def raised(at: float, number: int, seconds: float, content: str = "Tool error: no") -> ToolFailed:
    return ToolFailed(call_id=call_id(number), content=content, seconds=seconds, kind=OutcomeKind.TIMED_OUT, at=START + at)


def asked(at: float, number: int, seconds: float, question: str, *waiting: Waiting, usage: Usage | None = None) -> ToolAsked:
    ask = Ask(question=question, schema='{"type": "string"}', waiting=waiting)
    return ToolAsked(call_id=call_id(number), ask=ask, seconds=seconds, usage=usage or Usage(), at=START + at)


def opened(history_id: str = "c") -> Opened:
    return Opened(conversation_id=history_id, at=START)


def parallel() -> Journal:
    """Two tools that overlap, a third after a person's word and with a question of its own, and one try in vain."""
    return (
        opened("parallel"),
        said(0, "What is the weather in Oslo?"),
        ready(0),
        replied(1, 1, wanted("weather", '{"city": "Oslo"}'), wanted("look"), wanted("pay", gated=True), text="Let me see."),
        Approved(call_id=call_id(2), arguments='{"amount": 10}', at=START + 3601),
        started(3601, 0),
        started(3601, 1),
        started(3601, 2),
        returned(3602, 0, 1, "4 degrees"),
        raised(3603, 1, 2),
        asked(3603.5, 2, 2.5, "From which account?"),
        Answered(call_id=call_id(2), answer='"savings"', at=START + 3703.5),
        returned(3704, 2, 0.5, "paid"),
        ready(3704, 1),
        broke(3704.5, 0.5, delay=1.5),
        ready(3706, 1),
        replied(3707, 1, text="It rains."),
    )


def two_runs() -> Journal:
    """The same, and after a day a second run that a user stops."""
    return (
        *parallel(),
        said(90_000, "And Rome?"),
        ready(90_000),
        replied(90_001, 1, wanted("weather"), wanted("look")),
        returned(90_002, 3, 1),
        Cancelled(at=START + 90_003),
    )


def failed() -> Journal:
    """A run in which no model answers, the first nor the second."""
    return (
        opened("failed"),
        said(0, "Hello?"),
        ready(0),
        broke(1, 1, "502 Bad Gateway", delay=0.5),
        ready(1.5),
        broke(2, 0.5, "502 Bad Gateway", delay=1),
        ready(3),
        broke(4, 1, "401 Unauthorized", retryable=False),
    )


def waiting() -> Journal:
    """A run that waits for two people's words: one call is refused, one waits, and a question is open."""
    return (
        opened("waiting"),
        said(0, "Pay them both."),
        ready(0),
        replied(2, 2, wanted("pay", '{"to": "Ann"}', gated=True), wanted("pay", '{"to": "Bob"}', gated=True), wanted("ask")),
        Denied(call_id=call_id(0), reason="not Ann", at=START + 60),
    )


def inner() -> Journal:
    """An agent that runs as a tool: it used tokens of its own, and asked on behalf of a call inside."""
    inside = Waiting(id="call00000", name="remove", arguments='{"path": "notes.md"}')
    return (
        opened("outer"),
        said(0, "Tidy up."),
        ready(0),
        replied(1, 1, wanted("tidier", '{"task": "Tidy up."}')),
        asked(4, 0, 3, "A call waits for a yes.", inside, usage=Usage(prompt=700, completion=30, model_calls=2)),
        Answered(call_id=call_id(0), answer='{"calls": {"call00000": {"approve": true}}}', at=START + 400),
        returned(405, 0, 5, "All is tidy.", Usage(prompt=500, completion=20, model_calls=1)),
        ready(405),
        replied(406, 1, text="Done.", model="big"),
    )


def limited() -> Journal:
    """A run of one round, which meets its limit."""
    return (
        opened("limited"),
        said(0, "Look.", Limits(rounds=1)),
        ready(0),
        replied(1, 1, wanted("look"), wanted("look", "nonsense")),
        returned(2, 0, 1),
        ready(2),
    )


def long() -> Journal:
    """Fifty rounds with two tools each: more than two hundred events."""
    events: list[Event] = [opened("long"), said(0, "Count to fifty.", Limits(rounds=100))]
    for turn in range(50):
        at, call = 4.0 * turn, 2 * turn
        events += [ready(at), replied(at + 1, 1, wanted("count", f'{{"to": {turn}}}'), wanted("note", '{"text": "more"}'))]
        events += [returned(at + 2.5, call, 1.5, str(turn)), returned(at + 3.5, call + 1, 2.5, "noted")]
    return (*events, ready(200), replied(201, 1, text="Fifty."))


def hostile() -> Journal:
    """A text that tries to break out, in every field that is one."""
    return (
        Opened(conversation_id=HOSTILE, system=HOSTILE, repairs=(HOSTILE,), at=START),
        said(0, HOSTILE),
        ready(0),
        ModelReplied(
            reply=Reply(
                said=Said(text=HOSTILE, reasoning=HOSTILE, origin=Origin(HOSTILE, HOSTILE), finish=HOSTILE),
                calls=(wanted(HOSTILE, HOSTILE), wanted("pay", gated=True), wanted("look")),
            ),
            at=START + 1,
        ),
        Denied(call_id=call_id(1), reason=HOSTILE, at=START + 2),
        asked(3, 2, 1, HOSTILE, Waiting(id=HOSTILE, name=HOSTILE, arguments="{}", question=HOSTILE)),
        Answered(call_id=call_id(2), answer='"</script><script>alert(1)</script>"', at=START + 4),
        raised(5, 2, 1, HOSTILE),
        ready(5),
        ModelFailed(failure=Failure(kind=HOSTILE, message=HOSTILE, model=HOSTILE), at=START + 6),
    )


JOURNALS = {make.__name__: make() for make in (parallel, two_runs, failed, waiting, inner, limited, long, hostile)}
"""All of them, by their names."""
