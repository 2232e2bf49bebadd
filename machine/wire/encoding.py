"""One entry of the record as one host is sent it: chat-completions messages, as JSON bytes."""

from __future__ import annotations

import json
import re
from typing import Final

import orjson

from ...states.messages import Call, Opaque, Origin, Part, Said, UserMessage
from ...states.turn import SealedTurn
from .host_profile import HostProfile

__all__ = ["assistant_text", "encode", "tool_turn", "user_text"]

_NO_OUTPUT: Final = "(no output)"
_NO_TEXT: Final = "(no text)"
_NEEDS_NO_SIGNATURE: Final = re.compile(r"gemini-[12]\b")
"""Gemini before 3 signs nothing that has to come back, and may refuse what is none of its signatures."""


def encode(value: object) -> bytes:
    """Return *value* as JSON.  Copied: orjson's own bytes keep an output buffer of about 8 kB alive each."""
    return b"%b" % orjson.dumps(value)


def user_text(message: UserMessage) -> bytes:
    """Return the user's message.  Texts alone are one string: Ollama makes several messages of an array."""
    content = message.content
    if isinstance(content, str):
        return encode({"role": "user", "content": content})
    if all(part.kind == "text" for part in content):
        texts = "\n\n".join(text for text in map(_text_of, content) if text.strip())
        return encode({"role": "user", "content": texts or _NO_TEXT})
    return encode({"role": "user", "content": [orjson.Fragment(part.json) for part in content if not _is_empty_text(part)]})


def assistant_text(said: Said, host: HostProfile, origin: Origin | None) -> bytes:
    """Return an assistant's message without calls."""
    return encode({"role": "assistant", "content": said.text, **_reasoning(said, host, origin)})


def tool_turn(turn: SealedTurn, ids: tuple[str, ...], host: HostProfile, origin: Origin | None) -> bytes:
    """Return the assistant's message with its calls, and the results that answer them, under these *ids*."""
    asked: dict[str, object] = {"role": "assistant"}
    if not turn.said.is_blank:
        asked["content"] = turn.said.text
    elif host.empty_content != "absent":
        asked["content"] = None if host.empty_content == "null" else ""
    asked.update(_reasoning(turn.said, host, origin))
    asked["tool_calls"] = _calls(turn, ids, host, origin)
    answered = [
        {"role": "tool", "tool_call_id": wire_id, "content": _content(outcome.content)}
        for wire_id, outcome in zip(ids, turn.outcomes, strict=True)
    ]
    return orjson.dumps([asked, *answered])[1:-1]


def _content(result: str) -> str:
    """Return a result's text, never an empty one: "text content blocks must be non-empty", say routes to Anthropic."""
    return _NO_OUTPUT if not result or result.isspace() else result


def _text_of(part: Part) -> str:
    text: object = json.loads(part.json).get("text")
    return text if isinstance(text, str) else ""


def _is_empty_text(part: Part) -> bool:
    return part.kind == "text" and not _text_of(part).strip()


def _calls(turn: SealedTurn, ids: tuple[str, ...], host: HostProfile, origin: Origin | None) -> list[dict[str, object]]:
    echoed = [_echoed(call.opaque, host.call_echoes, turn.said.origin, origin) for call in turn.calls]
    if host.unsigned_call is not None and not echoed[0] and not _signs_nothing(origin):
        unsigned: dict[str, object] = {"extra_content": orjson.Fragment(host.unsigned_call)}
        echoed = [own or unsigned for own in echoed]  # of parallel calls Gemini signs the first alone
    return [_call(call, wire_id, extra) for call, wire_id, extra in zip(turn.calls, ids, echoed, strict=True)]


def _call(call: Call, wire_id: str, extra: dict[str, object]) -> dict[str, object]:
    function = {"name": call.name, "arguments": call.sendable_arguments}
    return {"id": wire_id, "type": "function", "function": function, **extra}


def _signs_nothing(origin: Origin | None) -> bool:
    return origin is not None and _NEEDS_NO_SIGNATURE.search(origin.model) is not None


def _reasoning(said: Said, host: HostProfile, origin: Origin | None) -> dict[str, object]:
    """Return the reasoning fields of a message; where they are required, every message has them.

    A thinking DeepSeek refuses a history in which one is missing, whoever wrote the message: "The `reasoning_content` in
    the thinking mode must be passed back to the API."  An empty text will do.
    """
    if host.reasoning == "forbidden":
        return {}
    echoed = _echoed(said.opaque, host.message_echoes, said.origin, origin)
    if host.reasoning == "required":
        return {key: echoed.get(key, host.backfill) for key in sorted(host.message_echoes)}
    return echoed


def _echoed(
    opaque: tuple[Opaque, ...], keys: frozenset[str], said_by: Origin | None, origin: Origin | None
) -> dict[str, object]:
    """Return the *opaque* fields that go back, byte for byte: to the model at the host that they came from, to no other."""
    if not opaque or said_by is None or said_by != origin:
        return {}
    return {field.key: orjson.Fragment(field.json) for field in opaque if field.key in keys and _is_value(field.json)}


def _is_value(text: str) -> bool:
    """Whether *text* is JSON that every host can read, and not null; half a surrogate pair, cut off by a stream, is not."""
    try:
        return orjson.loads(text) is not None
    except orjson.JSONDecodeError:
        return False
