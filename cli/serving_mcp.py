"""`detent serve --mcp`: an agent as a tool of the Model Context Protocol."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from ..errors import ConfigurationError
from ..machine.agent import Agent
from ..machine.endpoint import close_clients
from .exits import Exit

__all__ = ["serve_mcp"]


def serve_mcp(agent: Agent[Any], *, name: str, description: str, port: int | None = None) -> None:  # Any: whatever it answers
    """Serve *agent* over standard input and output until the input ends or Ctrl-C, or over HTTP on this machine's *port*.

    Port 0 takes a free one; one line on stderr says where it is.  Raises `ConfigurationError` when the port can not be had,
    or when what is needed is not installed.
    """
    try:
        import anyio
        import uvicorn

        from ..service.mcp import mcp_server, over_pipes
    except ModuleNotFoundError as error:
        if error.name not in ("mcp", "mcp_types", "uvicorn"):
            raise
        raise ConfigurationError(f"--mcp needs {error.name}: pip install 'detent[mcp]'") from None
    server = mcp_server(agent, name=name, description=description)
    try:
        if port is None:
            signal.signal(signal.SIGINT, _leave)
            anyio.run(_to_the_end, partial(over_pipes, server))
        else:
            with _listening(port) as listening:
                sys.stderr.write(f"{name} at http://127.0.0.1:{listening.getsockname()[1]}/mcp. Ctrl-C stops it.\n")
                sys.stderr.flush()
                config = uvicorn.Config(server.streamable_http_app(), log_config=None, timeout_graceful_shutdown=1)
                uvicorn.Server(config).run([listening])
    except KeyboardInterrupt:
        return


def _leave(*_: object) -> None:
    os._exit(Exit.CANCELLED)  # a thread waits for a line of the input, which nothing but a line wakes


async def _to_the_end(serve: Callable[[], Awaitable[None]]) -> None:
    try:
        await serve()
    finally:
        await close_clients()


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise ConfigurationError(f"--mcp-http {port}: {error.strerror or error}") from None
