"""`run_tool`: exactly one outcome, whatever the tool does."""

from __future__ import annotations

import asyncio
import json
import math
import sys
import threading
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from detent import Context, Image, NeedsInput, Tool, ToolError, tool
from detent.machine.dispatch import Ran, run_tool
from detent.states.turn import Ask, OutcomeKind, Waiting
from detent.tools import InnerCall

pytestmark = pytest.mark.anyio

CONTEXT = Context[object](deps=None, call_id="call00000", idempotency_key="c:1:call00000", conversation_id="c")


async def come_of(
    function: Callable[..., Any] | Tool, arguments: str = "{}", seconds: float = math.inf, context: Context[object] = CONTEXT
) -> Ran | Ask:
    made = function if isinstance(function, Tool) else tool(function)
    return await run_tool(made, arguments, context, anyio.CapacityLimiter(4), seconds)


async def run(function: Callable[..., Any] | Tool, arguments: str = "{}", seconds: float = math.inf) -> Ran:
    ran = await come_of(function, arguments, seconds)
    assert isinstance(ran, Ran)
    return ran


async def test_what_a_tool_returns_is_put_into_words() -> None:
    async def look() -> dict[str, list[int]]:
        return {"found": [1, 2]}

    assert Ran(kind=OutcomeKind.RETURNED, content='{"found":[1,2]}') == await run(look)


async def test_what_a_tool_raises_is_its_outcome() -> None:
    def fail() -> None:
        raise LookupError("nothing there")

    assert Ran(kind=OutcomeKind.RAISED, content="LookupError: nothing there") == await run(fail)


async def test_a_tool_that_exits_ends_its_call_and_nothing_else() -> None:
    async def leave() -> None:
        sys.exit(3)

    def leave_in_a_thread() -> None:
        sys.exit(4)

    assert Ran(kind=OutcomeKind.RAISED, content="SystemExit: 3") == await run(leave)
    assert Ran(kind=OutcomeKind.RAISED, content="SystemExit: 4") == await run(leave_in_a_thread)


async def test_an_error_that_can_not_be_printed_is_named() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no words")

    def fail() -> None:
        raise Mute

    assert "Mute" == (await run(fail)).content


async def test_something_cancelled_inside_a_tool_is_no_cancellation_of_the_run() -> None:
    async def wait_for_the_cancelled() -> None:
        inner = asyncio.ensure_future(asyncio.sleep(10))
        inner.cancel()
        await inner

    assert OutcomeKind.RAISED is (await run(wait_for_the_cancelled)).kind


async def test_a_timeout_of_the_tools_own_is_an_error_like_any_other() -> None:
    async def give_up() -> None:
        raise TimeoutError("my own")

    assert Ran(kind=OutcomeKind.RAISED, content="TimeoutError: my own") == await run(give_up)


async def test_a_tool_is_given_up_when_its_time_or_the_runs_time_is_over() -> None:
    @tool(timeout=0.01)
    async def slow() -> None:
        await anyio.sleep_forever()

    async def endless() -> None:
        await anyio.sleep_forever()

    assert OutcomeKind.TIMED_OUT is (await run(slow)).kind
    assert OutcomeKind.TIMED_OUT is (await run(endless, seconds=0.01)).kind
    assert OutcomeKind.TIMED_OUT is (await run(endless, seconds=0)).kind


async def test_a_thread_that_does_not_return_is_left_behind() -> None:
    gate = threading.Event()

    @tool(timeout=0.01)
    def stuck() -> None:
        gate.wait(10)

    ran = await run(stuck)
    gate.set()

    assert OutcomeKind.TIMED_OUT is ran.kind


async def test_what_can_not_be_written_down_is_an_outcome() -> None:
    async def odd() -> object:
        return threading.Lock()

    assert OutcomeKind.UNSERIALISABLE is (await run(odd)).kind


async def test_arguments_that_do_not_fit_never_reach_the_tool() -> None:
    called: list[int] = []

    async def square(number: int) -> int:
        called.append(number)
        return number**2

    assert OutcomeKind.BAD_ARGUMENTS is (await run(square, '{"number": "many"}')).kind
    assert [] == called


