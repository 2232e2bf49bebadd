"""Eight calls of one reply, each of which waits a second."""

from __future__ import annotations

import time

import anyio
import httpx2
from attrs import evolve

from detent import Agent, Model, tool

from .histories import TASK
from .stub import StubTransport, base_url
from .tables import Table, judged

__all__ = ["table"]

WIDTH = 8
TARGET = 1.2
"""Seconds."""


async def table(*, quick: bool = False) -> Table:
    """Run async tools and sync ones."""
    made = Table(f"{WIDTH} tools of one second in one reply (wall time)", ("tools", "run", "target"))
    for kind, function in (("async", _wait), ("sync, in threads", _block)):
        waiting = tool(name="repeat")(function)
        async with httpx2.AsyncClient(transport=StubTransport()) as http:
            model = Model("m", base_url=base_url(f"work-1x{WIDTH}"), api_key="x", http_client=http)
            agent = Agent(model, tools=[waiting])
            await Agent(evolve(model, base_url=base_url("say"))).run(TASK)  # the SDK's import is no part of this
            began = time.perf_counter()
            result = await agent.run(TASK)
            took = time.perf_counter() - began
        assert len([call for call in result.tool_calls if call.ok]) == WIDTH, result.reason
        made.add(kind, f"{took:.2f} s", f"≤ {TARGET} s: {judged(took, TARGET)}")
    return made


async def _wait(text: str) -> str:
    await anyio.sleep(1)
    return text


def _block(text: str) -> str:
    time.sleep(1)
    return text
