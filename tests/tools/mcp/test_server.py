from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import anyio
import mcp_servers
import pytest
from mcp_servers import context, is_running, named, until
from scripted_host import ScriptedHost, asks, says

from detent import Agent, ConfigurationError, Model, State, ToolError
from detent.errors import ToolDefinitionError
from detent.tools.mcp import McpTools, mcp_tools


@pytest.mark.anyio
async def test_it_is_awaited_and_closed_or_used_as_a_block() -> None:
    tools = await mcp_tools(mcp_servers.strange())
    pid = int(await named(tools, "pid")(context()))
    assert tools is await tools
    assert list(tools) == list(tools.tools)

    await tools.aclose()
    await tools.aclose()

    assert not is_running(pid)
    with pytest.raises(ConfigurationError, match="is closed; make another"):
        await tools


@pytest.mark.anyio
async def test_before_and_after_the_connection_it_says_what_is_missing() -> None:
    tools = mcp_tools(mcp_servers.strange(), only=["say"])
    with pytest.raises(ConfigurationError, match="is not connected: `await` it, or use it in `async with`"):
        list(tools)
    async with tools:
        (say,) = tools
    for attribute in ("tools", "skipped", "instructions"):
        with pytest.raises(ConfigurationError, match="is closed"):
            getattr(tools, attribute)
    with pytest.raises(ToolError, match="the connection to the MCP server is closed"):
        await say(context())

    await mcp_tools("never-run").aclose()


@pytest.mark.anyio
async def test_many_who_connect_at_once_share_one_connection() -> None:
    tools = mcp_tools(mcp_servers.strange(), only=["pid"])
    pids: list[str] = []

    async def ask() -> None:
        await tools
        pids.append(await tools.tools[0](context()))

    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(ask)
    await tools.aclose()

    assert 5 == len(pids)
    assert 1 == len(set(pids))


@pytest.mark.anyio
async def test_a_server_that_does_not_want_to_go_is_killed() -> None:
    async with mcp_tools(mcp_servers.strange("stubborn"), only=["pid"]) as tools:
        pid = int(await tools.tools[0](context()))

    assert not is_running(pid)


@pytest.mark.anyio
async def test_a_close_that_is_cancelled_closes_all_the_same() -> None:
    tools = await mcp_tools(mcp_servers.strange(), only=["pid"])
    pid = int(await tools.tools[0](context()))
    with anyio.CancelScope() as scope:
        scope.cancel()
        await tools.aclose()

    assert not is_running(pid)


def test_an_event_loop_that_ends_takes_the_server_along() -> None:
    async def connect() -> tuple[McpTools, int]:
        tools = await mcp_tools(mcp_servers.strange(), only=["pid"])
        return tools, int(await tools.tools[0](context()))

    tools, pid = asyncio.run(connect())
    asyncio.run(tools.aclose())

    assert not is_running(pid)


@pytest.mark.anyio
async def test_it_is_closed_in_its_own_event_loop() -> None:
    tools = await mcp_tools(mcp_servers.strange())
    with pytest.raises(ConfigurationError, match="has to be closed in the event loop"):
        await asyncio.to_thread(lambda: asyncio.run(tools.aclose()))

    assert "done" == await named(tools, "good")(context())
    await tools.aclose()


