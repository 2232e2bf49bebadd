"""The events that can arrive, one of each kind that the table could tell apart: the alphabet of the exploration.

Texts, ids, times and counts are fixed, but each is one that would be noticed in a wrong place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, assert_never

from attrs import evolve, frozen

from ...states import Conversation, Event, Failure, OwnState, effects
from ...states.effects import AskAnswer, AskApproval, CallModel, CallTool, Effect, Prepare, Work
from ...states.events import (
    Answered,
    Approved,
    Cancelled,
    Denied,
    ModelFailed,
    ModelReplied,
    Opened,
    Prepared,
    Reply,
    Resumed,
    ToolAsked,
    ToolFailed,
    ToolReturned,
    ToolStarted,
    UserSaid,
    Worked,
)
from ...states.messages import Part, Said, UserMessage
from ...states.own_state import FAILED
from ...states.turn import Ask, OutcomeKind
from ...states.usage import Usage
from .moves import OfACall, standing
from .replies import REPLIES
from .settings import HISTORY, SETTINGS, Setting

__all__ = ["Letter", "expected", "strays"]

_SPENT: Final = Usage(cached=2, reasoning=1, model_calls=1)
_QUESTION: Final = Ask(question="which one?", schema='{"type": "string"}')
_AGAIN: Final = Ask(question="run it again?")
_IMAGE: Final = Part("image_url", '{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}')
_FAILURE: Final = Failure(kind="server", message="500", model="one")
_MEANWHILE: Final = UserMessage(content="and one more thing")
_UNKNOWN: Final = "call0zzzz"
_NAMING_NONE: Final[tuple[Event, ...]] = (
    Opened(conversation_id="stray"),
    UserSaid(message=_MEANWHILE),
    Resumed(),
    Prepared(),
    ModelReplied(reply=Reply(said=Said(text="stray"))),
    ModelFailed(failure=_FAILURE),
    Worked(state="elsewhere", outcome="done"),
    Cancelled(),
)
_NAMING: Final[tuple[Callable[[str], Event], ...]] = (
    lambda call: Approved(call_id=call),
    lambda call: Denied(call_id=call),
    lambda call: Answered(call_id=call, answer="1"),
    lambda call: ToolStarted(call_id=call),
    lambda call: ToolReturned(call_id=call, content="stray"),
    lambda call: ToolFailed(call_id=call, content="Tool error: stray"),
    lambda call: ToolAsked(call_id=call, ask=_QUESTION),
)


@frozen
class Letter:
    """An event that can arrive, and its *name* for people.

    *outside* tells that a person had a hand in it, or a crash: without them no run goes on for ever.
    """

    name: str
    event: Event
    outside: bool = False


def expected(
    conversation: Conversation, states: Iterable[OwnState] = (), settings: Sequence[Setting] = SETTINGS
) -> tuple[Letter, ...]:
    """Return what can arrive next: every answer to every effect, and what people may do unasked.

    *states* are those of one's own, with what their work may come to; runs are begun with each of the *settings*.
    """
    own = {state.value: state.outcomes for state in states}
    answers = [letter for effect in effects(conversation) for letter in _answers(effect, conversation, own)]
    return (*answers, *_unasked(conversation, settings))


def strays(conversation: Conversation, letters: Iterable[Letter]) -> Iterator[Event]:
    """Return what can not arrive beside *letters*, of each kind of event and for each call: no row may take it."""
    awaited = {_what(letter.event) for letter in letters}
    ids = (_UNKNOWN, *(slot.call.id for slot in standing(conversation)))
    for event in (*_NAMING_NONE, *(make(call_id) for call_id in ids for make in _NAMING)):
        if _what(event) not in awaited:
            yield event


def _what(event: Event) -> tuple[type[Event], str]:
    if isinstance(event, Worked):
        return type(event), event.state
    return type(event), event.call_id if isinstance(event, OfACall) else ""


def _answers(effect: Effect, conversation: Conversation, own: Mapping[str, tuple[str, ...]]) -> Iterator[Letter]:
    match effect:
        case Prepare():
            yield from _preparations(conversation)
        case CallModel():
            yield from _replies(conversation)
            yield from _failures(conversation)
        case CallTool():
            yield from _ends_of(effect, conversation)
        case AskApproval():
            yield from _words_on(effect.call.id, conversation)
        case AskAnswer():
            yield from _answers_to(effect.call.id, conversation)
        case Work():
            yield from _works(effect.state, own[effect.state], conversation)
        case _:
            assert_never(effect)


def _preparations(conversation: Conversation) -> Iterator[Letter]:
    for late, at in _times(conversation):
        for spares in (0, 2):
            yield Letter(f"the driver is prepared{late}, {spares} other models left", Prepared(spares=spares, at=at))


def _replies(conversation: Conversation) -> Iterator[Letter]:
    at = _soon(conversation)
    yield from (Letter(name, ModelReplied(reply=reply, seconds=0.5, at=at)) for name, reply in REPLIES)


def _failures(conversation: Conversation) -> Iterator[Letter]:
    for late, at in _times(conversation):
        for retryable, word in ((True, ", which may pass"), (False, "")):
            for delay, pause in ((0.0, ""), (3.0, ", after a pause")):
                event = ModelFailed(failure=_FAILURE, retryable=retryable, delay=delay, at=at)
                yield Letter(f"the model call fails{late}{word}{pause}", event)


def _ends_of(effect: CallTool, conversation: Conversation) -> Iterator[Letter]:
    """Return what can come of a tool; *outside*: it is started again after a crash."""
    call, at = effect.call.id, _soon(conversation)
    result, error = f"result of {call}", f"Tool error: {call} broke"
    yield Letter(f"{call} starts", ToolStarted(call_id=call, at=at), outside=effect.started)
    yield Letter(f"{call} returns", ToolReturned(call_id=call, content=result, usage=_SPENT, seconds=2.0, at=at))
    yield Letter(f"{call} fails", ToolFailed(call_id=call, content=error, usage=_SPENT, seconds=2.0, at=at))
    yield Letter(f"{call} asks a person", ToolAsked(call_id=call, ask=_QUESTION, usage=_SPENT, at=at))
    if _is_alone(conversation):
        yield Letter(f"{call} returns an image", ToolReturned(call_id=call, content="see", parts=(_IMAGE,), at=at))
    if effect.started:
        lost = ToolFailed(call_id=call, content="Tool error: its outcome is unknown", kind=OutcomeKind.LOST, at=at)
        yield Letter(f"{call} is lost in a crash", lost, outside=True)
        yield Letter(f"{call} is found cut off by a crash", ToolAsked(call_id=call, ask=_AGAIN, at=at), outside=True)


def _works(state: str, outcomes: tuple[str, ...], conversation: Conversation) -> Iterator[Letter]:
    for late, at in _times(conversation):
        for outcome in (*outcomes, FAILED):
            event = Worked(state=state, outcome=outcome, note="a word on it", usage=_SPENT, seconds=0.5, at=at)
            yield Letter(f"{state} comes to {outcome}{late}", event)


def _words_on(call: str, conversation: Conversation) -> Iterator[Letter]:
    at = _much_later(conversation)
    yield Letter(f"{call} is approved", Approved(call_id=call, at=at), outside=True)
    if _is_alone(conversation):
        edited = Approved(call_id=call, arguments='{"edited": true}', at=at)
        yield Letter(f"{call} is approved with other arguments", edited, outside=True)
    yield from _denials(call, conversation, at)


def _answers_to(call: str, conversation: Conversation) -> Iterator[Letter]:
    at = _much_later(conversation)
    yield Letter(f"{call} is answered", Answered(call_id=call, answer='"the first"', at=at), outside=True)
    yield from _denials(call, conversation, at)


def _denials(call: str, conversation: Conversation, at: float) -> Iterator[Letter]:
    yield Letter(f"{call} is denied", Denied(call_id=call, reason="too dear", at=at), outside=True)
    if _is_alone(conversation):
        yield Letter(f"{call} is denied without a reason", Denied(call_id=call, at=at), outside=True)


def _unasked(conversation: Conversation, settings: Sequence[Setting]) -> Iterator[Letter]:
    at = _soon(conversation)
    if not conversation.state.ends_a_run:
        yield Letter("the user says something", UserSaid(message=_MEANWHILE, at=at), outside=True)
        yield Letter("the run is cancelled", Cancelled(at=at), outside=True)
        return
    for each in _settings(settings, is_first=not conversation.history):
        yield Letter(f"the user speaks ({each.name})", each.said(at), outside=True)
    if conversation.seq == 0 and not conversation.history:
        opened = Opened(conversation_id="verified", machine=conversation.machine, at=at)
        whole = evolve(opened, system="Be brief.", repairs=("an id was replaced",), entries=HISTORY)
        yield Letter("the conversation opens", opened, outside=True)
        yield Letter("the conversation opens with a history", whole, outside=True)
    if conversation.can_be_resumed:
        for each in _settings(settings, is_first=not conversation.run.first):
            yield Letter(f"the run is resumed ({each.name})", each.resumed(at), outside=True)


def _settings(settings: Sequence[Setting], *, is_first: bool) -> Sequence[Setting]:
    """Return what a run is begun with: the first of all, which differs from later ones by its place alone, with one setting."""
    return settings[:1] if is_first else settings


def _is_alone(conversation: Conversation) -> bool:
    """Whether the open turn has one call: there the finer differences are tried."""
    return conversation.turn is not None and len(conversation.turn.slots) == 1


def _soon(conversation: Conversation) -> float:
    """Return a time a little after the run began, or long after the last one."""
    return conversation.run.started_at + (1000.0 if conversation.state.ends_a_run else 1.0)


def _times(conversation: Conversation) -> Iterator[tuple[str, float]]:
    """Return a time within the run's limit, and the first beyond it, where it has one."""
    yield "", _soon(conversation)
    seconds = conversation.run.limits.seconds
    if seconds is not None:
        yield " too late", conversation.run.started_at + seconds


def _much_later(conversation: Conversation) -> float:
    """Return when a person decides: the run's clock stands meanwhile."""
    parked = conversation.run.parked_at
    return 1000.0 + (conversation.run.started_at if parked is None else parked)
