from __future__ import annotations

import sys
from pathlib import Path

import anyio
import mcp_servers
import pytest
from mcp_servers import free_port, is_running, until

from detent import ConfigurationError
from detent.tools.mcp import mcp_tools


@pytest.mark.anyio
async def test_a_server_that_ends_at_once_is_named_with_its_last_words() -> None:
    with pytest.raises(ConfigurationError) as caught:
        await mcp_tools(mcp_servers.strange("broken"))
    said = str(caught.value)

    assert "strange_mcp_server.mjs" in said
    assert "did not start: it ended before it had answered; the last that it said:\nfirst line\nno licence was found" in said


@pytest.mark.anyio
async def test_a_server_that_never_answers_is_given_up_and_gone(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    program = f"import os, sys; open({str(pid)!r}, 'w').write(str(os.getpid())); sys.stdin.read()"
    with pytest.raises(ConfigurationError, match=r"did not answer within 0\.5 seconds"):
        await mcp_tools([sys.executable, "-c", program], start_timeout=0.5)

    assert not pid.exists() or not is_running(int(pid.read_text()))


@pytest.mark.anyio
async def test_a_start_that_is_cancelled_leaves_no_process(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    program = f"import os, sys; open({str(pid)!r}, 'w').write(str(os.getpid())); sys.stdin.read()"
    server = mcp_tools([sys.executable, "-c", program])
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.__aenter__)
        await until(lambda: pid.exists() and bool(pid.read_text()))
        tasks.cancel_scope.cancel()

    assert not is_running(int(pid.read_text()))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("command", "match"),
    [
        (["no-such-program", "x"], "the MCP server no-such-program x can not be run: No such file or directory: no-such-prog"),
        (["false"], "the MCP server false did not start: it ended before it had answered$"),
        (["echo", "hello"], "the MCP server echo hello did not start: it ended before it had answered$"),
    ],
)
async def test_what_is_no_server_is_named(command: list[str], match: str) -> None:
    with pytest.raises(ConfigurationError, match=match):
        await mcp_tools(command)


@pytest.mark.anyio
async def test_an_address_where_nobody_listens_is_named_without_its_secrets() -> None:
    port = free_port()
    with pytest.raises(ConfigurationError, match=f"^the MCP server http://127.0.0.1:{port}/mcp can not be reached: "):
        await mcp_tools(f"http://me:secret@127.0.0.1:{port}/mcp?key=secret")


@pytest.mark.anyio
async def test_a_server_that_ends_when_asked_what_it_does_not_know_is_asked_as_of_old() -> None:
    async with mcp_tools(mcp_servers.strange("early")) as tools:
        assert 7 == len(tools)


@pytest.mark.anyio
async def test_a_working_folder_and_an_environment_are_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OURS_ALONE", "secret")
    program = "import os, sys; sys.exit(f\"{os.getcwd()} {os.environ['GIVEN']} {os.environ.get('OURS_ALONE')}\")"
    with pytest.raises(ConfigurationError, match=f"said:\n{tmp_path} 1 None"):
        await mcp_tools([sys.executable, "-c", program], cwd=tmp_path, env={"GIVEN": "1"})
