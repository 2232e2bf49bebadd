"""openai-agents, its tracing off."""

# pyright: basic, reportMissingImports=false
# The library is not in the environment in which the project is checked.

from __future__ import annotations

from typing import Any

import httpx2
from agents import Agent, OpenAIChatCompletionsModel, RunConfig, Runner, function_tool
from openai import AsyncOpenAI

from ..histories import TASK, JSONObject, say_again
from ..measure import Work


def prepare(http: httpx2.AsyncClient, url: str, history: list[JSONObject], answer: str) -> Work:
    """Return a run over its chat-completions model."""
    client = AsyncOpenAI(api_key="x", base_url=url, http_client=http, max_retries=0)
    model = OpenAIChatCompletionsModel(model="m", openai_client=client)
    agent = Agent(name="bench", tools=[function_tool(say_again, name_override="repeat")], model=model)
    config = RunConfig(tracing_disabled=True)
    items = [item for message in history for item in _items(message)]

    async def run() -> None:
        given: Any = [*items, {"role": "user", "content": TASK}]
        assert (await Runner.run(agent, given, max_turns=50, run_config=config)).final_output == answer

    return run


def _items(message: Any) -> list[JSONObject]:
    if message["role"] == "tool":
        return [{"type": "function_call_output", "call_id": message["tool_call_id"], "output": message["content"]}]
    calls = message.get("tool_calls") or []
    said: list[JSONObject] = [{"role": message["role"], "content": message["content"]}] if message["content"] else []
    return said + [{"type": "function_call", "call_id": call["id"], **call["function"]} for call in calls]
