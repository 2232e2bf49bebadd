"""Hypothesis strategies: calls, events and whole conversations; and the texts and messages that they are made of."""

from __future__ import annotations

import json
from functools import cache

from hypothesis import strategies as st
from message_strategies import messages, mutated_histories, valid_histories
from text_strategies import (
    BAD_ARGUMENTS,
    HOST_IDS,
    NAMES,
    NASTY_TEXTS,
    SOUND_ARGUMENTS,
    argument_texts,
    json_texts,
    json_values,
    maybe_texts,
    texts,
)

from detent.errors import IllegalEvent
from detent.machine.step import step
from detent.states import AnyState, Conversation, Event, Failure, Limits, State, Usage
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
    Worked,
)
from detent.states.messages import Opaque, Origin, Part, Said, UserMessage, call_id
from detent.states.repair import read_history
from detent.states.turn import Ask, OutcomeKind, Waiting

__all__ = [
    "BAD_ARGUMENTS",
    "NASTY_TEXTS",
    "SOUND_ARGUMENTS",
    "argument_texts",
    "asks",
    "conversations",
    "events",
    "fitting_events",
    "json_values",
    "limits",
    "media",
    "messages",
    "mutated_histories",
    "replies",
    "requested_calls",
    "texts",
    "usages",
    "user_messages",
    "valid_histories",
]

_TIMES = (-1e9, -1.0, 0.0, 0.1, 1.0, 3.5, 60.0, 1.7e9)

times: st.SearchStrategy[float] = st.sampled_from(_TIMES)
durations: st.SearchStrategy[float] = st.sampled_from((0.0, 0.1, 2.0, 1e6))
known_call_ids: st.SearchStrategy[str] = st.integers(0, 3).map(call_id)
call_ids: st.SearchStrategy[str] = known_call_ids | st.sampled_from(("", "call99999", "\ud800"))
opaques: st.SearchStrategy[Opaque] = st.builds(Opaque, st.just("reasoning_content"), texts)


@st.composite
def parts(draw: st.DrawFn) -> Part:
    """Return a part of a user's message, as the wire would bring it."""
    kind = draw(st.sampled_from(("text", "image_url", "input_audio")))
    value: dict[str, object] = {"type": kind, ("text" if kind == "text" else kind): draw(texts)}
    return Part(kind, json.dumps(value))


_MEDIA = (
    '{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}',
    '{ "type":"image_url","image_url":{"detail":"low","url":"data:,\\ud83d\\ude00"} }',
    '{"type": "input_audio", "input_audio": {"data": "AA==", "format": "wav"}}',
    '{"type": "file", "file": {"filename": "a\\ud800.pdf", "file_data": "data:application/pdf;base64,AA=="}}',
)

media: st.SearchStrategy[Part] = st.sampled_from(_MEDIA).map(lambda text: Part(json.loads(text)["type"], text)) | parts()
"""A part of what a tool returned: an image, a sound, a file, and what a tool might take for one."""

user_messages: st.SearchStrategy[UserMessage] = st.builds(
    UserMessage,
    content=texts.filter(lambda text: bool(text.strip())) | st.lists(parts(), min_size=1, max_size=2).map(tuple),
)

limits: st.SearchStrategy[Limits] = st.builds(
    Limits,
    rounds=st.integers(1, 3),
    tool_calls=st.none() | st.integers(1, 3),
    input_tokens=st.none() | st.just(10),
    output_tokens=st.none() | st.just(10),
    total_tokens=st.none() | st.just(10),
    cost=st.none() | st.just(0.5),
    seconds=st.none() | st.just(1.0),
    retries=st.integers(0, 2),
    on_limit=st.sampled_from(("summary", "answer")),
)

usages: st.SearchStrategy[Usage] = st.builds(
    Usage,
    prompt=st.sampled_from((0, 3, 10, 10**12)),
    completion=st.sampled_from((0, 3, 10)),
    cached=st.integers(0, 2),
    reasoning=st.integers(0, 2),
    model_calls=st.integers(0, 2),
    cost=st.sampled_from((None, 0.0, 0.25, 1e300)),
)

requested_calls: st.SearchStrategy[RequestedCall] = st.builds(
    RequestedCall,
    name=st.sampled_from(NAMES) | texts,
    arguments=st.one_of(*(st.sampled_from(SOUND_ARGUMENTS),) * 6, argument_texts),
    host_id=st.sampled_from(HOST_IDS),
    opaque=st.lists(opaques, max_size=1).map(tuple),
    problem=st.one_of(*(st.none(),) * 6, texts),
    gated=st.sampled_from((False, False, False, True)),
)

saids: st.SearchStrategy[Said] = st.builds(
    Said,
    text=texts,
    reasoning=texts,
    opaque=st.lists(opaques, max_size=1).map(tuple),
    origin=st.none() | st.builds(Origin, st.just("openai"), st.just("gpt")),
    finish=st.sampled_from((None, "stop", "length", "tool_calls", "\ud800")),
)

replies: st.SearchStrategy[Reply] = st.builds(
    Reply,
    said=saids,
    calls=st.one_of(
        *(st.lists(requested_calls, min_size=least, max_size=most).map(tuple) for least, most in ((0, 5), (1, 2), (1, 3)))
    ),
    usage=usages,
    problem=st.none() | st.none() | texts,
)


