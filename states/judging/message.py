"""One message by itself: its role, its keys, its texts and its content."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from .call import call_faults
from .kinds import brief, is_array, is_object, nested_over, strings
from .profile import Profile, is_intersection

__all__ = ["Fault", "message_faults", "text_faults"]

Fault: TypeAlias = tuple[str, str]
"""The rule that is broken, and what is wrong in words."""

_ALWAYS: Final = {
    "assistant": frozenset({"role", "content", "tool_calls"}),
    "tool": frozenset({"role", "content", "tool_call_id"}),
}
_TEXT_ONLY: Final = frozenset({"ollama"})
"""Hosts that do not read part lists but in a user's message: Ollama makes a message of each part."""
_BLANK: Final = {"null": "null", "empty": "''", "absent": "absent"}
_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")
_ILL_FORMED: Final = re.compile("[\0\ud800-\udfff]")
_LONGEST: Final = 10_485_760
_DEEPEST: Final = 100
"""Levels of arrays and objects in a part that any parser reads: many stop at 128, and the body has a few of its own."""
_REASONING: Final = frozenset({"reasoning", "reasoning_content", "reasoning_details", "thinking_blocks"})


def message_faults(message: object, profile: Profile) -> Iterator[Fault]:
    """Return the rules *message* breaks, whatever stands around it."""
    if not is_object(message):
        yield "V2", f"a message is an object, not {brief(message)}"
        return
    role = message.get("role")
    if not isinstance(role, str) or role not in profile.roles:
        yield "V1", f"the role {brief(role)} is none of {', '.join(sorted(profile.roles))}"
        return
    yield from _keys(message, role, profile)
    yield from text_faults(message)
    yield from _assistant(message, profile) if role == "assistant" else _content(message, role, profile)
    if role == "tool" and not isinstance(message.get("tool_call_id"), str):
        yield "V15", "a result names no call: it has no tool_call_id"


def text_faults(value: object) -> Iterator[Fault]:
    """Return what is wrong with the strings in *value*, wherever they are."""
    for text in strings(value):
        if found := _ILL_FORMED.search(text):
            yield "V10", f"{_named(found[0])} at character {found.start()} of {brief(text)}"
        if len(text) > _LONGEST:
            yield "V11", f"a text of {len(text):,} characters, {_LONGEST:,} are taken"


def _named(character: str) -> str:
    return "a NUL" if character == "\0" else f"a lone surrogate (U+{ord(character):04X})"


def _keys(message: Mapping[str, object], role: str, profile: Profile) -> Iterator[Fault]:
    """R1: no key that the host does not know, no null where a key can be left out."""
    allowed = profile.keys.get(role, frozenset()) | _ALWAYS.get(role, frozenset({"role", "content"}))
    if role == "assistant" and profile.reasoning != "forbidden":
        allowed |= profile.reasoning_keys
    for key, value in message.items():
        if key == "function_call":
            yield "V32", "function_call is the old form of tool_calls"
        elif key not in allowed and role == "assistant" and key in profile.reasoning_keys | _REASONING:
            yield "V47", f"{key} must not be sent back"
        elif key not in allowed:
            yield "V8", f"the key {brief(key)} is unknown in a message by {role}"
        elif value is None and key not in ("role", "content"):
            yield "V7", f"{key} is null: leave it out"
    name = message.get("name")
    if "name" in allowed and isinstance(name, str) and not _NAME.fullmatch(name):
        yield "V12", f"the name {brief(name)} has other characters than letters, digits, _ and -"


def _content(message: Mapping[str, object], role: str, profile: Profile) -> Iterator[Fault]:
    content = message.get("content")
    if "content" not in message:
        yield "V3", f"a message by {role} has no content"
    elif is_array(content) and _may_have_parts(role, profile):
        yield from _parts(content, role)
    elif not isinstance(content, str):
        yield "V3", f"the content of a message by {role} is {brief(content)}, not a text"


def _may_have_parts(role: str, profile: Profile) -> bool:
    return role == "user" or not (is_intersection(profile) or profile.name in _TEXT_ONLY)


def _parts(parts: object, role: str) -> Iterator[Fault]:
    if is_array(parts) and not parts:
        yield "V9", "the content has no parts"
    for part in parts if is_array(parts) else ():
        kind = part.get("type") if is_object(part) else None
        if not is_object(part) or not isinstance(kind, str) or not kind:
            yield "V9", f"{brief(part)} is no part: it has no type"
        elif kind == "text" and not isinstance(part.get("text"), str):
            yield "V9", "a part of type 'text' has no text"
        elif nested_over(_DEEPEST, part):
            yield "V11", f"a part of type {brief(kind)} is nested more than {_DEEPEST} deep"
        elif role != "user" and kind not in ("text", "refusal", "thinking"):
            yield "V9", f"a part of type {brief(kind)} in a message by {role}"


def _assistant(message: Mapping[str, object], profile: Profile) -> Iterator[Fault]:
    """R3 and R4: a text, or calls."""
    content, calls = message.get("content"), message.get("tool_calls")
    if "tool_calls" in message and calls is not None and not (is_array(calls) and calls):
        yield "V6", f"tool_calls is {'an empty array' if is_array(calls) else brief(calls)}: leave it out"
    if is_array(content) and content and _may_have_parts("assistant", profile):
        yield from _parts(content, "assistant")
        has_text = True
    else:
        has_text = isinstance(content, str) and bool(content.strip())
    if not is_array(calls) or not calls:
        if not has_text:
            yield "V4", f"the content is {_written(message)} and there are no calls"
            yield "V5", "an assistant's message with neither text nor calls"
        return
    if has_text and profile.text_xor_calls:
        yield "V5", "an assistant's message with both text and calls"
    if not has_text and not _says_nothing_well(message, profile):
        yield "V4", f"the content of a message that only calls is {_written(message)}, not {_BLANK[profile.empty_content]}"
    for number, call in enumerate(calls):
        yield from call_faults(number, call, profile)
    if profile.reasoning == "required" and not profile.reasoning_keys & (message.keys() | _keys_of(calls[0])):
        yield "V41", f"a message with calls lacks {' or '.join(sorted(profile.reasoning_keys))}"


def _keys_of(call: object) -> frozenset[str]:
    return frozenset(call) if is_object(call) else frozenset()


def _says_nothing_well(message: Mapping[str, object], profile: Profile) -> bool:
    """Whether a message that only calls says so in the host's way; most hosts take any of the three."""
    content = message.get("content")
    if is_intersection(profile) or profile.empty_content == "empty":
        return _written(message) == _BLANK[profile.empty_content]
    return content is None or isinstance(content, str)


def _written(message: Mapping[str, object]) -> str:
    return brief(message["content"]) if "content" in message else "absent"
