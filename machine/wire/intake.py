"""A whole response body as a reply or a fault.  Total on any bytes; nothing is guessed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

import orjson
from attrs import frozen

from ...states import Usage
from ...states.events import Reply
from ...states.messages import Opaque, Origin, Said
from ...states.shapes import is_object, members, objects
from .calls import RawCall, requested_calls
from .fault import Fault, fault_of_status, named_error

__all__ = ["OPAQUE_KEYS", "Heard", "read_body", "read_heard", "read_usage", "text_of"]

OPAQUE_KEYS: Final = ("reasoning_content", "reasoning_details", "thinking_blocks", "reasoning")
"""Fields of a message that a host may want back as they were."""

_RESOURCES: Final = frozenset({"error", "insufficient_system_resource"})


@frozen(kw_only=True)
class Heard:
    """What a host sent, whole or merged from a stream, before it is judged."""

    text: str = ""
    refusal: str = ""
    reasoning: str = ""
    calls: tuple[RawCall, ...] = ()
    opaque: tuple[Opaque, ...] = ()
    finish: str | None = None
    usage: Usage = Usage()


def read_body(body: bytes, origin: Origin) -> Reply | Fault:
    """Return what a response body with a good status says: a reply, or the error that some hosts send as a success."""
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError:
        shown = body[:200].decode("utf-8", "replace").strip()
        return Fault(kind="bad_response", message=f"the host's answer is not JSON; it begins: {shown!r}", retryable=True)
    choice = _first_choice(parsed)
    error = named_error(parsed)
    if error is not None:
        message, status = error
        return (
            fault_of_status(status or 500, message) if choice is None or status else read_heard(_heard(parsed, choice), origin)
        )
    if choice is None:
        return Fault(kind="bad_response", message="the host's answer holds no choice", retryable=True)
    return read_heard(_heard(parsed, choice), origin)


def read_heard(heard: Heard, origin: Origin) -> Reply | Fault:
    """Return the reply that was heard.  Whether there are calls decides, never the finish reason."""
    calls = requested_calls(list(heard.calls), heard.finish)
    text = heard.text or heard.refusal
    if not calls and not text.strip():
        if heard.finish == "content_filter":
            return Fault(kind="content_filter", message="a content filter withheld the reply")
        if heard.finish in _RESOURCES:
            return Fault(kind="server_error", message=f"the host ended the reply with {heard.finish!r}", retryable=True)
    finish = "refusal" if heard.refusal and not heard.text else heard.finish
    said = Said(text=text, reasoning=heard.reasoning, opaque=heard.opaque, origin=origin, finish=finish)
    return Reply(said=said, calls=calls, usage=heard.usage)


def _first_choice(parsed: object) -> Mapping[str, object] | None:
    body = members(parsed)
    if not body.get("choices") and is_object(body.get("provider")):
        return _first_choice(body["provider"])
    sound = objects(body.get("choices"))
    return next((choice for choice in sound if choice.get("index") in (0, None)), sound[0] if sound else None)


def _heard(parsed: object, choice: Mapping[str, object]) -> Heard:
    fields = members(choice.get("message"))
    finish = choice.get("finish_reason")
    return Heard(
        text=text_of(fields.get("content")),
        refusal=text_of(fields.get("refusal")),
        reasoning=text_of(fields.get("reasoning_content") or fields.get("reasoning")),
        calls=tuple(_raw_call(call) for call in objects(fields.get("tool_calls"))),
        opaque=tuple(Opaque(key, _dump(fields[key])) for key in OPAQUE_KEYS if fields.get(key)),
        finish=finish if isinstance(finish, str) else None,
        usage=read_usage(parsed, choice),
    )


def _raw_call(call: Mapping[str, object]) -> RawCall:
    function = members(call.get("function"))
    name, host_id = function.get("name"), call.get("id")
    extra = call.get("extra_content")
    return RawCall(
        name=name if isinstance(name, str) else "",
        arguments=function.get("arguments"),
        host_id=host_id if isinstance(host_id, str) else "",
        opaque=(Opaque("extra_content", _dump(extra)),) if extra else (),
    )


def text_of(content: object) -> str:
    """Return the text of a content: a string, or the text parts of a list."""
    if isinstance(content, str):
        return content
    texts = (part.get("text") for part in objects(content))
    return "".join(text for text in texts if isinstance(text, str))


def read_usage(parsed: object, choice: Mapping[str, object] | None = None) -> Usage:
    """Return the tokens that a body names, in whichever of the usual places; zeros where it names none."""
    body = members(parsed)
    places = (body.get("usage"), members(choice).get("usage"), members(body.get("x_groq")).get("usage"))
    usage = next((place for place in map(members, places) if place), None)
    if usage is None:
        return Usage()
    cost = usage.get("cost")
    return Usage(
        prompt=_count(usage, "prompt_tokens"),
        completion=_count(usage, "completion_tokens"),
        cached=_count(usage.get("prompt_tokens_details"), "cached_tokens"),
        reasoning=_count(usage.get("completion_tokens_details"), "reasoning_tokens"),
        cost=float(cost) if isinstance(cost, int | float) and not isinstance(cost, bool) and cost >= 0 else None,
    )


def _count(usage: object, key: str) -> int:
    number = members(usage).get(key)
    return max(0, int(number)) if isinstance(number, int | float) else 0


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
