"""`Agent`: the whole loop against a host on loopback HTTP."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import anyio
import history_oracle
import pytest
from scripted_host import Answer, ScriptedHost, asks, hangs, raw, refuses, says, streams

from detent import (
    Agent,
    CallDelta,
    ConfigurationError,
    Context,
    Conversation,
    DetentError,
    Limits,
    MemoryJournal,
    Model,
    RunFailed,
    RunResult,
    State,
    StateChanged,
    TextDelta,
    Tool,
    ToolFinished,
    ToolStarted,
    replay,
    tool,
)

pytestmark = pytest.mark.anyio


@tool
async def weather(city: str) -> str:
    """Report the weather of a city.

    Args:
        city: The city's name.
    """
    return f"4 degrees in {city}"


@tool
def broken() -> str:
    """Fail."""
    raise RuntimeError("out of paper")


def agent_at(host: ScriptedHost, **options: Any) -> Agent[str]:
    options.setdefault("tools", [weather, broken])
    options.setdefault("limits", Limits(retries=0))
    return Agent(Model("m", base_url=host.base_url, api_key="secret-key"), **options)


def assert_all_requests_are_valid(host: ScriptedHost) -> None:
    for request in host.requests:
        assert [] == history_oracle.judge(request["messages"], sendable=True)


async def test_a_task_is_answered_with_the_help_of_a_tool() -> None:
    with ScriptedHost(asks(("weather", '{"city": "Oslo"}')), says("It is 4 degrees.")) as host:
        result = await agent_at(host).run("How is Oslo?")

    assert (State.DONE, "It is 4 degrees.", 2) == (result.state, result.text, result.rounds)
    assert [("weather", {"city": "Oslo"}, "4 degrees in Oslo", True)] == [
        (c.tool, c.args, c.result, c.ok) for c in result.tool_calls
    ]
    assert (20, 10, 2) == (result.usage.prompt, result.usage.completion, result.usage.model_calls)
    assert "It is 4 degrees." == result.unwrap()
    assert_all_requests_are_valid(host)


async def test_the_request_carries_system_message_tools_and_key() -> None:
    with ScriptedHost(says("hi")) as host:
        await agent_at(host, instructions="Be brief.").run("hello")

    request = host.requests[0]
    assert "/v1/chat/completions" == host.paths[0]
    assert "Bearer secret-key" == host.headers[0]["authorization"]
    assert {
        "role": "system",
        "content": "Be brief.\n\nYou can call tools. Use them when they help with the task, then answer from what they return.",
    } == request["messages"][0]
    assert ["weather", "broken"] == [entry["function"]["name"] for entry in request["tools"]]
    assert "auto" == request["tool_choice"]


async def test_the_calls_go_back_exactly_as_they_were_answered() -> None:
    with ScriptedHost(asks(("weather", '{ "city":"Oslo" }'), ids=["call_abc"]), says("ok")) as host:
        await agent_at(host).run("hello")

    asked, answered = host.requests[1]["messages"][-2:]
    assert [{"id": "call_abc", "type": "function", "function": {"name": "weather", "arguments": '{ "city":"Oslo" }'}}] == asked[
        "tool_calls"
    ]
    assert {"role": "tool", "tool_call_id": "call_abc", "content": "4 degrees in Oslo"} == answered


async def test_one_failing_call_harms_no_other() -> None:
    with ScriptedHost(
        asks(("broken", "{}"), ("weather", '{"city": "Rome"}'), ("wether", "{}"), ("weather", '{"town": 1}')), says("ok")
    ) as host:
        result = await agent_at(host).run("hello")

    results = [call.result or "" for call in result.tool_calls]
    assert "Tool error: RuntimeError: out of paper" == results[0]
    assert "4 degrees in Rome" == results[1]
    assert results[2].startswith("Tool error: ") and "weather" in results[2]
    assert results[3].startswith("Tool error: ") and "city" in results[3]
    assert State.DONE is result.state
    assert_all_requests_are_valid(host)


async def test_eight_tools_that_wait_for_one_another_run_at_once() -> None:
    together = anyio.Event()
    waiting = 0

    @tool
    async def meet() -> str:
        nonlocal waiting
        waiting += 1
        if waiting == 8:
            together.set()
        await together.wait()
        return "met"

    with ScriptedHost(asks(*[("meet", "{}")] * 8), says("ok")) as host:
        result = await agent_at(host, tools=[meet]).run("meet")

    assert ["met"] * 8 == [call.result for call in result.tool_calls]


async def test_no_more_tools_run_at_once_than_the_cap_allows() -> None:
    running, most = 0, 0

    @tool
    async def work() -> str:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await anyio.lowlevel.checkpoint()
        running -= 1
        return "done"

    with ScriptedHost(asks(*[("work", "{}")] * 9), says("ok")) as host:
        result = await agent_at(host, tools=[work], max_parallel_tools=2).run("work")

    assert 2 == most
    assert 9 == len(result.tool_calls)


async def test_an_exclusive_tool_runs_beside_no_other() -> None:
    running: set[str] = set()
    seen: list[set[str]] = []

    @tool
    async def shared() -> str:
        running.add("shared")
        seen.append(set(running))
        await anyio.lowlevel.checkpoint()
        running.discard("shared")
        return "ok"

    @tool(exclusive=True)
    async def alone() -> str:
        running.add("alone")
        seen.append(set(running))
        await anyio.lowlevel.checkpoint()
        running.discard("alone")
        return "ok"

    with ScriptedHost(asks(("shared", "{}"), ("alone", "{}"), ("shared", "{}"), ("alone", "{}")), says("ok")) as host:
        result = await agent_at(host, tools=[shared, alone]).run("work")

    assert 4 == sum(call.ok for call in result.tool_calls)
    assert {"shared", "alone"} not in seen


async def test_sync_tools_run_in_threads_side_by_side() -> None:
    barrier = threading.Barrier(4, timeout=10)

    @tool
    def meet() -> str:
        barrier.wait()
        return threading.current_thread().name

    with ScriptedHost(asks(*[("meet", "{}")] * 4), says("ok")) as host:
        result = await agent_at(host, tools=[meet]).run("meet")

    assert all(call.ok for call in result.tool_calls)
    assert threading.current_thread().name not in [call.result for call in result.tool_calls]


async def test_a_tool_that_takes_too_long_is_given_up() -> None:
    @tool(timeout=0.01)
    async def slow() -> str:
        await anyio.sleep_forever()
        return ""

    with ScriptedHost(asks(("slow", "{}")), says("ok")) as host:
        result = await agent_at(host, tools=[slow]).run("go")

    assert "Tool error: slow did not return within 0.01 seconds and was given up." == result.tool_calls[0].result
    assert State.DONE is result.state


async def test_a_tool_is_given_its_context() -> None:
    seen: list[Context[dict[str, int]]] = []

    @tool
    async def look(context: Context[dict[str, int]], at: str) -> str:
        seen.append(context)
        return at

    with ScriptedHost(asks(("look", '{"at": "x"}')), says("ok")) as host:
        result = await agent_at(host, tools=[look]).run("go", deps={"a": 1})

    call = result.tool_calls[0]
    assert ({"a": 1}, call.id, result.conversation.id) == (seen[0].deps, seen[0].call_id, seen[0].conversation_id)
    assert f"{result.conversation.id}:3:{call.id}" == seen[0].idempotency_key
    assert {"at"} == set(host.requests[0]["tools"][0]["function"]["parameters"]["properties"])


async def test_the_round_limit_ends_the_run_with_what_was_gathered() -> None:
    with ScriptedHost(asks(("weather", '{"city": "Oslo"}'))) as host:
        result = await agent_at(host, limits=Limits(rounds=2)).run("go")

    assert State.LIMIT_HIT is result.state
    line = '- weather(city="Oslo"): 4 degrees in Oslo'
    assert f"The limit of 2 rounds was reached. What the tools returned:\n{line}\n{line}" == result.text
    assert 2 == len(host.requests)
    with pytest.raises(RunFailed, match="the limit of 2 rounds was reached"):
        result.unwrap()


async def test_at_a_limit_the_model_may_be_asked_for_closing_words_without_tools() -> None:
    with ScriptedHost(asks(("weather", '{"city": "Oslo"}')), says("So far: 4 degrees.")) as host:
        result = await agent_at(host, limits=Limits(rounds=1, on_limit="answer")).run("go")

    assert (State.LIMIT_HIT, "So far: 4 degrees.") == (result.state, result.text)
    assert "none" == host.requests[1]["tool_choice"]
    assert_all_requests_are_valid(host)


async def test_without_a_final_answer_the_result_is_the_summary_and_the_closing_call_is_saved() -> None:
    with ScriptedHost(asks(("weather", '{"city": "Oslo"}')), says("never asked for")) as host:
        result = await agent_at(host, limits=Limits(rounds=1, on_limit="answer")).run("go", respond_with_final=False)

    assert 1 == len(host.requests)
    assert result.summary == result.text
    assert "4 degrees in Oslo" in result.text


async def test_a_conversation_goes_on() -> None:
    with ScriptedHost(says("one"), says("two")) as host:
        agent = agent_at(host)
        first = await agent.run("first")
        second = await agent.run("second", conversation=first.conversation)

    assert ["first", "one", "second"] == [message["content"] for message in host.requests[1]["messages"][1:]]
    assert first.conversation.id == second.conversation.id
    assert "one" == first.text


async def test_a_foreign_history_is_repaired_and_its_extra_fields_are_dropped() -> None:
    history: list[dict[str, Any]] = [
        {"role": "user", "content": "hi", "timestamp": 3},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "a", "type": "function", "function": {"name": "weather", "arguments": "{bad"}}],
        },
        {"role": "user", "content": "still there?", "id": 7},
        {"role": "tool", "tool_call_id": "zzz", "content": "orphan"},
    ]
    with ScriptedHost(says("ok")) as host:
        result = await agent_at(host).run("go on", history=history)

    assert_all_requests_are_valid(host)
    assert result.conversation.repairs
    assert "hi" == history[0]["content"] and 3 == history[0]["timestamp"]


async def test_a_window_shows_the_newest_messages_and_parts_no_call_from_its_result() -> None:
    history: list[dict[str, Any]] = []
    for number in range(10):
        history += [
            {"role": "user", "content": f"q{number}"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": f"c{number}", "type": "function", "function": {"name": "weather", "arguments": "{}"}}],
            },
            {"role": "tool", "tool_call_id": f"c{number}", "content": "r"},
            {"role": "assistant", "content": f"a{number}"},
        ]
    with ScriptedHost(says("ok")) as host:
        await agent_at(host, window=6).run("go", history=history)

    sent = host.requests[0]["messages"]
    assert_all_requests_are_valid(host)
    assert "q8" == sent[1]["content"]


async def test_an_unreachable_endpoint_is_a_failed_result_that_can_be_continued() -> None:
    agent = Agent(Model("m", base_url="http://127.0.0.1:9/v1"), limits=Limits(retries=0))
    result = await agent.run("go")

    assert State.FAILED is result.state
    assert result.error is not None and "connection" == result.error.kind
    assert "http://127.0.0.1:9/v1" in result.error.message
    with ScriptedHost(says("back")) as host:
        resumed = await agent_at(host).resume(result.conversation)
    assert (State.DONE, "back") == (resumed.state, resumed.text)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refuses(401, "Incorrect API key provided"), "auth"),
        (refuses(404, "no such model"), "not_found"),
        (refuses(400, "bad"), "bad_request"),
        (refuses(500, "oops"), "server_error"),
        (refuses(429, "slow down"), "rate_limited"),
        (raw(b"<html>bad gateway</html>", content_type="text/html"), "bad_response"),
        (raw(b"{}"), "bad_response"),
        (raw(b""), "bad_response"),
        (raw(b"[]"), "bad_response"),
        (raw(b"null"), "bad_response"),
        (raw(b'{"choices": []}'), "bad_response"),
    ],
)
async def test_what_a_host_does_wrong_is_a_failed_result_with_a_reason(answer: Answer, kind: str) -> None:
    with ScriptedHost(answer) as host:
        result = await agent_at(host).run("go")

    assert State.FAILED is result.state
    assert result.error is not None
    assert kind == result.error.kind
    assert result.error.message in result.reason
    assert "secret-key" not in result.error.message


async def test_a_fault_that_may_pass_is_tried_again_and_no_more_often_than_allowed() -> None:
    quick = {"retry-after": "0"}
    with ScriptedHost(refuses(503, "busy", headers=quick), refuses(429, "slow", headers=quick), says("ok")) as host:
        result = await agent_at(host, limits=Limits(retries=2)).run("go")
    assert (State.DONE, 3) == (result.state, len(host.requests))

    with ScriptedHost(refuses(503, "busy", headers=quick)) as host:
        result = await agent_at(host, limits=Limits(retries=2)).run("go")
    assert (State.FAILED, 3) == (result.state, len(host.requests))


async def test_an_empty_reply_is_nudged_and_then_gives_up() -> None:
    with ScriptedHost(says(None), says("at last")) as host:
        result = await agent_at(host, limits=Limits(retries=1)).run("go")
    assert (State.DONE, "at last") == (result.state, result.text)
    assert_all_requests_are_valid(host)

    with ScriptedHost(says("")) as host:
        result = await agent_at(host, limits=Limits(retries=1)).run("go")
    assert State.FAILED is result.state
    assert result.error is not None and "unusable_reply" == result.error.kind


async def test_a_fallback_model_takes_over() -> None:
    with ScriptedHost(refuses(401, "no")) as bad, ScriptedHost(says("from the spare")) as good:
        spare = Model("n", base_url=good.base_url, label="spare")
        result = await agent_at(bad, fallbacks=[spare]).run("go")

    assert (State.DONE, "from the spare", "spare") == (result.state, result.text, result.model)


async def test_a_call_that_needs_approval_waits_and_goes_on_days_later() -> None:
    paid: list[int] = []

    @tool(approve=True)
    async def pay(amount: int) -> str:
        paid.append(amount)
        return "paid"

    with ScriptedHost(asks(("pay", '{"amount": 3}'), ("pay", '{"amount": 4}')), says("done")) as host:
        agent = agent_at(host, tools=[pay])
        waiting = await agent.run("pay")
        assert State.AWAITING_APPROVAL is waiting.state
        assert [{"amount": 3}, {"amount": 4}] == [call.args for call in waiting.approvals]
        assert [] == paid

        first, second = (call.id for call in waiting.approvals)
        half = await agent.resume(waiting.conversation, approve=[first])
        assert State.AWAITING_APPROVAL is half.state
        assert [] == paid

        result = await agent.resume(half.conversation, deny={second: "too much"})

    assert [3] == paid
    assert ["paid", "Tool error: the user did not allow this call: too much"] == [call.result for call in result.tool_calls]
    assert_all_requests_are_valid(host)


async def test_approving_what_does_not_wait_is_refused() -> None:
    with ScriptedHost(says("hi")) as host:
        agent = agent_at(host)
        result = await agent.run("go")
        with pytest.raises(ConfigurationError, match="no call 'nope' waits"):
            await agent.resume(result.conversation, approve=["nope"])


async def test_resuming_a_finished_run_gives_its_result_again() -> None:
    with ScriptedHost(says("hi")) as host:
        agent = agent_at(host)
        result = await agent.run("go")
        again = await agent.resume(result.conversation)

    assert result.conversation == again.conversation
    assert 1 == len(host.requests)


async def test_a_journal_holds_every_event_and_replays_to_the_same_record() -> None:
    journal = MemoryJournal()
    with ScriptedHost(asks(("weather", '{"city": "Oslo"}')), says("ok"), says("again")) as host:
        agent = agent_at(host, journal=journal)
        result = await agent.run("go", conversation_id="c1")
        assert result.conversation == replay(await journal.read("c1"))

        more = await agent.run("and now?", conversation_id="c1")

    assert more.conversation == replay(await journal.read("c1"))
    assert ["go", "and now?"] == [m["content"] for m in more.conversation.messages if m["role"] == "user"]


async def test_cancelling_the_task_around_a_run_keeps_what_came_back_and_goes_on() -> None:
    journal = MemoryJournal()
    quick_done = anyio.Event()

    @tool
    async def quick() -> str:
        quick_done.set()
        return "kept"

    @tool
    async def endless() -> str:
        await anyio.sleep_forever()
        return ""

    with ScriptedHost(asks(("quick", "{}"), ("endless", "{}")), says("after")) as host:
        agent = agent_at(host, tools=[quick, endless], journal=journal)

        async def cancel_when_quick_is_done(scope: anyio.CancelScope) -> None:
            await quick_done.wait()
            await anyio.wait_all_tasks_blocked()
            scope.cancel()

        async with anyio.create_task_group() as tasks:
            with anyio.CancelScope() as scope:
                tasks.start_soon(cancel_when_quick_is_done, scope)
                await agent.run("go", conversation_id="c")
            assert scope.cancelled_caught

        record = replay(await journal.read("c"))
        assert State.CANCELLED is record.state
        contents = [message["content"] for message in record.messages if message["role"] == "tool"]
        assert ["kept", "Tool error: the run was cancelled before this call ended."] == contents

        result = await agent.run("go on", conversation_id="c")
    assert (State.DONE, "after") == (result.state, result.text)
    assert_all_requests_are_valid(host)


async def test_cancelling_an_asyncio_task_ends_the_run_and_raises_in_the_task() -> None:
    journal = MemoryJournal()
    arrived = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hang(body: dict[str, Any]) -> Answer:
        loop.call_soon_threadsafe(arrived.set)
        return hangs(threading.Event())

    with ScriptedHost(hang) as host:
        task = asyncio.create_task(agent_at(host, journal=journal).run("go", conversation_id="c"))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert State.CANCELLED is replay(await journal.read("c")).state


async def test_a_stream_shows_states_tools_and_text() -> None:
    calls = {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "weather", "arguments": '{"city": "Oslo"}'}}]}
    with ScriptedHost(streams(calls, finish="tool_calls"), streams({"content": "It is "}, {"content": "cold."})) as host:
        async with agent_at(host).stream("How is Oslo?") as run:
            seen = [notice async for notice in run]
            result = run.result

    assert ["It is ", "cold."] == [notice.text for notice in seen if isinstance(notice, TextDelta)]
    assert ["prompting", "awaiting_model", "dispatching_tools", "prompting", "awaiting_model", "done"] == [
        notice.target.value for notice in seen if isinstance(notice, StateChanged)
    ]
    assert ["weather"] == [notice.call.tool for notice in seen if isinstance(notice, ToolStarted)]
    assert ["4 degrees in Oslo"] == [notice.call.result for notice in seen if isinstance(notice, ToolFinished)]
    assert (State.DONE, "It is cold.") == (result.state, result.text)
    assert host.requests[0]["stream"] is True


async def test_a_stream_shows_the_pieces_of_a_call_as_they_are_written() -> None:
    first = {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "weather", "arguments": '{"city": '}}]}
    second = {"tool_calls": [{"index": 0, "function": {"arguments": '"Oslo"}'}}]}
    with ScriptedHost(streams(first, second, finish="tool_calls"), streams({"content": "cold"})) as host:
        async with agent_at(host).stream("How is Oslo?") as run:
            pieces = [notice async for notice in run if isinstance(notice, CallDelta)]

    assert [(0, "weather", '{"city": '), (0, "weather", '"Oslo"}')] == [(p.place, p.tool, p.arguments) for p in pieces]


async def test_a_stream_that_breaks_in_a_call_is_tried_again() -> None:
    half = {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "weather", "arguments": '{"city": '}}]}
    with ScriptedHost(streams(half, finish=None, done=False), streams({"content": "cold"})) as host:
        async with agent_at(host, limits=Limits(retries=1)).stream("How is Oslo?") as run:
            async for _ in run:
                pass

    assert (State.DONE, "cold", ()) == (run.result.state, run.result.text, run.result.tool_calls)


async def test_a_stream_that_is_left_early_is_cancelled() -> None:
    gate = threading.Event()
    journal = MemoryJournal()
    with ScriptedHost(hangs(gate)) as host:
        async with agent_at(host, journal=journal).stream("go", conversation_id="c") as run:
            async for _ in run:
                break
        assert State.CANCELLED is run.result.state

    assert State.CANCELLED is replay(await journal.read("c")).state


async def test_a_stream_can_be_cancelled_and_its_result_read() -> None:
    with ScriptedHost(hangs(threading.Event())) as host:
        async with agent_at(host).stream("go") as run:
            with pytest.raises(DetentError, match="has not ended"):
                _ = run.result
            await run.cancel()
            assert State.CANCELLED is run.result.state
            assert State.CANCELLED is run.conversation.state


async def test_an_exception_in_the_stream_block_is_raised_as_itself_and_the_run_is_cancelled() -> None:
    journal = MemoryJournal()
    with ScriptedHost(hangs(threading.Event())) as host, pytest.raises(KeyError, match="mine"):
        async with agent_at(host, journal=journal).stream("go", conversation_id="c"):
            raise KeyError("mine")

    assert State.CANCELLED is replay(await journal.read("c")).state


async def test_what_the_user_says_meanwhile_is_heard_before_the_next_reply() -> None:
    spoken = anyio.Event()

    @tool
    async def listen() -> str:
        await spoken.wait()
        return "heard"

    calls = {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "listen", "arguments": "{}"}}]}
    with ScriptedHost(streams(calls), streams({"content": "ok"})) as host:
        async with agent_at(host, tools=[listen]).stream("go") as run:
            async for notice in run:
                if isinstance(notice, ToolStarted):
                    run.say("hurry up")
                    spoken.set()

    assert ["tool", "user"] == [message["role"] for message in host.requests[1]["messages"][-2:]]
    assert "hurry up" == host.requests[1]["messages"][-1]["content"]


def test_run_sync_can_be_called_again_and_again() -> None:
    with ScriptedHost(says("hi")) as host:
        agent = agent_at(host)
        results = [agent.run_sync("go") for _ in range(3)]

    assert [State.DONE] * 3 == [result.state for result in results]


async def test_run_sync_inside_a_loop_is_refused() -> None:
    with ScriptedHost(says("hi")) as host, pytest.raises(ConfigurationError, match=r"await agent\.run"):
        agent_at(host).run_sync("go")


async def test_one_agent_serves_many_runs_at_once() -> None:
    def echo(body: dict[str, Any]) -> Answer:
        return (
            says(body["messages"][-1]["content"])
            if len(body["messages"]) > 2
            else asks(("weather", json.dumps({"city": body["messages"][-1]["content"]})))
        )

    results: dict[str, RunResult[str]] = {}
    with ScriptedHost(echo) as host:
        agent = agent_at(host)

        async def one(city: str) -> None:
            results[city] = await agent.run(city)

        async with anyio.create_task_group() as tasks:
            for number in range(20):
                tasks.start_soon(one, f"city{number}")

    assert {f"city{n}": f"4 degrees in city{n}" for n in range(20)} == {city: result.text for city, result in results.items()}


async def test_the_wall_clock_limit_stops_a_tool_and_ends_the_run_with_its_summary() -> None:
    @tool
    async def endless() -> str:
        await anyio.sleep_forever()
        return ""

    with ScriptedHost(asks(("endless", "{}"))) as host:
        result = await agent_at(host, tools=[endless], limits=Limits(seconds=0.3)).run("go")

    assert State.LIMIT_HIT is result.state
    assert "0.3 seconds" in result.text


async def test_the_wall_clock_limit_stops_a_model_that_hangs() -> None:
    with ScriptedHost(hangs(threading.Event())) as host:
        result = await agent_at(host, limits=Limits(seconds=0.2)).run("go")

    assert State.LIMIT_HIT is result.state


async def test_an_answer_of_a_wanted_type_is_checked_and_read() -> None:
    with ScriptedHost(says("not json"), says('```json\n{"degrees": 4}\n```')) as host:
        agent = Agent(Model("m", base_url=host.base_url), output=dict[str, int], limits=Limits(retries=1))
        result = await agent.run("go")

    assert {"degrees": 4} == result.output == result.unwrap()
    assert "JSON schema" in host.requests[0]["messages"][0]["content"]
    assert "does not have the wanted form" in host.requests[1]["messages"][-1]["content"]
    assert_all_requests_are_valid(host)


async def test_pictures_go_to_the_model_as_they_are() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    with ScriptedHost(says("a picture")) as host:
        await agent_at(host, tools=[]).run([{"type": "text", "text": "what is it?"}, picture])

    assert [{"type": "text", "text": "what is it?"}, picture] == host.requests[0]["messages"][-1]["content"]
    assert "tools" not in host.requests[0] and "tool_choice" not in host.requests[0]


def unary(x):  # type: ignore[no-untyped-def]  # pyright: ignore[reportMissingParameterType, reportUnknownParameterType]
    """Take something without saying what."""


def make_agent(arguments: dict[str, Any]) -> Agent[str]:
    return Agent(**arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model": 3}, "Agent(model=...)"),
        ({"model": None}, "no model is configured"),
        ({"model": {"label": "Big one", "api_url": ""}}, "'Big one' is not fully configured: api_url and model_name missing"),
        ({"tools": weather}, "put the one you gave in brackets"),
        ({"tools": 3}, "Agent(tools=...)"),
        ({"tools": "weather"}, "Agent(tools=...)"),
        ({"tools": [weather, weather]}, "weather"),
        ({"tools": [unary]}, "unary"),
        ({"limits": 10}, "Agent(limits=...)"),
        ({"window": -1}, "Agent(window=...)"),
        ({"window": True}, "Agent(window=...)"),
        ({"max_parallel_tools": 0}, "Agent(max_parallel_tools=...)"),
        ({"instructions": 3}, "Agent(instructions=...)"),
        ({"fallbacks": [3]}, "Agent(fallbacks=...)"),
    ],
)
def test_wrong_arguments_are_named(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(DetentError) as caught:
        make_agent({"model": Model("m", base_url="http://h"), **arguments})

    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"task": ""}, "the task is empty"),
        ({"task": []}, "content parts"),
        ({"task": [{"no": "type"}]}, "content parts"),
        ({"task": "go", "conversation": Conversation(id="a"), "history": []}, "give the conversation alone"),
        ({"task": "go", "conversation": Conversation(id="a"), "conversation_id": "b"}, "give the conversation alone"),
    ],
)
async def test_wrong_arguments_of_a_run_are_named(arguments: dict[str, Any], message: str) -> None:
    agent = Agent(Model("m", base_url="http://h"))
    with pytest.raises(ConfigurationError) as caught:
        await agent.run(**arguments)

    assert message in str(caught.value)


async def test_looking_up_a_conversation_without_a_journal_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no journal"):
        await Agent(Model("m", base_url="http://h")).resume("c1")


async def test_a_tool_made_from_a_schema_is_called_like_any_other() -> None:
    async def add(a: int, b: int) -> int:
        return a + b

    schema = {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}, "required": ["a", "b"]}
    adder = Tool(name="add", description="Add.", parameters=schema, call=add)
    with ScriptedHost(asks(("add", '{"a": 2, "b": 3}'), ("add", '{"a": "x"}')), says("ok")) as host:
        result = await agent_at(host, tools=[adder]).run("go")

    assert "5" == result.tool_calls[0].result
    assert not result.tool_calls[1].ok
