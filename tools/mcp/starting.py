"""Starting a server, and saying why it did not start.  Imports mcp: import it inside functions only."""

from __future__ import annotations

import httpx2
from mcp import MCPError
from mcp_types import CONNECTION_CLOSED

from ...errors import ConfigurationError
from ..wording import shortened
from .connection import Connection, Heard
from .target import Command, Target

__all__ = ["connect"]

_LONGEST_REASON = 300
_FIRST_REFUSAL = 400


async def connect(target: Target, heard: Heard, seconds: float) -> Connection:
    """Return a connection that is up.  It may take *seconds*.

    Raises `ConfigurationError`, which names the server, says why and quotes the last that it has said; nothing is left then.
    """
    connection = Connection(target, heard)
    try:
        await connection.start(seconds)
    except Exception as error:
        if not (_has_closed(error) and isinstance(target, Command)):
            raise _failure(connection, error, seconds) from error
    else:
        return connection
    # Some servers end when they are asked what they have never heard of, which is how the newest protocol begins.
    connection = Connection(target, heard, mode="legacy")
    try:
        await connection.start(seconds)
    except Exception as error:
        raise _failure(connection, error, seconds) from error
    return connection


def _has_closed(error: Exception) -> bool:
    return isinstance(error, MCPError) and error.code == CONNECTION_CLOSED


def _failure(connection: Connection, error: Exception, seconds: float) -> ConfigurationError:
    said = connection.last_words
    words = f"; the last that it said:\n{said}" if said else ""
    status = f" (HTTP {connection.status})" if (connection.status or 0) >= _FIRST_REFUSAL else ""
    return ConfigurationError(f"the MCP server {connection.target} {_reason(error, seconds)}{status}{words}")


def _reason(error: Exception, seconds: float) -> str:
    if _has_closed(error):
        return "did not start: it ended before it had answered"
    if isinstance(error, TimeoutError):
        return f"did not start: it did not answer within {seconds:.3g} seconds"
    if isinstance(error, OSError):
        return f"can not be run: {error.strerror or error}: {error.filename}"
    if isinstance(error, httpx2.HTTPError):
        return f"can not be reached: {shortened(str(error) or type(error).__name__, _LONGEST_REASON)}"
    return f"did not start: {shortened(str(error) or type(error).__name__, _LONGEST_REASON)}"
