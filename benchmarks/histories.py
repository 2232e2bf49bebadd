"""Conversations of a given length, as chat-completions messages and as a record."""

from __future__ import annotations

import json
from typing import TypeAlias

from detent import Agent, Conversation, Limits, Model, tool

__all__ = ["TASK", "JSONObject", "messages", "record_of", "repeat", "say_again"]

JSONObject: TypeAlias = dict[str, object]

TASK = "Please say what there is to say."

_TEXT = 'She said: "the detent holds"; then a click, and the knob rests at its next place.  '


async def say_again(text: str) -> str:
    """Say a text again.

    Args:
        text: What to say.
    """
    return text


repeat = tool(name="repeat", idempotent=True)(say_again)


def messages(count: int, size: int = 500) -> list[JSONObject]:
    """Return *count* messages (a multiple of four) of *size* characters: task, call, result, answer, and again."""
    made: list[JSONObject] = []
    for exchange in range(count // 4):
        call_id = f"past_{exchange}"
        function = {"name": "repeat", "arguments": json.dumps({"text": _text(exchange, size - 12)})}
        calls = [{"id": call_id, "type": "function", "function": function}]
        made.append({"role": "user", "content": _text(exchange, size)})
        made.append({"role": "assistant", "content": None, "tool_calls": calls})
        made.append({"role": "tool", "tool_call_id": call_id, "content": _text(exchange, size)})
        made.append({"role": "assistant", "content": _text(exchange, size)})
    return made


def _text(number: int, size: int) -> str:
    return (f"{number}: " + _TEXT * (size // len(_TEXT) + 1))[:size]


async def record_of(count: int, model: Model) -> Conversation:
    """Return the record of a conversation with *count* messages before the newest task, which has been answered."""
    result = await Agent(model, tools=[repeat], limits=Limits(rounds=20)).run(TASK, history=messages(count))
    result.unwrap()
    return result.conversation