async def test_an_idempotent_tool_is_tried_again_as_often_as_it_allows() -> None:
    tries: list[int] = []

    @tool(idempotent=True, retries=2)
    async def flaky() -> str:
        tries.append(1)
        if len(tries) < 3:
            raise OSError("not yet")
        return "there"

    assert Ran(kind=OutcomeKind.RETURNED, content="there") == await run(flaky)
    assert 3 == len(tries)


async def test_the_last_error_stands_when_every_try_fails_or_no_time_is_left() -> None:
    tries: list[int] = []

    @tool(idempotent=True, retries=1)
    async def flaky() -> str:
        tries.append(1)
        raise OSError(f"try {len(tries)}")

    assert "OSError: try 2" == (await run(flaky)).content
    tries.clear()
    assert "OSError: try 1" == (await run(flaky, seconds=0.1)).content


async def test_a_sync_function_that_returns_a_coroutine_is_awaited() -> None:
    async def inner() -> str:
        return "inside"

    def outer() -> Any:
        return inner()

    assert "inside" == (await run(outer)).content


async def test_context_variables_are_seen_by_async_and_sync_tools() -> None:
    from contextvars import ContextVar

    user: ContextVar[str] = ContextVar("user")
    user.set("ada")

    async def in_the_loop() -> str:
        return user.get()

    def in_a_thread() -> str:
        return user.get()

    assert ["ada", "ada"] == [(await run(in_the_loop)).content, (await run(in_a_thread)).content]


async def test_the_words_of_a_tool_error_stand_as_they_are() -> None:
    def refuse() -> None:
        raise ToolError("  no seats left; try another day ")

    def refuse_without_words() -> None:
        raise ToolError

    assert Ran(kind=OutcomeKind.RAISED, content="no seats left; try another day") == await run(refuse)
    assert "ToolError" == (await run(refuse_without_words)).content


async def test_media_are_parts_beside_the_words() -> None:
    async def photo() -> list[object]:
        return ["here", Image(b"png")]

    ran = await run(photo)

    assert "here\n[image, image/png, 3 bytes]" == ran.content
    assert [("image_url", {"url": "data:image/png;base64,cG5n"})] == [
        (part.kind, json.loads(part.json)["image_url"]) for part in ran.parts
    ]


async def test_a_question_is_what_came_of_a_tool() -> None:
    inner = InnerCall(id="i", name="pay", arguments="{}", question="Pay?", schema='{"type": "boolean"}')

    def ask() -> None:
        raise NeedsInput("Which?", {"enum": ["rød"]}, waiting=[inner], seq=7)

    waiting = Waiting(id="i", name="pay", arguments="{}", question="Pay?", schema='{"type": "boolean"}')

    assert Ask(question="Which?", schema='{"enum": ["rød"]}', waiting=(waiting,), seq=7) == await come_of(ask)


async def test_a_question_that_can_not_be_written_down_is_an_error_of_the_tools() -> None:
    def ask() -> None:
        raise NeedsInput("Which?", waiting=[InnerCall(id="a", name="b", arguments="{")])

    ran = await run(ask)

    assert OutcomeKind.RAISED is ran.kind
    assert "not valid JSON" in ran.content


async def test_a_tool_that_has_asked_is_not_tried_again() -> None:
    tries: list[int] = []

    @tool(idempotent=True, retries=2)
    async def ask() -> None:
        tries.append(1)
        raise NeedsInput("Sure?")

    assert isinstance(await come_of(ask), Ask)
    assert [1] == tries


async def test_each_try_asks_from_the_first_question_on() -> None:
    @tool(idempotent=True, retries=1)
    async def ask(context: Context[None]) -> object:
        first = context.ask("Which?", {"type": "string"})
        if not tries:
            tries.append(first)
            raise OSError("not yet")
        return first

    tries: list[object] = []
    context = Context[object](deps=None, call_id="c", idempotency_key="k", conversation_id="i", answers=("red",))
    ran = await run_tool(ask, "{}", context, anyio.CapacityLimiter(1), math.inf)

    assert Ran(kind=OutcomeKind.RETURNED, content="red") == ran
