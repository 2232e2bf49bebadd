"""`run_tool` with generators: what they yield is progress, and they are closed whatever comes."""

from __future__ import annotations

import math
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import Any

import anyio
import anyio.to_thread
import pytest

from detent import Context, NeedsInput, Tool, ToolError, tool
from detent.machine.dispatch import Ran, run_tool
from detent.states.turn import Ask, OutcomeKind
from detent.tools import Progress

pytestmark = pytest.mark.anyio


async def told_by(function: Callable[..., Any] | Tool) -> tuple[Ran | Ask, list[str]]:
    """Return what came of it, and what it told meanwhile."""
    heard: list[str] = []
    context = Context[object](
        deps=None,
        call_id="call00000",
        idempotency_key="k",
        conversation_id="c",
        report=lambda progress: heard.append(progress.message),
    )
    made = function if isinstance(function, Tool) else tool(function)
    return await run_tool(made, "{}", context, anyio.CapacityLimiter(4), math.inf), heard


async def test_a_generator_returns_what_it_returns_and_tells_what_it_yields() -> None:
    def steps() -> Generator[object, None, str]:
        yield "half"
        yield {"done": 2}
        return "all"

    assert (Ran(kind=OutcomeKind.RETURNED, content="all"), ["half", '{"done":2}']) == await told_by(steps)


async def test_a_generator_that_returns_nothing_comes_to_the_last_that_it_yields() -> None:
    def steps() -> Iterator[int]:
        yield 1
        yield 2

    async def async_steps() -> AsyncIterator[int]:
        yield 1
        yield 2

    expected = (Ran(kind=OutcomeKind.RETURNED, content="2"), ["1", "2"])
    assert [expected, expected] == [await told_by(steps), await told_by(async_steps)]


async def test_a_generator_that_yields_nothing_comes_to_null() -> None:
    def steps() -> Iterator[int]:
        return
        yield 1

    async def async_steps() -> AsyncIterator[int]:
        if False:
            yield 1

    expected: tuple[Ran, list[str]] = (Ran(kind=OutcomeKind.RETURNED, content="null"), [])
    assert [expected, expected] == [await told_by(steps), await told_by(async_steps)]


async def test_what_a_generator_raises_or_asks_is_its_outcome_and_it_is_closed() -> None:
    closed: list[str] = []

    def fail() -> Iterator[str]:
        try:
            yield "half"
            raise ToolError("out of paper")
        finally:
            closed.append("fail")

    async def ask() -> AsyncIterator[str]:
        try:
            yield "half"
            raise NeedsInput("Sure?")
        finally:
            closed.append("ask")

    failed, asked = await told_by(fail), await told_by(ask)

    assert (Ran(kind=OutcomeKind.RAISED, content="out of paper"), ["half"]) == failed
    assert (Ask(question="Sure?", schema='{"type": "boolean"}'), ["half"]) == asked
    assert ["fail", "ask"] == closed


async def test_what_a_generator_yields_is_told_in_short() -> None:
    def steps() -> Iterator[object]:
        yield "x" * 100_000
        yield threading.Lock()
        yield "end"

    _, heard = await told_by(steps)

    assert ["x" * 2000, "the result, of type lock", "end"] == [heard[0][:2000], heard[1][:24], heard[2]]
    assert len(heard[0]) < 2100


async def test_a_generator_that_is_given_up_is_closed() -> None:
    closed, done = list[str](), threading.Event()

    @tool(timeout=0.05)
    def steps() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            closed.append("in a thread")
            done.set()

    @tool(timeout=0.5)
    async def async_steps() -> AsyncIterator[int]:
        try:
            yield 1
            await anyio.sleep_forever()
        finally:
            closed.append("in the loop")

    ends = [(await told_by(each))[0] for each in (async_steps, steps)]
    assert await anyio.to_thread.run_sync(done.wait, 10)

    assert [OutcomeKind.TIMED_OUT] * 2 == [end.kind for end in ends if isinstance(end, Ran)]
    assert ["in the loop", "in a thread"] == closed


async def test_a_generator_is_closed_when_its_run_is_cancelled() -> None:
    begun, closed = anyio.Event(), list[str]()

    async def steps() -> AsyncIterator[int]:
        try:
            begun.set()
            yield 1
            await anyio.sleep_forever()
        finally:
            closed.append("closed")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(told_by, steps)
        await begun.wait()
        tasks.cancel_scope.cancel()

    assert ["closed"] == closed


async def test_a_generator_is_closed_where_what_it_tells_is_not_heard() -> None:
    closed: list[str] = []

    async def steps() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            closed.append("closed")

    def refuse(progress: Progress) -> None:
        raise RuntimeError("nobody listens")

    context = Context[object](deps=None, call_id="c", idempotency_key="k", conversation_id="i", report=refuse)
    ran = await run_tool(tool(steps), "{}", context, anyio.CapacityLimiter(1), math.inf)

    assert (Ran(kind=OutcomeKind.RAISED, content="RuntimeError: nobody listens"), ["closed"]) == (ran, closed)
