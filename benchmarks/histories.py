"""Conversations of a given length, as chat-completions messages and as a record."""

from __future__ import annotations

import json
from typing import TypeAlias

from detent import Agent, Conversation, Limits, Model, tool

__all__ = ["TASK", "JSONObject", "messages", "record_of", "repeat"]

JSONObject: TypeAlias = dict[str, object]

TASK = "Please say what there is to say."

_TEXT = 'She said: "the detent holds"; then a click, and the knob rests at its next place.  '


@tool(idempotent=True)
async def repeat(text: str) -> str:
    """Say a text again.

    Args:
        text: What to say.
    """
    return text


def messages(count: int, size: int = 500) -> list[JSONObject]:
    """Return *count* messages (a multiple of four) of *size* characters: task, call, result, answer, and again."""
    made: list[JSONObject] = []
    for exchange in range(count // 4):
        call_id = f"past_{exchange}"
        function = {"name": "repeat", "arguments": json.dumps({"text": _text(exchange, size - 12)})}
        made += (
            {"role": "user", "content": _text(exchange, size)},
            {"role": "assistant", "content": None, "tool_calls": [{"id": call_id, "type": "function", "function": function}]},
            {"role": "tool", "tool_call_id": call_id, "content": _text(exchange, size)},
            {"role": "assistant", "content": _text(exchange, size)},
        )
    return made


def _text(number: int, size: int) -> str:
    return (f"{number}: " + _TEXT * (size // len(_TEXT) + 1))[:size]


async def record_of(count: int, model: Model) -> Conversation:
    """Return the record of a conversation with *count* messages before the newest task, which has been answered."""
    result = await Agent(model, tools=[repeat], limits=Limits(rounds=20)).run(TASK, history=messages(count))
    result.unwrap()
    return result.conversation
