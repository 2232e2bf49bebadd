"""Hypothesis strategies: texts, calls, events and JSON, the nasty ones among them."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any

from hypothesis import strategies as st

from detent.errors import IllegalEvent
from detent.machine.step import step
from detent.states import Conversation, Event, Failure, Limits, State, Usage
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
from detent.states.messages import Opaque, Origin, Part, Said, UserMessage, call_id
from detent.states.repair import read_history
from detent.states.text import settle_json
from detent.states.turn import Ask, OutcomeKind, Waiting

__all__ = [
    "BAD_ARGUMENTS",
    "NASTY_TEXTS",
    "SOUND_ARGUMENTS",
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
    "user_messages",
    "valid_histories",
]

NASTY_TEXTS = (
    "",
    " ",
    "\n\t",
    "\0",
    "\ud800",
    "a\udc00b",
    "\ud83d\ude00",
    "é😀",
    "{}",
    "<|call|>",
    "x" * 700,
    "\u2028",
    "\x7f",
)

SOUND_ARGUMENTS = (
    "{}",
    ' {"a": 1}\n',
    '{"a": {"b": [1, 2.5, null, true]}}',
    '{"é": "\\u00e9\\n"}',
    '{"a": 1e400}',
    '{"a": "\\ud83d\\ude00"}',
    '{"a": "\\ud83d"}',
    '{"\\udc00": ["\\ud800x"]}',
    '{"": ""}',
    '{"a": 12345678901234567890123}',
)
"""Arguments that are one JSON object, hidden lone surrogates included."""

BAD_ARGUMENTS = (
    "",
    "null",
    "7",
    "2.5",
    "true",
    "[]",
    '"{}"',
    "{",
    '{"a": ',
    '{"a": 1',
    '{"a": 1}}',
    '{"a": 1}{"b": 2}',
    '{"a": 1, "a": 2}',
    '{"a": NaN}',
    '{"a": -Infinity}',
    "{'a': 1}",
    "\ud800",
    '{"a": ' + "9" * 5000 + "}",
    "not json <|call|>",
)
"""Arguments that are not."""

_NAMES = ("", "look", "pay", "a b", "functions.look", "x" * 64, "x" * 70, "naïve", "\ud800", "a\0b", "look\n", "-", "<|call|>")
_HOST_IDS = ("", "0", "call_1", "call_1", "call00000", "x" * 90, "functions.look:0", "\ud800", "id\0")
_TIMES = (-1e9, -1.0, 0.0, 0.1, 1.0, 3.5, 60.0, 1.7e9)

texts: st.SearchStrategy[str] = st.sampled_from(NASTY_TEXTS) | st.text(st.characters(exclude_categories=()), max_size=12)
times: st.SearchStrategy[float] = st.sampled_from(_TIMES)
durations: st.SearchStrategy[float] = st.sampled_from((0.0, 0.1, 2.0, 1e6))
argument_texts: st.SearchStrategy[str] = st.sampled_from(SOUND_ARGUMENTS) | st.sampled_from(BAD_ARGUMENTS) | texts
maybe_texts: st.SearchStrategy[str | None] = st.none() | texts
known_call_ids: st.SearchStrategy[str] = st.integers(0, 3).map(call_id)
call_ids: st.SearchStrategy[str] = known_call_ids | st.sampled_from(("", "call99999", "\ud800"))
opaques: st.SearchStrategy[Opaque] = st.builds(Opaque, st.just("reasoning_content"), texts)

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**20) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
"""Any JSON."""


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
    name=st.sampled_from(_NAMES) | texts,
    arguments=st.one_of(*(st.sampled_from(SOUND_ARGUMENTS),) * 6, argument_texts),
    host_id=st.sampled_from(_HOST_IDS),
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


def _can_be_kept(text: str) -> bool:
    try:
        settle_json(text)
    except ValueError:  # two keys that differ only in what is no character
        return False
    return True


json_texts: st.SearchStrategy[str] = st.sampled_from(('"\\ud800"', ' {"a": [1e400]}\n', "null", "true")) | json_values.map(
    json.dumps
).filter(_can_be_kept)
"""JSON of any type, as text."""

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

_ROLES = ("system", "developer", "user", "assistant", "tool", "function", "robot", None)


@st.composite
def _wire_calls(draw: st.DrawFn) -> dict[str, object]:
    function: dict[str, object] = {
        "name": draw(st.sampled_from(_NAMES)),
        "arguments": draw(argument_texts | st.none() | st.just({"a": 1}) | json_values),
    }
    call: dict[str, object] = {"id": draw(st.sampled_from(_HOST_IDS)), "type": "function", "function": function}
    for key in draw(st.sets(st.sampled_from(("id", "type", "function")), max_size=1)):
        call[key] = draw(json_values)
    return call


@st.composite
def messages(draw: st.DrawFn) -> dict[str, object]:
    """Return a message that is nearly one: any role, any field missing, of a wrong type or too many."""
    message: dict[str, object] = {"role": draw(st.sampled_from(_ROLES[:6]))}
    if draw(st.integers(0, 9)):
        message["content"] = draw(
            texts
            | texts
            | st.none()
            | json_values
            | st.lists(st.builds(lambda text: {"type": "text", "text": text}, texts), max_size=2)
        )
    if message["role"] == "assistant" and draw(st.booleans()):
        message["tool_calls"] = draw(st.lists(_wire_calls(), max_size=3))
    if message["role"] == "assistant" and not draw(st.integers(0, 5)):
        message["function_call"] = {"name": draw(st.sampled_from(_NAMES)), "arguments": draw(argument_texts)}
    if message["role"] in ("tool", "function"):
        message["tool_call_id"] = draw(st.sampled_from(_HOST_IDS))
        message["name"] = draw(st.sampled_from(_NAMES))
    if not draw(st.integers(0, 9)):
        message[draw(texts)] = draw(json_values)
    return message


@st.composite
def valid_histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return a history that is valid as stored: every text and every result in it is another one."""
    history: list[dict[str, Any]] = [{"role": "user", "content": "text 0"}]
    minted = 0
    for step_kind in draw(st.lists(st.integers(0, 2), max_size=5)):
        text = f"text {len(history)}"
        if step_kind < 2:
            history.append({"role": ("user", "assistant")[step_kind], "content": text})
            continue
        ids = [f"id_{minted + number}" for number in range(draw(st.integers(1, 3)))]
        minted += len(ids)
        asked = [{"id": each, "type": "function", "function": {"name": "look", "arguments": '{"a": 1}'}} for each in ids]
        history.append({"role": "assistant", "content": draw(st.sampled_from((None, text))), "tool_calls": asked})
        history += [{"role": "tool", "tool_call_id": each, "content": f"result of {each}"} for each in ids]
    return history


@st.composite
def mutated_histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return a valid history after up to three faults."""
    history = copy.deepcopy(draw(valid_histories()))
    for _ in range(draw(st.integers(1, 3))):
        if not history:
            break
        place, other = (draw(st.integers(0, len(history) - 1)) for _ in range(2))
        match draw(st.integers(0, 6)):
            case 0:
                del history[place]
            case 1:
                history[place], history[other] = history[other], history[place]
            case 2:
                history.insert(other, copy.deepcopy(history[place]))
            case 3:
                history.insert(place, {"role": draw(st.sampled_from(("user", "system"))), "content": "inserted"})
            case 4:
                history[place].pop(draw(st.sampled_from(("content", "tool_call_id", "tool_calls", "role"))), None)
            case 5:
                history[place][draw(st.sampled_from(("content", "tool_call_id", "tool_calls", "extra")))] = draw(json_values)
            case _:
                history[place]["tool_call_id"] = "id_0"
    return history


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
    Cancelled: st.builds(Cancelled, at=times),
}

_LIKELY: dict[State, tuple[type[Event], ...]] = {
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
