"""A streamed answer of a thousand deltas."""

from __future__ import annotations

from typing import Any

import httpx2
from openai import AsyncOpenAI

from detent import Agent, Model, TextDelta
from detent.machine.endpoint import ask
from detent.machine.wire import Delta, StreamFold, encode, request_body
from detent.states.events import Reply
from detent.states.messages import Origin

from .histories import TASK
from .measure import MICRO, Work, cpu_of, in_turns, shown
from .stub import StubTransport, base_url, events_of
from .tables import Table, judged

__all__ = ["table"]

DELTAS = 1000
TARGET = 0.25
INTAKE_TARGET = 15.0
"""Microseconds a delta."""


async def table(*, quick: bool = False) -> Table:
    """Measure the whole stream against the SDK's, and the intake alone."""
    made = Table(
        f"A stream of {DELTAS:,} deltas, one event a chunk (CPU of the client)",
        ("what", "CPU", "a delta", "of the SDK's stream", "target"),
        "The SDK row iterates `create(stream=True)` and joins the texts. The last row feeds the same bytes to the fold.",
    )
    async with httpx2.AsyncClient(transport=StubTransport(), timeout=600) as http:
        url = base_url(f"stream-{DELTAS}")
        model = Model("m", base_url=url, api_key="x", http_client=http)
        sdk = AsyncOpenAI(api_key="x", base_url=url, http_client=http, max_retries=0)
        works: dict[str, tuple[Work, float | None]] = {
            "the SDK's stream": (_sdk_stream(sdk), None),
            "the call alone (`machine.endpoint.ask`)": (_ask(model), TARGET),
            "`Agent.stream`, every event read": (_agent_stream(model), None),
        }
        figures = await in_turns([work for work, _ in works.values()], turns=5 if quick else 11, units=2)
    for (name, (_, target)), figure in zip(works.items(), figures, strict=True):
        wanted = "" if target is None else f"≤ {target}: {judged(figure.ratio, target)}"
        made.add(name, shown(figure.median), shown(figure.median / DELTAS), f"{figure.ratio:.3f}", wanted)
    intake = cpu_of(_fold, units=3, turns=5 if quick else 11)
    each = intake / DELTAS
    made.add(
        "the intake alone (`StreamFold`)",
        shown(intake),
        shown(each),
        f"{intake / figures[0].median:.3f}",
        f"≤ {INTAKE_TARGET:g} µs a delta: {judged(each * MICRO, INTAKE_TARGET)}",
    )
    return made


def _sdk_stream(sdk: AsyncOpenAI) -> Work:
    said: Any = [{"role": "user", "content": TASK}]

    async def read() -> None:
        stream = await sdk.chat.completions.create(
            model="m", messages=said, stream=True, stream_options={"include_usage": True}
        )
        pieces = [chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices]
        assert len("".join(pieces)) == len(_TEXT)

    return read


_TEXT = "".join(f" piece{number % 7}" for number in range(DELTAS))


def _ask(model: Model) -> Work:
    body = request_body("m", encode([{"role": "user", "content": TASK}]), stream=True)

    async def read() -> None:
        shown: list[Delta] = []
        reply = await ask(model, body, shown.append)
        assert isinstance(reply, Reply), reply
        assert reply.said.text == _TEXT

    return read


def _agent_stream(model: Model) -> Work:
    agent = Agent(model)

    async def read() -> None:
        async with agent.stream(TASK) as run:
            pieces = [event.text async for event in run if isinstance(event, TextDelta)]
        assert len("".join(pieces)) == len(_TEXT)

    return read


def _fold() -> None:
    fold = StreamFold()
    for event in events_of(DELTAS):
        fold.feed(event)
    fold.finish(Origin("portable", "m"))
