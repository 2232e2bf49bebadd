"""Chat-completions messages as tests of repairing write them."""

from __future__ import annotations

from typing import Any

__all__ = ["ANSWER", "LOST", "OPENER", "USER", "Message", "asks", "result", "results", "wire_call"]

Message = dict[str, Any]

USER: Message = {"role": "user", "content": "hi"}
ANSWER: Message = {"role": "assistant", "content": "oh"}
LOST = "Tool error: no result of this call was recorded."
OPENER: Message = {"role": "user", "content": "(The conversation so far.)"}


def wire_call(call_id: Any = "x", name: Any = "look", arguments: Any = "{}") -> Message:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def asks(*calls: Any, content: Any = None) -> Message:
    return {"role": "assistant", "content": content, "tool_calls": [*calls]}


def result(call_id: Any = "x", content: Any = "4") -> Message:
    return {"role": "tool", "tool_call_id": call_id, "content": content}


def results(history: list[Message]) -> list[object]:
    return [message["content"] for message in history if message["role"] == "tool"]