@pytest.mark.anyio
async def test_closing_ends_the_wait_for_a_server_that_does_not_answer(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    tools = mcp_tools(
        [sys.executable, "-c", f"import os, sys; open({str(pid)!r}, 'w').write(str(os.getpid())); sys.stdin.read()"]
    )

    async def connect() -> None:
        with pytest.raises(ConfigurationError, match="is closed; make another"):
            await tools

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(connect)
        await until(lambda: pid.exists() and bool(pid.read_text()))
        await tools.aclose()

    assert not is_running(int(pid.read_text()))


@pytest.mark.anyio
async def test_closing_ends_the_wait_for_a_server_that_is_being_started_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detent.tools.mcp.server._FIRST_PAUSE", 3600.0)
    monkeypatch.setattr("detent.tools.mcp.server._LONGEST_PAUSE", 3600.0)
    tools = await mcp_tools(mcp_servers.strange())
    for _ in range(2):  # a second death without an answer between them is what the pause is for
        with pytest.raises(ToolError, match="outcome is unknown"):
            await named(tools, "die")(context())
    failures: list[str] = []

    async def ask() -> None:
        with pytest.raises(ToolError) as caught:
            await named(tools, "pid")(context())
        failures.append(str(caught.value))

    pid = named(tools, "pid")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        await tools.aclose()

    assert pid is not None
    assert ["the connection to the MCP server is closed"] == failures


@pytest.mark.anyio
async def test_an_agent_uses_the_tools_and_asks_a_person_where_the_server_gives_cause(tmp_path: Path) -> None:
    read = asks(("files_list_directory", f'{{"path": "{tmp_path}"}}'))
    write = asks(("files_write_file", f'{{"path": "{tmp_path}/a.txt", "content": "x"}}'))
    async with (
        mcp_tools(mcp_servers.filesystem(tmp_path), prefix="files_") as files,
        mcp_tools(mcp_servers.strange(), prefix="strange_") as strange,
    ):
        with ScriptedHost(read, write, says("done")) as host:
            agent = Agent(Model("m", base_url=host.base_url), tools=[*files, *strange])
            waiting = await agent.run("go")
            assert State.AWAITING_APPROVAL is waiting.state
            assert ["files_write_file"] == [call.tool for call in waiting.approvals]
            ended = await agent.resume(waiting.conversation, approve=[call.id for call in waiting.approvals])

        assert State.DONE is ended.state
        assert "Successfully wrote to" in (ended.tool_calls[1].result or "")


@pytest.mark.anyio
async def test_an_agent_is_told_of_a_servers_error_and_shown_its_pictures(everything: McpTools) -> None:
    calls = asks(("get-tiny-image", "{}"), ("get-resource-reference", '{"resourceId": -4}'))
    with ScriptedHost(calls, says("done")) as host:
        ended = await Agent(Model("m", base_url=host.base_url), tools=everything).run("go")
        messages = host.requests[1]["messages"]

    assert ["returned", "raised"] == [call.kind and call.kind.value for call in ended.tool_calls]
    assert "Tool error: Invalid resourceId: -4. Must be a finite positive integer." == ended.tool_calls[1].result
    assert "image_url" in str(messages)


@pytest.mark.anyio
async def test_an_agents_next_run_begins_with_the_tools_that_are_there_by_then() -> None:
    async with mcp_tools(mcp_servers.strange(), approve=False) as tools:
        with ScriptedHost(asks(("change", "{}")), says("done")) as host:
            agent = Agent(Model("m", base_url=host.base_url), tools=tools)
            await agent.run("go")
            await until(lambda: len(tools) == 1)
            await agent.run("go on")
            offered = [[each["function"]["name"] for each in request["tools"]] for request in host.requests]

    assert "change" in offered[0]
    assert ["only"] == offered[-1]


@pytest.mark.anyio
async def test_two_servers_with_one_name_are_told_apart_by_a_prefix(everything: McpTools) -> None:
    with pytest.raises(ToolDefinitionError, match="two tools have this name"):
        Agent(Model("m", base_url="http://127.0.0.1:9"), tools=[*everything, *everything])
    async with mcp_tools(mcp_servers.everything(), prefix="other_") as other:
        agent = Agent(Model("m", base_url="http://127.0.0.1:9"), tools=[*everything, *other])

    assert 24 == len(agent.toolbox)


@pytest.mark.anyio
async def test_a_call_takes_no_longer_than_it_may(everything: McpTools) -> None:
    async with mcp_tools(mcp_servers.everything(), only=["trigger-long-running-operation"], timeout=0.2) as tools:
        with ScriptedHost(asks(("trigger-long-running-operation", '{"duration": 3600}')), says("done")) as host:
            ended = await Agent(Model("m", base_url=host.base_url), tools=tools).run("go")

    assert "did not return within 0.2 seconds" in (ended.tool_calls[0].result or "")


def test_naming_a_server_loads_nothing_heavy() -> None:
    listed = "[name for name in ('mcp', 'pydantic', 'httpx2') if name in sys.modules]"
    program = f"import sys, detent.tools.mcp as m; m.mcp_tools('x'); print({listed})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()


def test_without_the_package_it_says_what_to_install() -> None:
    program = "import sys, asyncio, detent.tools.mcp as m; sys.modules['mcp'] = None; asyncio.run(m.mcp_tools('x')._connect())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert "MCP servers need the package mcp: pip install 'detent[mcp]'" in done.stderr
