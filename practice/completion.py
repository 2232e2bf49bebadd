"""From a reply to what goes over the wire: one completion, or the chunks of a stream.  Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from .request import JSONValue, as_list, as_mapping, as_text
from .rules import ABOUT, MODEL, Reply

__all__ = ["chunks", "completion", "models", "usage"]

FINGERPRINT = "rule-based-no-language-model"
PIECE = 8
"""Characters of a call's arguments in one chunk."""


def models() -> dict[str, JSONValue]:
    """Return the list of models: the one there is, which says what it is."""
    model: JSONValue = {"id": MODEL, "object": "model", "created": 0, "owned_by": ABOUT, "description": ABOUT}
    return {"object": "list", "data": [model]}


def completion(reply: Reply, body: Mapping[str, object], *, identity: str, created: int) -> dict[str, JSONValue]:
    """Return the body of the answer to a request that does not stream."""
    choice: JSONValue = {"index": 0, "message": reply.to_message(), "logprobs": None, "finish_reason": _finish(reply)}
    head = _head("chat.completion", identity, created)
    return {**head, "choices": [choice], "usage": usage(reply, body)}


def chunks(reply: Reply, body: Mapping[str, object], *, identity: str, created: int) -> Iterator[dict[str, JSONValue]]:
    """Yield the chunks of a stream: the role, the text word by word or the calls in pieces, the finish, and usage if asked."""
    head = _head("chat.completion.chunk", identity, created)
    counted = as_mapping(body.get("stream_options")).get("include_usage") is True
    tail: dict[str, JSONValue] = {"usage": None} if counted else {}
    for delta in _deltas(reply):
        yield {**head, "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}], **tail}
    yield {**head, "choices": [{"index": 0, "delta": {}, "logprobs": None, "finish_reason": _finish(reply)}], **tail}
    if counted:
        yield {**head, "choices": [], "usage": usage(reply, body)}


def usage(reply: Reply, body: Mapping[str, object]) -> dict[str, JSONValue]:
    """Return the usage.  There are no tokens here: what is counted is words, of the messages and of the reply."""
    asked = sum(_words(as_mapping(message)) for message in as_list(body.get("messages")))
    given = _words(reply.to_message())
    return {"prompt_tokens": asked, "completion_tokens": given, "total_tokens": asked + given}


def _words(message: Mapping[str, object]) -> int:
    """Return how many words a message has, in its text and in the names and arguments of its calls."""
    functions = [as_mapping(as_mapping(call).get("function")) for call in as_list(message.get("tool_calls"))]
    said = [as_text(function.get(key)) for function in functions for key in ("name", "arguments")]
    return sum(len(text.split()) for text in (as_text(message.get("content")), *said))


def _head(kind: str, identity: str, created: int) -> dict[str, JSONValue]:
    return {"id": identity, "object": kind, "created": created, "model": MODEL, "system_fingerprint": FINGERPRINT}


def _finish(reply: Reply) -> str:
    return "tool_calls" if reply.calls else "stop"


def _deltas(reply: Reply) -> Iterator[JSONValue]:
    yield {"role": "assistant", "content": None if reply.calls else ""}
    for word in re.findall(r"\s*\S+\s*$|\s*\S+", reply.text) or ([reply.text] if reply.text else []):
        yield {"content": word}
    for index, call in enumerate(reply.calls):
        opening: JSONValue = {"name": call.name, "arguments": ""}
        yield {"tool_calls": [{"index": index, "id": call.id, "type": "function", "function": opening}]}
        arguments = json.dumps(call.arguments, ensure_ascii=False)
        for at in range(0, len(arguments), PIECE):
            yield {"tool_calls": [{"index": index, "function": {"arguments": arguments[at : at + PIECE]}}]}
