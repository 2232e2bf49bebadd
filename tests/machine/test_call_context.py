"""What a tool is handed: questions it may ask, progress it may tell, and media it may return; seen through whole runs."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator

import pytest
from scripted_host import ScriptedHost, asks, says

from detent import (
    Agent,
    Context,
    Image,
    MemoryJournal,
    Model,
    RunResult,
    State,
    Tool,
    ToolFinished,
    ToolProgress,
    replay,
    tool,
)
from detent.states.turn import OutcomeKind

pytestmark = pytest.mark.anyio


@tool
async def look() -> str:
    return "look"


async def run(called: Tool) -> RunResult[str]:
    with ScriptedHost(asks((called.name, "{}")), says("ok")) as host:
        return await Agent(Model("m", base_url=host.base_url), tools=[called]).run("go")


async def test_a_tool_asks_one_question_after_the_other_and_is_told_each_answer() -> None:
    tries: list[int] = []

    @tool(idempotent=True, retries=3)
    def hat(context: Context[None], size: int) -> str:
        tries.append(len(context.answers))
        colour = context.ask("Which colour?", {"type": "string"})
        return f"{colour} hat, {size}, sure: {context.ask('Sure?')}"

    journal = MemoryJournal()
    with ScriptedHost(asks(("hat", '{"size": 7}')), says("ok")) as host:
        agent = Agent(Model("m", base_url=host.base_url), tools=[hat], journal=journal)
        first = await agent.run("go", conversation_id="c")
        second = await agent.resume("c", answer={"call00000": "red"})
        third = await agent.resume("c", approve="call00000")

    asked = [(each.question, each.schema) for result in (first, second) for each in result.questions]
    assert [("Which colour?", {"type": "string"}), ("Sure?", {"type": "boolean"})] == asked
    assert ("red hat, 7, sure: True", [0, 1, 2]) == (third.tool_calls[0].result, tries)
    assert third.conversation == replay(await journal.read("c"))


async def test_a_tool_that_fails_after_an_answer_is_tried_again_with_the_answer() -> None:
    tries: list[object] = []

    @tool(idempotent=True, retries=1)
    async def hat(context: Context[None]) -> str:
        tries.append(context.ask("Which colour?", {"type": "string"}))
        if len(tries) == 1:
            raise OSError("not yet")
        return "ok"

    with ScriptedHost(asks(("hat", "{}")), says("ok")) as host:
        agent = Agent(Model("m", base_url=host.base_url), tools=[hat])
        waiting = await agent.run("go")
        result = await agent.resume(waiting.conversation, answer={"call00000": "red"})

    assert (["red", "red"], State.DONE) == (tries, result.state)


async def test_a_question_with_a_schema_that_is_none_is_an_error_of_the_tool() -> None:
    @tool
    async def odd(context: Context[None]) -> str:
        return str(context.ask("Which?", {"type": "strin"}))

    result = await run(odd)

    assert (State.DONE, OutcomeKind.RAISED) == (result.state, result.tool_calls[0].kind)
    assert "no JSON schema" in (result.tool_calls[0].result or "")


async def test_progress_is_seen_from_the_loop_from_a_thread_and_from_any_other() -> None:
    @tool
    async def in_the_loop(context: Context[None]) -> str:
        context.progress("loop", 1, 2)
        return "ok"

    @tool
    def in_a_thread(context: Context[None]) -> str:
        context.progress("thread")
        other = threading.Thread(target=context.progress, args=("other",))
        other.start()
        other.join()
        return "ok"

    @tool
    def steps() -> Iterator[str]:
        yield "a quarter"
        yield "the rest"

    @tool
    async def async_steps() -> AsyncIterator[dict[str, int]]:
        yield {"done": 1}

    some = (in_the_loop, in_a_thread, steps, async_steps)
    with ScriptedHost(asks(*[(each.name, "{}") for each in some]), says("ok")) as host:
        async with Agent(Model("m", base_url=host.base_url), tools=some).stream("go") as watched:
            seen = [notice async for notice in watched if isinstance(notice, ToolProgress | ToolFinished)]

    told = [(each.call.tool, each.message, each.done, each.total) for each in seen if isinstance(each, ToolProgress)]
    assert ("in_the_loop", "loop", 1, 2) in told
    assert ["thread", "other"] == [message for name, message, _, _ in told if name == "in_a_thread"]
    assert ["a quarter", "the rest"] == [message for name, message, _, _ in told if name == "steps"]
    assert ['{"done":1}'] == [message for name, message, _, _ in told if name == "async_steps"]
    assert ["ok", "ok", "the rest", '{"done":1}'] == [each.result for each in watched.result.tool_calls]
    for name in ("steps", "in_a_thread"):
        assert isinstance([each for each in seen if each.call.tool == name][-1], ToolFinished)


async def test_progress_that_nobody_watches_is_heard_by_nobody() -> None:
    @tool
    def work(context: Context[None]) -> str:
        context.progress("half way")
        return "ok"

    assert ["ok"] == [each.result for each in (await run(work)).tool_calls]


async def test_pictures_that_tools_return_are_shown_after_all_results() -> None:
    @tool
    def photo() -> Image:
        return Image(b"png")

    with ScriptedHost(asks(("photo", "{}"), ("look", "{}")), says("nice")) as host:
        result = await Agent(Model("m", base_url=host.base_url), tools=[photo, look]).run("go")

    sent = host.requests[1]["messages"]
    assert ["tool", "tool", "user"] == [message["role"] for message in sent[-3:]]
    assert {"type": "image_url", "image_url": {"url": "data:image/png;base64,cG5n"}} in sent[-1]["content"]
    assert ["[image, image/png, 3 bytes]", "look"] == [each.result for each in result.tool_calls]
