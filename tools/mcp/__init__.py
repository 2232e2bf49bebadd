"""The tools of a server that speaks the Model Context Protocol, as tools of an agent.

    mcp_tools    names a server: a command that runs it, or its address
    McpTools     its tools, for as long as they are wanted

The server is a process of its own or a peer on the network; what it says of its tools is its own word, and what it does wrong
is an outcome of a call.  Needs `pip install 'detent[mcp]'`, loaded when a server is connected to.

Source: the specification at modelcontextprotocol.io, versions 2025-11-25 and 2026-07-28, read 2026-11-21.
"""

from .options import ApproveMcp
from .server import McpTools, mcp_tools

__all__ = ["ApproveMcp", "McpTools", "mcp_tools"]
