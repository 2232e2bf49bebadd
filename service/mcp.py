"""An agent as a tool of the Model Context Protocol, for whatever program speaks it.

Needs `pip install 'detent[mcp]'`.

Source: the specification at modelcontextprotocol.io, versions 2025-11-25 and 2026-07-28, read 2026-11-21.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from importlib.metadata import version
from itertools import count
from typing import TypeVar, cast

import mcp_types as types
from mcp.server import Server
from mcp.server.context import ServerRequestContext
from mcp.server.stdio import stdio_server

from ..errors import DetentError
from ..machine.agent import Agent
from ..machine.notices import Notice, StateChanged, ToolFinished, ToolProgress, ToolStarted
from ..machine.result import RunResult
from ..machine.run_stream import RunStream
from ..machine.toolcall import ToolCall
from ..states import State
from ..tools import Refused, Tool
from ..tools.wording import shortened

__all__ = ["mcp_server", "over_pipes"]

T = TypeVar("T")
McpContext = ServerRequestContext[dict[str, object], object]

_LONGEST_PROGRESS = 200
_FAULTS = (State.FAILED, State.CANCELLED)


def mcp_server(
    agent: Agent[T], *, name: str = "agent", description: str = "Do a task, with tools."
) -> Server[dict[str, object]]:
    """Return a server with one tool, called *name*, that runs *agent*; `over_pipes` serves it, or its `streamable_http_app`.

    The tool takes a `task`, and a `conversation_id` where the agent has a journal: a later call with the same id goes on
    where the earlier one came to rest.  It returns the answer's text, and as structured content the text, the state in which
    the run has ended, the reason and the conversation's id.  A run that is not `done` says so in the text too; it is an
    error when it `failed`.  While it runs each change of state and each tool is told as progress; a call that its client
    cancels cancels the run.

    Raises `ToolDefinitionError` for a name that no host would take.
    """
    offered = Tool(
        name=name, description=description, parameters=_parameters(with_id=agent.journal is not None), call=agent.run
    )

    async def list_tools(context: McpContext, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        tool = types.Tool(name=name, description=offered.description, input_schema=offered.parameters, output_schema=_RESULT)
        return types.ListToolsResult(tools=[tool])

    async def call_tool(context: McpContext, params: types.CallToolRequestParams) -> types.CallToolResult:
        if params.name != name:
            return _refusal(f"there is no tool {params.name!r}; there is {name!r}")
        read = offered.read(json.dumps(params.arguments or {}))
        if isinstance(read, Refused):
            return _refusal(read.message)
        return await _run(agent, context, **cast("dict[str, str]", read.json))

    return Server(name, version=version("detent"), description=description, on_list_tools=list_tools, on_call_tool=call_tool)


async def over_pipes(server: Server[dict[str, object]]) -> None:
    """Serve over this process's standard input and output until the input ends.

    Meanwhile whatever else is printed goes to standard error.
    """
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


def _parameters(*, with_id: bool) -> dict[str, object]:
    properties: dict[str, object] = {"task": {"type": "string", "minLength": 1, "description": "What is to be done, in words."}}
    if with_id:
        about = "Any id: a later call with the same one goes on where this one ends."
        properties["conversation_id"] = {"type": "string", "minLength": 1, "description": about}
    return {"type": "object", "properties": properties, "required": ["task"], "additionalProperties": False}


_RESULT: dict[str, object] = {
    "type": "object",
    "properties": {
        "text": {"type": "string"},
        "state": {"type": "string", "enum": [state.value for state in State]},
        "reason": {"type": "string"},
        "conversation_id": {"type": "string"},
    },
    "required": ["text", "state", "reason", "conversation_id"],
}
"""The schema of the structured content."""


async def _run(agent: Agent[T], context: McpContext, task: str, conversation_id: str | None = None) -> types.CallToolResult:
    try:
        async with agent.stream(task, conversation_id=conversation_id) as run:
            number = count(1)
            async for message in _told(run):
                await context.session.report_progress(next(number), None, message)
            return _result(run.result)
    except DetentError as error:
        return _refusal(str(error))


async def _told(run: RunStream[T]) -> AsyncIterator[str]:
    async for notice in run:
        if (message := _progress(notice)) is not None:
            yield shortened(message, _LONGEST_PROGRESS)


def _progress(notice: Notice) -> str | None:
    match notice:
        case StateChanged(target=target, reason=reason):
            return target.value + (f": {reason}" if reason else "")
        case ToolStarted(call=call):
            return f"{_signature(call)} runs"
        case ToolProgress(call=call, message=message):
            return f"{call.tool}: {message}"
        case ToolFinished(call=call):
            return f"{call.tool} {call.kind.value if call.kind else 'ended'}"
        case _:
            return None


def _signature(call: ToolCall) -> str:
    return f"{call.tool}({call.args if isinstance(call.args, str) else json.dumps(dict(call.args), ensure_ascii=False)})"


def _result(result: RunResult[T]) -> types.CallToolResult:
    text = result.text
    if result.state is not State.DONE:
        waiting = "".join(f"\n- {_signature(call)}" for call in result.approvals)
        text = f"{text}\n\n[{result.state.value}: {result.reason}]{waiting}".lstrip()
    content = {
        "text": result.text,
        "state": result.state.value,
        "reason": result.reason,
        "conversation_id": result.conversation.id,
    }
    return types.CallToolResult(
        content=[types.TextContent(text=text)], structured_content=content, is_error=result.state in _FAULTS
    )


def _refusal(message: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(text=message)], is_error=True)
