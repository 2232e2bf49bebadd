"""Real MCP servers for the tests: those of the protocol's authors, from npm and PyPI, and two small ones of our own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

import anyio
from attrs import define, field
from npm_packages import installed

from detent import Context, Tool
from detent.tools.context import Progress
from detent.tools.mcp import McpTools

__all__ = [
    "Program",
    "context",
    "everything",
    "filesystem",
    "free_port",
    "is_running",
    "odd",
    "strange",
    "time_server",
    "until",
]

HERE = Path(__file__).parent


def context(report: Callable[[Progress], None] = lambda progress: None) -> Context[object]:
    """Return the context of a call."""
    return Context(deps=None, call_id="c", idempotency_key="k", conversation_id="v", report=report)


def named(tools: McpTools, name: str) -> Tool:
    """Return the tool of that name."""
    return next(each for each in tools if each.name == name)


async def until(condition: Callable[[], bool]) -> None:
    """Wait until the condition holds, for a minute at most."""
    with anyio.fail_after(60):
        while not condition():
            await anyio.sleep(0.005)


def is_running(pid: int) -> bool:
    """Whether there is a process of that number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def everything(*arguments: str) -> list[str]:
    """Return the words that run the server with every feature."""
    return ["node", str(installed() / "@modelcontextprotocol/server-everything/dist/index.js"), *arguments]


def filesystem(folder: Path) -> list[str]:
    """Return the words that run the server of *folder*'s files."""
    return ["node", str(installed() / "@modelcontextprotocol/server-filesystem/dist/index.js"), str(folder)]


def time_server() -> list[str]:
    """Return the words that run the server that knows the time."""
    return [sys.executable, "-m", "mcp_server_time", "--local-timezone", "Europe/Oslo"]


def odd(*arguments: str) -> list[str]:
    """Return the words that run our server of the newest protocol, which hangs and grows when asked to."""
    return [sys.executable, str(HERE / "odd_mcp_server.py"), *arguments]


def strange(*arguments: str) -> list[str]:
    """Return the words that run our server of the older protocol, which lists what it should not, and dies when asked to."""
    return ["node", str(HERE / "strange_mcp_server.mjs"), str(installed() / "@modelcontextprotocol/sdk/dist/esm"), *arguments]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@define(eq=False)
class Program:
    """A server that listens on a port of this machine, from `with` on until the block is left, or until it is killed."""

    words: Sequence[str]
    ready: str
    env: Mapping[str, str] = field(factory=dict[str, str])
    process: subprocess.Popen[str] = field(init=False)
    _reader: threading.Thread = field(init=False)

    def __enter__(self) -> Self:
        environment = {**os.environ, **self.env}
        self.process = subprocess.Popen(
            self.words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stderr is not None
        lines: list[str] = []
        while self.ready not in (line := self.process.stderr.readline()):
            lines.append(line)
            assert line, f"{self.words} did not start:\n{''.join(lines)}"
        self._reader = threading.Thread(target=self.process.stderr.read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """Kill it, and wait until it is gone."""
        self.process.kill()
        self.process.wait()
        self._reader.join()
        assert self.process.stderr is not None
        self.process.stderr.close()
