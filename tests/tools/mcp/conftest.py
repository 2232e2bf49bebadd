"""Servers that many tests only ask: each is started once a file, in the event loop that the tests of the file share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import mcp_servers
import pytest

from detent.tools.mcp import McpTools, mcp_tools


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Run the async tests of a file in one event loop of asyncio."""
    return "asyncio"


@pytest.fixture(scope="module")
async def everything() -> AsyncIterator[McpTools]:
    """Return the tools of the server with every feature."""
    async with mcp_tools(mcp_servers.everything()) as tools:
        yield tools


@pytest.fixture(scope="module")
async def odd() -> AsyncIterator[McpTools]:
    """Return the tools of our odd server; the tests that kill it start another."""
    async with mcp_tools(mcp_servers.odd()) as tools:
        yield tools


@pytest.fixture(scope="module")
async def strange() -> AsyncIterator[McpTools]:
    """Return the tools of our strange server."""
    async with mcp_tools(mcp_servers.strange()) as tools:
        yield tools
