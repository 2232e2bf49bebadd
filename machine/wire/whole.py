"""A whole JSON body as a reply or a fault.  Total on any bytes; nothing is guessed."""

from __future__ import annotations

from ...states.events import Reply
from ...states.messages import Opaque, Origin
from .calls import raw_calls
from .complaint import complaint_in
from .content import reasoning_of, text_of, thoughts_of
from .fault import Fault, fault_of
from .heard import OPAQUE_KEYS, Heard, read_heard
from .parsing import compact, fields, items, parse, word
from .rejected import rejected_step
from .usage import read_usage

__all__ = ["read_json"]


def read_json(body: bytes, origin: Origin, offered: frozenset[str] = frozenset()) -> Reply | Fault:
    """Return what a body with a good status says: a reply, or the error that some hosts send as a success."""
    try:
        parsed = parse(body)
    except ValueError:
        shown = body[:200].decode("utf-8", "replace").strip()
        what = f"is not JSON; it begins: {shown!r}" if shown else "is empty"
        return Fault(kind="bad_response", message=f"the host's answer {what}", retryable=True)
    choice = _first_choice(parsed)
    complaint = complaint_in(parsed) or (complaint_in({"error": choice.get("error")}) if choice else None)
    if complaint is not None:
        return rejected_step(complaint, origin, offered) or fault_of(complaint.status or 500, complaint)
    return _without_choice(parsed) if choice is None else read_heard(_heard(parsed, choice), origin, offered)


def _without_choice(parsed: object) -> Fault:
    """Return the fault of a body that holds neither a choice nor an error."""
    if "task_ids" in fields(parsed):
        message = (
            "Open WebUI took the request as one of its own chats and runs the tools itself (the answer holds only task_ids). "
            "Send neither of id, chat_id, session_id, tool_ids and features: look at Model(parameters=...)"
        )
        return Fault(kind="bad_response", message=message)
    return Fault(kind="bad_response", message="the host's answer holds no choice", retryable=True)


def _first_choice(parsed: object) -> dict[str, object] | None:
    body = fields(parsed)
    sound = items(body.get("choices"))
    if not sound and isinstance(body.get("provider"), dict):  # OpenRouter, now and then
        return _first_choice(body["provider"])
    return next((choice for choice in sound if choice.get("index") in (0, None)), sound[0] if sound else None)


def _heard(parsed: object, choice: dict[str, object]) -> Heard:
    message = fields(choice.get("message"))
    return Heard(
        text=text_of(message.get("content")),
        refusal=text_of(message.get("refusal")),
        reasoning=reasoning_of(message) or thoughts_of(message.get("content")),
        calls=raw_calls(message),
        opaque=tuple(Opaque(key, compact(message[key])) for key in OPAQUE_KEYS if message.get(key)),
        finish=word(choice.get("finish_reason")) or None,
        native=word(choice.get("native_finish_reason")) or None,
        usage=read_usage(parsed, choice),
    )
