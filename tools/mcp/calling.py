"""One call of a server's tool, and what becomes of it.  Imports mcp: import it inside functions only."""

from __future__ import annotations

from mcp import MCPError
from pydantic import ValidationError

from ...errors import ToolError
from ..context import Context
from ..wording import JsonObject, shortened
from .connection import Connection, Lost
from .results import Returned, returned

__all__ = ["CallAgain", "call"]

_LONGEST_REASON = 500


class CallAgain(Exception):
    """Nothing speaks against the same call over another connection."""


async def call(
    connection: Connection, name: str, arguments: JsonObject, context: Context[object], *, may_repeat: bool, first: bool
) -> Returned:
    """Return what the server's tool *name* returned, and pass its progress on.

    Raises `ToolError` with what the model should know of a call that failed; and `CallAgain`, at the *first* attempt, where
    the server has forgotten the session, or where the connection was lost and the call *may_repeat*.
    """

    async def tell(progress: float, total: float | None, message: str | None) -> None:
        context.progress(message or name, progress, total)

    try:
        return returned(await connection.call(name, arguments, tell))
    except Lost as error:
        if first and may_repeat:
            raise CallAgain from error
        raise ToolError(
            f"the connection to the MCP server was lost while {name} ran, so its outcome is unknown: "
            "it may or may not have taken effect. Find out before you call it again."
        ) from error
    except MCPError as error:
        if first and connection.is_forgotten:
            raise CallAgain from error
        raise ToolError(shortened(error.message, _LONGEST_REASON) or f"error {error.code} of the MCP server") from error
    except (RuntimeError, ValidationError) as error:  # the client library's judgement of the result
        problem = shortened(str(error).partition("\n")[0], _LONGEST_REASON)
        raise ToolError(f"{name} has run, but what the MCP server returned can not be read: {problem}") from error
