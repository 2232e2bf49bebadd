"""One more model call: what the client spends on it, against the official client with the same messages."""

from __future__ import annotations

from typing import Any

import httpx2
from openai import AsyncOpenAI

from detent import Agent, Limits, Model, dumps, loads
from detent.machine.endpoint import ask
from detent.machine.wire import HOSTS, Projection, encode, request_body
from detent.states import Conversation

from .histories import TASK, messages, record_of, repeat
from .measure import Work, in_turns, shown
from .stub import StubTransport, base_url
from .tables import Table, judged

__all__ = ["table"]

ROUNDS = 10
TARGETS = {0: 0.4, 1000: 0.02}
"""Ratio to the official client's CPU, by the length of the history."""


async def table(*, quick: bool = False) -> Table:
    """Measure at three lengths of the history."""
    made = Table(
        "One more model call (CPU of the client)",
        ("messages before", "what", "CPU", "of the SDK's call", "target"),
        "The SDK row is `AsyncOpenAI.chat.completions.create` with the same messages and tools. The stub that answers in the "
        "same process is inside every row; the last row of each group is what it costs together with bare `httpx2`.",
    )
    for length in (0, 100, 1000):
        await _measure(made, length, turns=5 if quick else 15)
    return made


async def _measure(made: Table, length: int, *, turns: int) -> None:
    async with httpx2.AsyncClient(transport=StubTransport(), timeout=600) as http:
        say = Model("m", base_url=base_url("say"), api_key="x", http_client=http)
        work = Model("m", base_url=base_url(f"work-{ROUNDS}x1"), api_key="x", http_client=http)
        record = await record_of(length, say)
        body = body_for(record)
        copies = (4 if length == 1000 else 20) * turns + 2
        sdk = AsyncOpenAI(api_key="x", base_url=base_url("say"), http_client=http, max_retries=0)
        works: dict[str, tuple[Work, int, float | None]] = {
            "the SDK's call": (_sdk_call(sdk, length), 1, None),
            "the call alone (`machine.endpoint.ask`)": (lambda: ask(say, body), 1, TARGETS.get(length)),
            "`Agent.run` of one call": (_run(say, record, 1), 1, TARGETS.get(length)),
            f"`Agent.run` with {ROUNDS} tool rounds, a call": (_run(work, record, ROUNDS + 1), ROUNDS + 1, TARGETS.get(length)),
            "`Agent.run` of one call, the record just loaded": (_run_loaded(say, record, copies), 1, None),
            "bare `httpx2` with ready bytes": (_bare(http, body), 1, None),
        }
        units = [40, 40, 20, 4, 20, 40] if length < 1000 else [2, 40, 4, 2, 4, 40]
        figures = await in_turns([work for work, _, _ in works.values()], turns=turns, units=units)
    for (name, (_, calls, target)), figure in zip(works.items(), figures, strict=True):
        ratio = figure.ratio / calls
        wanted = "" if target is None else f"≤ {target}: {judged(ratio, target)}"
        made.add(f"{length}", name, shown(figure.median / calls), f"{ratio:.3f}", wanted)


def body_for(record: Conversation) -> bytes:
    """Return the request that would be sent next."""
    projected = Projection(HOSTS["portable"]).messages(record, "")
    task = b"," + encode({"role": "user", "content": TASK}) + b"]"
    return request_body("m", projected[:-1] + task, tools=encode([repeat.to_openai()]))


def _sdk_call(sdk: AsyncOpenAI, length: int) -> Work:
    said: Any = [*messages(length), {"role": "user", "content": TASK}, {"role": "assistant", "content": "Said."}]
    said.append({"role": "user", "content": TASK})
    tools: Any = [repeat.to_openai()]
    return lambda: sdk.chat.completions.create(model="m", messages=said, tools=tools, tool_choice="auto")


def _run(model: Model, record: Conversation, calls: int) -> Work:
    agent = Agent(model, tools=[repeat], limits=Limits(rounds=20))

    async def run() -> None:
        result = await agent.run(TASK, conversation=record)
        assert result.usage.model_calls == calls, result.reason

    return run


def _run_loaded(model: Model, record: Conversation, copies: int) -> Work:
    """Return runs that each go on from a copy of the record that this process has not sent anything of."""
    agent = Agent(model, tools=[repeat], limits=Limits(rounds=20))
    stored = dumps(record)
    loaded = [loads(stored) for _ in range(copies)]

    async def run() -> None:
        result = await agent.run(TASK, conversation=loaded.pop())
        assert result.usage.model_calls == 1, result.reason

    return run


def _bare(http: httpx2.AsyncClient, body: bytes) -> Work:
    url = base_url("say") + "/chat/completions"
    return lambda: http.post(url, content=body, headers={"content-type": "application/json"})
