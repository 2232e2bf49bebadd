"""From what a server lists to an agent's tools.  Imports mcp: import it inside functions only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TypeAlias, cast

import mcp_types
from attrs import field, frozen
from mcp import Client
from mcp.shared.message import SessionMessage
from mcp_types.methods import validate_server_result
from pydantic import ValidationError

from ...errors import ToolDefinitionError
from ..context import Context
from ..tool import Tool
from ..wording import JsonObject, shortened
from .names import legal_names
from .options import Options
from .results import Returned

__all__ = ["Listing", "McpCall", "listed", "make_tools", "sift"]

McpCall: TypeAlias = Callable[[Context[object], str, JsonObject, bool], Awaitable[Returned]]
"""Calls the server's tool of that name with these arguments; the flag says that it may be called again."""

_MOST_PAGES = 100
_LONGEST_REASON = 300


@frozen(kw_only=True)
class Listing:
    """The tools that an agent may be offered, and why others may not, by the names that the server gives them."""

    tools: tuple[Tool, ...] = ()
    skipped: Mapping[str, str] = field(factory=dict[str, str])
    names: tuple[str, ...] = ()


async def listed(client: Client) -> tuple[mcp_types.Tool, ...]:
    """Return all that the server lists, page by page.  A server that begins anew is not asked for ever."""
    tools: list[mcp_types.Tool] = []
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        page = await client.list_tools(cursor=cursor)
        tools += page.tools
        if not page.next_cursor or page.next_cursor == cursor:
            break
        cursor = page.next_cursor
    return tuple(tools)


def sift(message: SessionMessage, version: str | None, skipped: dict[str, str]) -> None:
    """Take out of a listing what is no tool, into *skipped*: the client would refuse the whole listing for one of them."""
    if version is None or not isinstance(message.message, mcp_types.JSONRPCResponse):
        return
    result = message.message.result
    tools = result.get("tools")
    if not isinstance(tools, list):
        return
    kept: list[object] = []
    for place, tool in enumerate(cast("list[object]", tools), 1):
        if (flaw := _flaw(result, tool, version)) is None:
            kept.append(tool)
        else:
            skipped[_name_of(tool) or f"tool {place} of the list"] = flaw
    result["tools"] = kept


def _flaw(result: Mapping[str, object], tool: object, version: str) -> str | None:
    try:
        validate_server_result("tools/list", version, {**result, "tools": [tool]})
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"][2:])
        return shortened(f"{where}: {first['msg']}" if where else first["msg"], _LONGEST_REASON)
    return None


def _name_of(tool: object) -> str | None:
    name = cast("dict[str, object]", tool).get("name") if isinstance(tool, dict) else None
    return name if isinstance(name, str) else None


def make_tools(tools: Iterable[mcp_types.Tool], options: Options, call: McpCall, skipped: Mapping[str, str]) -> Listing:
    """Return the tools that *options* want; what can not be offered joins the *skipped*."""
    left_out = dict(skipped)
    by_name: dict[str, mcp_types.Tool] = {}
    for each in tools:
        if each.name in by_name:
            left_out[each.name] = "listed twice: the first of that name is offered"
        by_name.setdefault(each.name, each)
    legal = legal_names(by_name, options.prefix)
    made: list[Tool] = []
    for name, each in by_name.items():
        if not options.wants(name):
            continue
        if each.execution is not None and each.execution.task_support == "required":
            left_out[name] = "runs as a task only, which is not supported"
            continue
        try:
            made.append(_made(each, legal[name], options, call))
        except ToolDefinitionError as error:
            left_out[name] = shortened(str(error), _LONGEST_REASON)
    return Listing(tools=tuple(made), skipped=left_out, names=tuple({**by_name, **left_out}))


def _made(tool: mcp_types.Tool, name: str, options: Options, call: McpCall) -> Tool:
    is_idempotent = options.is_idempotent(tool.annotations)
    titles = (tool.description, tool.title, tool.annotations and tool.annotations.title)

    async def call_server(context: Context[object], /, **arguments: object) -> Returned:
        return await call(context, tool.name, arguments, is_idempotent)

    call_server.__name__ = call_server.__qualname__ = name
    return Tool(
        name=name,
        description=next((text for text in titles if text), ""),
        parameters={"properties": {}, **tool.input_schema},  # some hosts want the member, however empty
        call=call_server,
        timeout=options.timeout,
        idempotent=is_idempotent,
        approve=options.approval(tool.name, tool.annotations),
        max_chars=options.max_chars,
        takes_context=True,
    )
