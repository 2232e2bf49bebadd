from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import anyio
import mcp_servers
import pytest
from mcp_servers import Program, context, free_port, named, until

from detent import ConfigurationError, ToolError
from detent.tools.mcp import mcp_tools


def everything(port: int) -> Program:
    return Program(mcp_servers.everything("streamableHttp"), ready="listening", env={"PORT": str(port)})


def odd(port: int) -> Program:
    return Program(mcp_servers.odd("--http", str(port)), ready="running on")


def url(port: int) -> str:
    return f"http://127.0.0.1:{port}/mcp"


@pytest.mark.anyio
async def test_a_server_at_an_address_that_was_started_anew_or_has_gone() -> None:
    port = free_port()
    with everything(port) as first:
        tools = await mcp_tools(url(port), only=["echo", "toggle-simulated-logging", "trigger-long-running-operation"])
        assert "Echo: 1" == await named(tools, "echo")(context(), message="1")
        first.kill()
    with everything(port):  # which knows nothing of our session: the call was not begun, and is made in another
        assert "Started simulated" in await named(tools, "toggle-simulated-logging")(context())
    with pytest.raises(
        ToolError, match=f"^the MCP server has gone, and another could not be had: .*{port}/mcp can not be reach"
    ):
        await named(tools, "echo")(context(), message="2")
    with everything(port):
        assert "Echo: 3" == await named(tools, "echo")(context(), message="3")
    await tools.aclose()


@pytest.mark.anyio
async def test_a_call_that_was_under_way_when_the_server_at_an_address_died_has_an_unknown_outcome(tmp_path: Path) -> None:
    port, note = free_port(), tmp_path / "note"
    outcomes: list[str] = []
    with odd(port) as program:
        async with mcp_tools(url(port)) as tools:

            async def hang() -> None:
                with pytest.raises(ToolError) as caught:
                    await named(tools, "hang")(context(), note=str(note))
                outcomes.append(str(caught.value))

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(hang)
                await until(note.exists)
                program.kill()

    assert 1 == len(outcomes)
    assert "lost while hang ran, so its outcome is unknown" in outcomes[0]


@pytest.mark.anyio
async def test_over_http_calls_are_cancelled_and_changes_told_as_well(tmp_path: Path) -> None:
    port, note = free_port(), tmp_path / "note"
    with odd(port):
        async with mcp_tools(url(port), headers={"X-Test": "1"}) as tools:
            await named(tools, "grow")(context())
            await until(lambda: len(tools) == 7)
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(lambda: named(tools, "hang")(context(), note=str(note)))
                await until(lambda: note.exists() and note.read_text("utf-8") == "begun")
                tasks.cancel_scope.cancel()
            await until(lambda: note.read_text("utf-8") == "cancelled")

            assert (await named(tools, "pid")(context())).isdecimal()


@pytest.mark.anyio
async def test_an_address_where_something_else_answers_is_named_with_the_status() -> None:
    port = free_port()
    pattern = rf"^the MCP server http://127.0.0.1:{port}/nowhere did not start: .*404"
    with odd(port), pytest.raises(ConfigurationError, match=pattern):
        await mcp_tools(f"http://127.0.0.1:{port}/nowhere")


@pytest.mark.anyio
async def test_closing_does_not_wait_for_a_server_that_has_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detent.tools.mcp.connection._PATIENCE_AT_CLOSE", 0.2)
    port = free_port()
    with everything(port) as program:
        tools = await mcp_tools(url(port))
        program.process.send_signal(signal.SIGSTOP)
        with anyio.fail_after(20):  # the client library would wait for 30 seconds
            await tools.aclose()
            await until(lambda: not any(task.get_name().startswith("detent-mcp") for task in asyncio.all_tasks()))