waitings: st.SearchStrategy[Waiting] = st.builds(
    Waiting,
    id=known_call_ids,
    name=texts,
    arguments=st.sampled_from(SOUND_ARGUMENTS),
    question=maybe_texts,
    schema=st.none() | json_texts,
)

asks: st.SearchStrategy[Ask] = st.builds(
    Ask,
    question=texts,
    schema=st.none() | st.just('{"type": "boolean"}') | json_texts,
    waiting=st.lists(waitings, max_size=2).map(tuple),
    seq=st.integers(0, 9),
)

failures: st.SearchStrategy[Failure] = st.builds(Failure, kind=st.sampled_from(("server", "auth")), message=texts)


def _opened(conversation_id: str, history: list[dict[str, object]], at: float) -> Opened:
    read = read_history(history)
    return Opened(conversation_id=conversation_id, system=read.system, repairs=read.changes, entries=read.entries, at=at)


_BEYOND_RETURNED = sorted(set(OutcomeKind) - {OutcomeKind.RETURNED}, key=str)
_FEW_USAGES = st.just(Usage()) | usages


def _naming(ids: st.SearchStrategy[str]) -> dict[type[Event], st.SearchStrategy[Event]]:
    """Return the strategies of the events that name a call."""
    edited = st.none() | st.sampled_from(SOUND_ARGUMENTS)
    returned = {"content": texts, "usage": _FEW_USAGES, "seconds": durations, "at": times}
    return {
        Approved: st.builds(Approved, call_id=ids, arguments=edited, at=times),
        Denied: st.builds(Denied, call_id=ids, reason=texts, at=times),
        Answered: st.builds(Answered, call_id=ids, answer=json_texts, at=times),
        ToolStarted: st.builds(ToolStarted, call_id=ids, at=times),
        ToolReturned: st.builds(
            ToolReturned, call_id=ids, parts=st.just(()) | st.tuples(media) | st.tuples(media, media), **returned
        ),
        ToolFailed: st.builds(ToolFailed, call_id=ids, kind=st.sampled_from(_BEYOND_RETURNED), **returned),
        ToolAsked: st.builds(ToolAsked, call_id=ids, ask=asks, usage=_FEW_USAGES, seconds=durations, at=times),
    }


@cache
def _naming_one_of(ids: tuple[str, ...]) -> dict[type[Event], st.SearchStrategy[Event]]:
    return _naming(st.sampled_from(ids))


_BY_KIND: dict[type[Event], st.SearchStrategy[Event]] = {
    **_naming(call_ids),
    Opened: st.builds(_opened, texts, st.lists(messages(), max_size=3), times),
    UserSaid: st.builds(
        UserSaid, message=user_messages, limits=limits, window=st.none() | st.integers(0, 6), final=st.booleans(), at=times
    ),
    Resumed: st.builds(Resumed, limits=limits, final=st.booleans(), at=times),
    Prepared: st.builds(Prepared, spares=st.integers(0, 2), at=times),
    ModelReplied: st.builds(ModelReplied, reply=replies, seconds=durations, at=times),
    ModelFailed: st.builds(
        ModelFailed, failure=failures, retryable=st.booleans(), delay=durations, seconds=durations, at=times
    ),
    Worked: st.builds(
        Worked,
        state=st.sampled_from(("reviewing", "planning", "\ud800")),
        outcome=st.sampled_from(("passed", "failed")),
        note=texts,
        usage=_FEW_USAGES,
        seconds=durations,
        at=times,
    ),
    Cancelled: st.builds(Cancelled, at=times),
}

_LIKELY: dict[AnyState, tuple[type[Event], ...]] = {
    State.PROMPTING: (*(Prepared,) * 12, UserSaid, Cancelled),
    State.AWAITING_MODEL: (*(ModelReplied,) * 12, ModelFailed, ModelFailed, UserSaid, Cancelled),
    State.AWAITING_APPROVAL: (*(Approved,) * 4, *(Answered,) * 4, Denied, Denied, UserSaid, Cancelled),
    State.DISPATCHING_TOOLS: (
        *(ToolReturned,) * 5,
        *(ToolAsked,) * 3,
        ToolFailed,
        ToolFailed,
        ToolStarted,
        UserSaid,
        Cancelled,
    ),
    State.DONE: (Opened, *(UserSaid,) * 3),
    State.LIMIT_HIT: (UserSaid,),
    State.FAILED: (UserSaid, Resumed),
    State.CANCELLED: (UserSaid, Resumed),
}


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Return any event at all."""
    return draw(_BY_KIND[draw(st.sampled_from(tuple(_BY_KIND)))])


@st.composite
def fitting_events(draw: st.DrawFn, conversation: Conversation) -> Event:
    """Return an event that *conversation* is likely to take."""
    kind = draw(st.sampled_from(_LIKELY[conversation.state]))
    ids = tuple(slot.call.id for slot in conversation.turn.owed) if conversation.turn else ("call00000",)
    return draw(_naming_one_of(ids).get(kind, _BY_KIND[kind]))


@st.composite
def conversations(draw: st.DrawFn, longest: int = 16) -> tuple[Conversation, tuple[Event, ...]]:
    """Return any conversation that events can make, and the events that made it."""
    conversation = Conversation()
    taken: list[Event] = []
    for _ in range(draw(st.integers(0, longest))):
        event = draw(fitting_events(conversation))
        try:
            conversation = step(conversation, event)
        except IllegalEvent:
            continue
        taken.append(event)
    return conversation, tuple(taken)
