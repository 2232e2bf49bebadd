"""Every event: a fact that arrived, in the past tense.  The union is closed.

Times (*at*) are seconds since the epoch, read by the driver; random choices (the length of a retry's pause) are made
there too.  So the record is a pure function of its events.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypeAlias

from attrs import Attribute, Factory, field, frozen
from attrs.converters import optional
from attrs.validators import ge, in_, instance_of
from attrs.validators import optional as validators_optional

from .conversation import Failure
from .limits import Limits
from .messages import Opaque, Part, Said, UserMessage, call_number
from .text import settle_arguments, settle_json, well_formed
from .turn import Ask, Entry, OutcomeKind, SealedTurn
from .usage import Usage

__all__ = [
    "EVENTS",
    "Answered",
    "Approved",
    "Cancelled",
    "Denied",
    "Event",
    "ModelFailed",
    "ModelReplied",
    "Opened",
    "Prepared",
    "Reply",
    "RequestedCall",
    "Resumed",
    "ToolAsked",
    "ToolFailed",
    "ToolReturned",
    "ToolStarted",
    "UserSaid",
    "Worked",
]


def _finite(instance: object, attribute: Attribute[float], value: float) -> None:
    if not math.isfinite(value):
        raise ValueError(f"{attribute.name}: a finite number is wanted, not {value!r}")


def _whole_history(instance: object, attribute: object, entries: tuple[Entry, ...]) -> None:
    if entries and not isinstance(entries[0], UserMessage):
        raise ValueError("entries: a history begins with the user")
    ids = _ids(entries)
    if len(set(ids)) < len(ids):
        raise ValueError("entries: two calls of the history have the same id")


def _ids(entries: tuple[Entry, ...]) -> list[str]:
    return [call.id for entry in entries if isinstance(entry, SealedTurn) for call in entry.calls]


def _all_well_formed(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(well_formed(text) for text in texts)


def _minted_by(opened: Opened) -> int:
    return max((call_number(call_id) + 1 for call_id in _ids(opened.entries)), default=0)


@frozen(kw_only=True)
class Opened:
    """The conversation began, perhaps with a history from elsewhere (already repaired).

    *machine* names the table that it runs by; none is detent's own.  *minted* is worked out: the number of call ids that
    the history leaves behind it.
    """

    conversation_id: str = field(converter=well_formed, validator=instance_of(str))
    machine: str = field(default="", converter=well_formed)
    system: str = field(default="", converter=well_formed)
    repairs: tuple[str, ...] = field(default=(), converter=_all_well_formed)
    entries: tuple[Entry, ...] = field(default=(), validator=_whole_history)
    minted: int = field(default=Factory(_minted_by, takes_self=True), init=False)
    at: float = field(default=0.0, validator=_finite)


@frozen(kw_only=True)
class UserSaid:
    """The user spoke.  In an end state this begins a run under *limits*; in a live one it waits in the inbox.

    *window* is how many of the messages before this one the model is shown (None: all).  With *final* false the run is
    wanted for what its tools return, not for a closing answer.
    """

    message: UserMessage = field(validator=instance_of(UserMessage))
    limits: Limits = Limits()
    window: int | None = field(default=None, validator=validators_optional(ge(0)))
    final: bool = True
    at: float = field(default=0.0, validator=_finite)


@frozen(kw_only=True)
class Resumed:
    """A run that failed or was cancelled before the model answered is to go on, with fresh counters."""

    limits: Limits = Limits()
    final: bool = True
    at: float = field(default=0.0, validator=_finite)


@frozen(kw_only=True)
class Prepared:
    """The driver is ready for a model call: the run's pause is over.  *spares* is how many other models are left."""

    spares: int = field(default=0, validator=ge(0))
    at: float = field(default=0.0, validator=_finite)


def _settled(arguments: str) -> str:
    return settle_arguments(arguments)[0]


def _flaw_of(call: RequestedCall) -> str | None:
    return call.problem or settle_arguments(call.arguments)[1]


@frozen(kw_only=True)
class RequestedCall:
    """One call as the model asked for it; the record gives it an id of its own.

    *problem* says why it can not be run, where the wire already knows; *gated* that a person must agree first.
    *flaw* is worked out: the problem, or what is wrong with the arguments as JSON, or None.
    """

    name: str = field(converter=well_formed)
    arguments: str = field(default="{}", converter=_settled)
    host_id: str = field(default="", converter=well_formed)
    opaque: tuple[Opaque, ...] = ()
    problem: str | None = field(default=None, converter=optional(well_formed))
    gated: bool = False
    flaw: str | None = field(default=Factory(_flaw_of, takes_self=True), init=False)


