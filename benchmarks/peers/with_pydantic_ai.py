"""pydantic-ai."""

# pyright: basic, reportMissingImports=false
# The library is not in the environment in which the project is checked.

from __future__ import annotations

from typing import Any

import httpx2
from openai import AsyncOpenAI
from pydantic_ai import Agent, Tool, UsageLimits
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from ..histories import TASK, JSONObject, say_again
from ..measure import Work


def prepare(http: httpx2.AsyncClient, url: str, history: list[JSONObject], answer: str) -> Work:
    """Return a run over its chat-completions model."""
    client = AsyncOpenAI(api_key="x", base_url=url, http_client=http, max_retries=0)
    model = OpenAIChatModel("m", provider=OpenAIProvider(openai_client=client))
    agent = Agent(model, tools=[Tool(say_again, name="repeat")])
    past = [_message(message) for message in history]

    async def run() -> None:
        result = await agent.run(TASK, message_history=past, usage_limits=UsageLimits(request_limit=50))
        assert result.output == answer

    return run


def _message(message: Any) -> ModelMessage:
    match message["role"]:
        case "user":
            return ModelRequest(parts=[UserPromptPart(message["content"])])
        case "tool":
            return ModelRequest(parts=[ToolReturnPart("repeat", message["content"], message["tool_call_id"])])
        case _:
            calls = [
                ToolCallPart(call["function"]["name"], call["function"]["arguments"], call["id"])
                for call in message.get("tool_calls") or []
            ]
            return ModelResponse(parts=[*calls, *([TextPart(message["content"])] if message["content"] else [])])
