from __future__ import annotations

import asyncio
import json
import os
import shlex
import signal
from pathlib import Path

import anyio
import mcp_servers
import pytest
from mcp_servers import context, filesystem, is_running, named, time_server, until

from detent import ToolError
from detent.tools import Image
from detent.tools.context import Progress
from detent.tools.mcp import McpTools, mcp_tools


@pytest.mark.anyio
async def test_the_server_with_every_feature_returns_all_kinds_of_results(everything: McpTools) -> None:
    picture = await named(everything, "get-tiny-image")(context())
    links = await named(everything, "get-resource-links")(context(), count=2)
    blob = await named(everything, "get-resource-reference")(context(), resourceType="Blob", resourceId=1)

    assert "Echo: hi" == await named(everything, "echo")(context(), message="hi")
    assert [str, Image, str] == [type(part) for part in picture]
    assert picture[1].data.startswith(b"\x89PNG") and "image/png" == picture[1].mime_type
    assert "[resource demo://resource/dynamic/text/2: Text Resource 2, text/plain, " in links
    assert "[resource demo://resource/dynamic/blob/1: binary, text/plain, " in blob
    assert 36 == json.loads(await named(everything, "get-structured-content")(context(), location="Chicago"))["temperature"]


@pytest.mark.anyio
async def test_files_and_the_time_are_told_by_their_servers(tmp_path: Path) -> None:
    async with mcp_tools(filesystem(tmp_path)) as files, mcp_tools(time_server()) as time:
        await named(files, "write_file")(context(), path=str(tmp_path / "a.txt"), content="hällo")
        now = await named(time, "get_current_time")(context(), timezone="Europe/Oslo")

        assert "hällo" == (tmp_path / "a.txt").read_text("utf-8")
        assert "hällo" == await named(files, "read_text_file")(context(), path=str(tmp_path / "a.txt"))
        assert "Europe/Oslo" == json.loads(now)["timezone"]
        with pytest.raises(ToolError, match="Access denied - path outside allowed directories"):
            await named(files, "read_text_file")(context(), path="/etc/passwd")


@pytest.mark.anyio
async def test_errors_are_the_servers_own_words(everything: McpTools) -> None:
    with pytest.raises(ToolError, match=r"^Invalid resourceId: -4. Must be a finite positive integer.$"):
        await named(everything, "get-resource-reference")(context(), resourceId=-4)


@pytest.mark.anyio
async def test_progress_is_passed_on(everything: McpTools) -> None:
    told: list[Progress] = []
    await named(everything, "trigger-long-running-operation")(context(told.append), duration=0.03, steps=3)

    assert [(1, 3), (2, 3), (3, 3)] == [(each.done, each.total) for each in told]
    assert {"trigger-long-running-operation"} == {each.message for each in told}


@pytest.mark.anyio
async def test_calls_run_at_the_same_time_from_many_tasks(everything: McpTools) -> None:
    said: list[str] = []

    async def ask(number: int) -> None:
        said.append(await named(everything, "echo")(context(), message=str(number)))

    async with anyio.create_task_group() as tasks:
        for number in range(20):
            tasks.start_soon(ask, number)

    assert {f"Echo: {number}" for number in range(20)} == set(said)


@pytest.mark.anyio
async def test_a_call_that_is_cancelled_is_cancelled_at_the_server(odd: McpTools, tmp_path: Path) -> None:
    note = tmp_path / "note"
    said = ""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: named(odd, "hang")(context(), note=str(note)))
        await until(lambda: note.exists() and note.read_text("utf-8") == "begun")
        tasks.cancel_scope.cancel()
        with anyio.CancelScope(shield=True):
            await until(lambda: note.read_text("utf-8") == "cancelled")
            said = await named(odd, "pid")(context())

    assert said.isdecimal()


@pytest.mark.anyio
async def test_a_result_that_breaks_the_servers_own_schema_is_said_to_have_come_of_a_call(odd: McpTools) -> None:
    with pytest.raises(ToolError, match=r"^lie has run, but what .* can not be read: .*'truth' is a required property$"):
        await named(odd, "lie")(context())


@pytest.mark.anyio
async def test_a_server_that_dies_in_a_call_leaves_the_outcome_unknown_and_is_started_anew_by_the_next() -> None:
    async with mcp_tools(mcp_servers.strange()) as tools:
        first = await named(tools, "pid")(context())
        with pytest.raises(ToolError, match="lost while die ran, so its outcome is unknown: it may or may not"):
            await named(tools, "die")(context())
        second = await named(tools, "pid")(context())

        assert first != second
        assert not is_running(int(first))


@pytest.mark.anyio
async def test_a_call_that_only_reads_is_made_again_when_the_server_was_killed() -> None:
    async with mcp_tools(mcp_servers.strange()) as tools:
        first = int(await named(tools, "pid")(context()))
        os.kill(first, signal.SIGKILL)  # nobody here knows of it yet
        second = int(await named(tools, "pid")(context()))

        assert first != second


@pytest.mark.anyio
async def test_a_server_that_can_not_be_started_again_is_an_error_of_the_call(tmp_path: Path) -> None:
    program = tmp_path / "program"
    words = shlex.join(mcp_servers.strange())
    program.write_text(f"#!/bin/sh\nexec {words}\n", "utf-8")
    program.chmod(0o755)
    async with mcp_tools([str(program)]) as tools:
        program.rename(tmp_path / "elsewhere")
        with pytest.raises(ToolError, match="its outcome is unknown"):
            await named(tools, "die")(context())
        with pytest.raises(ToolError, match=r"has gone, and another could not be had: .* can not be run: No such file"):
            await named(tools, "pid")(context())
        (tmp_path / "elsewhere").rename(program)

        assert (await named(tools, "pid")(context())).isdecimal()


@pytest.mark.anyio
async def test_a_server_that_asks_its_client_is_told_what_is_not_supported(
    strange: McpTools, caplog: pytest.LogCaptureFixture
) -> None:
    said = await named(strange, "ask")(context())
    with caplog.at_level("INFO", "detent.mcp"):
        await named(strange, "say")(context())
        await until(lambda: len(caplog.messages) == 3)

    assert ["ping: answered", "roots: MCP error -32600: List roots not supported"] == said.splitlines()[:2]
    assert "elicitation: MCP error -32600: Elicitation not supported" in said
    assert "sampling: MCP error -32600: Sampling not supported" in said
    assert ["INFO", "WARNING", "CRITICAL"] == [each.levelname for each in caplog.records]
    assert caplog.messages[0].endswith(": strange: {'level': 'info', 'lines': 'one\\ntwo'}")


@pytest.mark.anyio
async def test_another_event_loop_is_told_where_to_call(odd: McpTools) -> None:
    pid = named(odd, "pid")
    with pytest.raises(ToolError, match="connected to in another event loop"):
        await asyncio.to_thread(lambda: asyncio.run(pid(context())))


@pytest.mark.anyio
async def test_what_the_protocol_refuses_is_told_in_the_servers_words(odd: McpTools) -> None:
    with pytest.raises(ToolError, match=r"^Internal server error$"):
        await named(odd, "hang")(context())