@frozen(kw_only=True)
class Reply:
    """What a model said: text, calls, or nothing usable.

    *problem* is why an answer without calls can not stand (a call written as text, a text that is not the wanted form),
    in words for the model.
    """

    said: Said = Said()
    calls: tuple[RequestedCall, ...] = ()
    usage: Usage = Usage()
    problem: str | None = field(default=None, converter=optional(well_formed))


@frozen(kw_only=True)
class ModelReplied:
    """The model's reply arrived whole.  *seconds* is how long the call took."""

    reply: Reply
    seconds: float = field(default=0.0, validator=[_finite, ge(0)])
    at: float = field(default=0.0, validator=_finite)


@frozen(kw_only=True)
class ModelFailed:
    """The model call failed.  *retryable* means that the same request may succeed later, *delay* seconds from now."""

    failure: Failure
    retryable: bool = False
    delay: float = field(default=0.0, validator=[_finite, ge(0)])
    seconds: float = field(default=0.0, validator=[_finite, ge(0)])
    at: float = field(default=0.0, validator=_finite)


def _sound(instance: object, attribute: object, value: str | None) -> None:
    if value is not None and (flaw := settle_arguments(value)[1]) is not None:
        raise ValueError(flaw)


@frozen(kw_only=True)
class Approved:
    """A person agreed to the call; *arguments*, a JSON object as text, stand in place of the model's if given."""

    call_id: str = field(converter=well_formed)
    arguments: str | None = field(default=None, converter=optional(_settled), validator=_sound)
    at: float = field(default=0.0, validator=_finite)


@frozen(kw_only=True)
class Denied:
    """A person refused the call, or to answer its question; *reason* is told to the model."""

    call_id: str = field(converter=well_formed)
    reason: str = field(default="", converter=well_formed)
    at: float = field(default=0.0, validator=_finite)


@frozen(kw_only=True)
class Answered:
    """A person answered what a tool asked: *answer* is JSON, as text."""

    call_id: str = field(converter=well_formed)
    answer: str = field(converter=settle_json)
    at: float = field(default=0.0, validator=_finite)


@frozen(kw_only=True)
class ToolStarted:
    """A tool is about to run.  Recorded before it does, unless it is declared idempotent."""

    call_id: str = field(converter=well_formed)
    at: float = field(default=0.0, validator=_finite)


@frozen(kw_only=True)
class ToolReturned:
    """A tool returned; *content* is the text for the model, *parts* its images and files.

    *usage* is what models used on the tool's behalf: those of an agent that runs as a tool.
    """

    call_id: str = field(converter=well_formed)
    content: str = field(converter=well_formed)
    parts: tuple[Part, ...] = ()
    usage: Usage = Usage()
    seconds: float = field(default=0.0, validator=[_finite, ge(0)])
    at: float = field(default=0.0, validator=_finite)


@frozen(kw_only=True)
class ToolFailed:
    """A call came to nothing; *content* tells the model why, in words that begin `Tool error:`."""

    call_id: str = field(converter=well_formed)
    content: str = field(converter=well_formed)
    kind: OutcomeKind = field(default=OutcomeKind.RAISED, validator=in_(set(OutcomeKind) - {OutcomeKind.RETURNED}))
    usage: Usage = Usage()
    seconds: float = field(default=0.0, validator=[_finite, ge(0)])
    at: float = field(default=0.0, validator=_finite)


@frozen(kw_only=True)
class ToolAsked:
    """A tool wants to know something of a person before it goes on; it does not run meanwhile."""

    call_id: str = field(converter=well_formed)
    ask: Ask
    usage: Usage = Usage()
    seconds: float = field(default=0.0, validator=[_finite, ge(0)])
    at: float = field(default=0.0, validator=_finite)


@frozen(kw_only=True)
class Worked:
    """The work of a state of one's own came to an end: *outcome* in one word, *note* in many, *usage* what models used."""

    state: str = field(converter=well_formed)
    outcome: str = field(converter=well_formed)
    note: str = field(default="", converter=well_formed)
    usage: Usage = Usage()
    seconds: float = field(default=0.0, validator=[_finite, ge(0)])
    at: float = field(default=0.0, validator=_finite)


@frozen(kw_only=True)
class Cancelled:
    """Somebody stopped the run."""

    at: float = field(default=0.0, validator=_finite)


Event: TypeAlias = (
    Opened
    | UserSaid
    | Resumed
    | Prepared
    | ModelReplied
    | ModelFailed
    | Approved
    | Denied
    | Answered
    | ToolStarted
    | ToolReturned
    | ToolFailed
    | ToolAsked
    | Worked
    | Cancelled
)

EVENTS: tuple[type[Event], ...] = (
    Opened,
    UserSaid,
    Resumed,
    Prepared,
    ModelReplied,
    ModelFailed,
    Approved,
    Denied,
    Answered,
    ToolStarted,
    ToolReturned,
    ToolFailed,
    ToolAsked,
    Worked,
    Cancelled,
)
"""All of them, in the order in which a run may meet them."""
