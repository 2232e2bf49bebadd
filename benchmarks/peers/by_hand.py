"""No library: the loop that everybody writes first, over the official client."""

from __future__ import annotations

import json
from typing import Any

import httpx2
from openai import AsyncOpenAI

from ..histories import TASK, JSONObject, repeat
from ..measure import Work


def prepare(http: httpx2.AsyncClient, url: str, history: list[JSONObject], answer: str) -> Work:
    """Return a run of the loop."""
    client = AsyncOpenAI(api_key="x", base_url=url, http_client=http, max_retries=0)
    tools: Any = [repeat.to_openai()]

    async def run() -> None:
        messages: list[Any] = [*history, {"role": "user", "content": TASK}]
        while True:
            completion = await client.chat.completions.create(model="m", messages=messages, tools=tools)
            said = completion.choices[0].message
            messages.append(said.model_dump(exclude_none=True))
            if not said.tool_calls:
                break
            for call in said.tool_calls:
                assert call.type == "function"
                result = json.loads(call.function.arguments)["text"]
                messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
        assert said.content == answer

    return run
