"""LangGraph, through LangChain's `create_agent`, without a checkpointer."""

# pyright: basic, reportMissingImports=false
# The library is not in the environment in which the project is checked.

from __future__ import annotations

import json
from typing import Any

import httpx2
from langchain.agents import create_agent
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI

from ..histories import TASK, JSONObject, say_again
from ..measure import Work


def prepare(http: httpx2.AsyncClient, url: str, history: list[JSONObject], answer: str) -> Work:
    """Return a run over its chat-completions model."""
    settings: Any = {"model": "m", "api_key": "x", "base_url": url, "http_async_client": http, "max_retries": 0}
    agent: Any = create_agent(ChatOpenAI(**settings, use_responses_api=False), tools=[tool("repeat")(say_again)])
    past = [_message(message) for message in history]

    async def run() -> None:
        state = await agent.ainvoke({"messages": [*past, HumanMessage(TASK)]}, {"recursion_limit": 200})
        assert state["messages"][-1].content == answer

    return run


def _message(message: Any) -> AnyMessage:
    match message["role"]:
        case "user":
            return HumanMessage(message["content"])
        case "tool":
            return ToolMessage(message["content"], tool_call_id=message["tool_call_id"], name="repeat")
        case _:
            calls: Any = [
                {"id": call["id"], "name": call["function"]["name"], "args": json.loads(call["function"]["arguments"])}
                for call in message.get("tool_calls") or []
            ]
            return AIMessage(message["content"] or "", tool_calls=calls)
