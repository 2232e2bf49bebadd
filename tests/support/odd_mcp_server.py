"""A server of the newest protocol, made with the official library, that can hang and grow.  Run as a program.

odd_mcp_server.py            over standard input and output
odd_mcp_server.py --http N   over HTTP on port N
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import anyio
import mcp_types as types
import uvicorn
from mcp.server import Server
from mcp.server.context import ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler, ToolsListChanged

BUS = InMemorySubscriptionBus()
GROWN: list[str] = []
EMPTY: dict[str, object] = {"type": "object"}
NOTED: dict[str, object] = {"type": "object", "properties": {"note": {"type": "string"}}, "required": ["note"]}


def tool(name: str, schema: dict[str, object] = EMPTY, **hints: bool) -> types.Tool:
    annotations = types.ToolAnnotations.model_validate(hints, by_name=True) if hints else None
    return types.Tool(name=name, description=f"The tool {name}.", input_schema=schema, annotations=annotations)


async def list_tools(
    context: ServerRequestContext[object], params: types.PaginatedRequestParams | None
) -> types.ListToolsResult:
    """List two tools a page, so that there are pages."""
    tools = [
        tool("pid", read_only_hint=True),
        tool("hang", NOTED, destructive_hint=False),
        tool("grow", destructive_hint=False, idempotent_hint=True),
        tool("files/read.v2", read_only_hint=True),
        tool("files.read/v2", read_only_hint=True),
        types.Tool(name="lie", input_schema=EMPTY, output_schema={"type": "object", "required": ["truth"]}),
        *(tool(name) for name in GROWN),
    ]
    start = int(params.cursor) if params and params.cursor else 0
    following = str(start + 2) if start + 2 < len(tools) else None
    return types.ListToolsResult(tools=tools[start : start + 2], next_cursor=following)


async def call_tool(context: ServerRequestContext[object], params: types.CallToolRequestParams) -> types.CallToolResult:
    match params.name:
        case "hang":
            await hang(Path((params.arguments or {})["note"]))
        case "grow":
            GROWN.append(f"grown-{len(GROWN)}")
            await BUS.publish(ToolsListChanged())
        case "lie":
            return types.CallToolResult(content=[], structured_content={"lies": 1})
        case _:
            pass
    return types.CallToolResult(content=[types.TextContent(text=str(os.getpid()))])


async def hang(note: Path) -> None:
    note.write_text("begun", "utf-8")
    try:
        await anyio.sleep_forever()
    finally:
        note.write_text("cancelled", "utf-8")


SERVER = Server(
    "odd",
    instructions="Be odd.",
    on_list_tools=list_tools,
    on_call_tool=call_tool,
    on_subscriptions_listen=ListenHandler(BUS),
)


async def over_pipes() -> None:
    print("odd is up", file=sys.stderr, flush=True)
    async with stdio_server() as (reading, writing):
        await SERVER.run(reading, writing, SERVER.create_initialization_options())


if __name__ == "__main__":
    if "--http" in sys.argv:
        uvicorn.run(SERVER.streamable_http_app(), port=int(sys.argv[-1]), log_level="info")
    else:
        anyio.run(over_pipes)
