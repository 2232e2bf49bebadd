"""A judge of histories, written from the rules of the protocol alone.  It shares no code with `detent`.

It takes plain JSON messages and returns every violation it finds, each with the rule it breaks (`V1` to `V32`), the index
of the message, and what is wrong in words.  Portable rules: what every OpenAI-compatible host accepts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeGuard

__all__ = ["Violation", "judge", "rules_broken"]

_KEYS = {
    "system": {"role", "content"},
    "user": {"role", "content"},
    "assistant": {"role", "content", "tool_calls"},
    "tool": {"role", "content", "tool_call_id"},
}
_CALL_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST = 10_485_760


@dataclass(frozen=True)
class Violation:
    """One broken rule."""

    rule: str
    index: int
    detail: str


def judge(messages: object, *, sendable: bool = False) -> list[Violation]:
    """Return all violations of *messages*; none means that every host accepts the history.

    As stored, a history may be empty and may end with an answer.  With *sendable* it is judged as a request: it holds a
    message, and the last one is the user's or a tool's.
    """
    if not isinstance(messages, list):
        return [Violation("V2", 0, "not an array")]
    found: list[Violation] = []
    for index, message in enumerate(messages):
        found += (Violation(rule, index, detail) for rule, detail in _message(message))
    found += _pairing(messages)
    found += _order(messages, sendable=sendable)
    return found


def rules_broken(messages: object, *, sendable: bool = False) -> set[str]:
    """Return the names of the rules that *messages* break."""
    return {violation.rule for violation in judge(messages, sendable=sendable)}


Finding = tuple[str, str]


def _is_object(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, Mapping) and all(isinstance(key, str) for key in value)


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


# --- R0 to R4: one message -------------------------------------------------------------------------------------------


def _message(message: object) -> Iterator[Finding]:
    if not _is_object(message):
        yield "V2", "not an object"
        return
    role = message.get("role")
    if not isinstance(role, str) or role not in _KEYS:
        yield "V1", f"role {role!r}"
        return
    yield from _keys(message, role)
    yield from _unicode(message)
    if role == "assistant":
        yield from _assistant(message)
    else:
        yield from _content(message, role)
    if role == "tool" and not isinstance(message.get("tool_call_id"), str):
        yield "V15", "no tool_call_id"


def _keys(message: Mapping[str, object], role: str) -> Iterator[Finding]:
    for key in message.keys() - _KEYS[role]:
        yield ("V32" if key == "function_call" else "V8"), f"key {key!r}"
    for key, value in message.items():
        if value is None and not (role == "assistant" and key == "content"):
            yield "V7", f"{key} is null"


def _unicode(value: object) -> Iterator[Finding]:
    for text in _texts(value):
        if _SURROGATE.search(text) or "\0" in text:
            yield "V10", f"a lone surrogate or a NUL in {text[:40]!r}"
        if len(text) > _LONGEST:
            yield "V11", f"{len(text)} characters"


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif _is_list(value):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(key)
            yield from _texts(item)


def _content(message: Mapping[str, object], role: str) -> Iterator[Finding]:
    content = message.get("content")
    if "content" not in message:
        yield "V3", "no content"
    elif role == "user" and _is_list(content):
        if not content:
            yield "V9", "no parts"
        for part in content:
            yield from _part(part)
    elif not isinstance(content, str):
        yield "V3", f"content is {type(content).__name__}"


def _part(part: object) -> Iterator[Finding]:
    if not _is_object(part) or not isinstance(kind := part.get("type"), str) or not kind:
        yield "V9", f"{part!r} is no part"
    elif kind == "text" and not isinstance(part.get("text"), str):
        yield "V9", "a text part without text"


def _assistant(message: Mapping[str, object]) -> Iterator[Finding]:
    content, calls = message.get("content"), message.get("tool_calls")
    has_text = isinstance(content, str) and bool(content.strip())
    if "tool_calls" in message and (not _is_list(calls) or not calls):
        yield "V6", "tool_calls is not an array of at least one call"
    if not (_is_list(calls) and calls):
        if not has_text:
            yield "V4", "neither text nor calls"
            yield "V5", "neither text nor calls"
        return
    if not has_text and ("content" not in message or content is not None):
        yield "V4", f"content of a message that only calls is {content!r}, not null"
    for call in calls:
        yield from _call(call)


def _call(call: object) -> Iterator[Finding]:
    if not _is_object(call) or set(call) != {"id", "type", "function"} or call["type"] != "function":
        yield "V28", f"not a function call: {call!r:.80}"
        return
    call_id, function = call["id"], call["function"]
    if not isinstance(call_id, str) or not _CALL_ID.fullmatch(call_id):
        yield "V29", f"id {call_id!r:.80}"
    if not _is_object(function) or set(function) != {"name", "arguments"}:
        yield "V28", f"not a function: {function!r:.80}"
        return
    name = function["name"]
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        yield "V30", f"name {name!r:.80}"
    yield from _arguments(function["arguments"])


def _arguments(text: object) -> Iterator[Finding]:
    if not isinstance(text, str):
        yield "V31", f"arguments are {type(text).__name__}"
        return
    try:
        value = json.loads(text, object_pairs_hook=_no_key_twice, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        yield "V31", f"arguments: {error}"
        return
    if not isinstance(value, dict):
        yield "V31", f"arguments hold {type(value).__name__}"
    if any(_SURROGATE.search(part) for part in _texts(value)):
        yield "V10", "a lone surrogate inside the arguments"


def _no_key_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(pairs) != len({key for key, _ in pairs}):
        raise ValueError("a key comes twice")
    return dict(pairs)


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


# --- R5: calls and results -------------------------------------------------------------------------------------------


def _pairing(messages: list[object]) -> Iterator[Violation]:
    owed: list[object] = []
    seen: list[object] = []
    for index, message in enumerate(messages):
        role = message.get("role") if _is_object(message) else None
        if _is_object(message) and role == "tool":
            yield from _answering(index, message.get("tool_call_id"), owed, seen)
            continue
        if owed:
            rule, word = ("V13", "OPEN_GROUP") if role == "assistant" else ("V18", "INTERLEAVED")
            yield Violation(rule, index, f"{word}: {owed!r} still owed")
            owed.clear()
        for call_id in _ids(message) if role == "assistant" else ():
            if call_id in seen:
                yield Violation("V16", index, f"DUP_ID: {call_id!r}")
            seen.append(call_id)
            owed.append(call_id)
    if owed:
        yield Violation("V13", len(messages) - 1, f"DANGLING: {owed!r} still owed")
        yield Violation("V19", len(messages) - 1, f"DANGLING: {owed!r} still owed")


def _answering(index: int, answers: object, owed: list[object], seen: list[object]) -> Iterator[Violation]:
    """Judge a result for the call *answers*, and strike it off what is owed."""
    if not owed:
        yield Violation("V14", index, "ORPHAN: no call is open")
    if answers in owed:
        if answers != owed[0]:
            yield Violation("V17", index, f"ORDER: {answers!r} before {owed[0]!r}")
        owed.remove(answers)
    elif answers in seen:
        yield Violation("V16", index, f"DUP_RESULT: {answers!r}")
    else:
        yield Violation("V15", index, f"UNKNOWN_ID: {answers!r}")


def _ids(message: object) -> list[object]:
    calls = message.get("tool_calls") if _is_object(message) else None
    return [call.get("id") for call in calls if _is_object(call)] if _is_list(calls) else []


# --- R6: the order of roles ------------------------------------------------------------------------------------------


def _order(messages: list[object], *, sendable: bool) -> Iterator[Violation]:
    roles = [message.get("role") if _is_object(message) else None for message in messages]
    for index, role in enumerate(roles):
        if role == "system" and index:
            yield Violation("V22", index, "a system message that is not the first message")
    first = next((index for index, role in enumerate(roles) if role != "system"), None)
    if first is not None and roles[first] != "user":
        yield Violation("V26", first, f"the history begins with {roles[first]!r}")
    if sendable and not roles:
        yield Violation("V2", 0, "no message")
    if sendable and roles and roles[-1] not in ("user", "tool"):
        yield Violation("V25", len(roles) - 1, f"the last message is by {roles[-1]!r}")
