"""The way to a server: a process or an address, its messages looked at on the way in.  Imports mcp: do so inside functions."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol, TextIO, assert_never

import anyio
import httpx2
from anyio.streams.memory import MemoryObjectSendStream
from mcp import StdioServerParameters, stdio_client
from mcp.client._transport import ReadStream, TransportStreams
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.message import SessionMessage

from .target import Command, Endpoint, Target

__all__ = ["Listener", "opened"]

Message = SessionMessage | Exception


class Listener(Protocol):
    """Is told what comes over the way."""

    def see(self, message: SessionMessage) -> None:
        """Look at a message, before it is read."""
        ...

    def end(self) -> None:
        """Hear that there are no more, before whoever waits for one does."""
        ...

    def answered(self, status: int, *, in_session: bool) -> None:
        """Hear the HTTP status that a request was answered with."""
        ...


@asynccontextmanager
async def opened(target: Target, stderr: TextIO, listener: Listener) -> AsyncGenerator[TransportStreams]:
    """Yield the streams, reading and writing.

    A process is asked to end when the block is left, told to 2 seconds later, and killed with its children after 2 more.
    Raises `OSError` for a command that can not be run.
    """
    async with _transport(target, stderr, listener) as (incoming, outgoing):
        passing, passed = anyio.create_memory_object_stream[Message]()
        async with passed, anyio.create_task_group() as tasks:
            tasks.start_soon(_pass_on, incoming, passing, listener)
            yield passed, outgoing
            tasks.cancel_scope.cancel()


def _transport(target: Target, stderr: TextIO, listener: Listener) -> AbstractAsyncContextManager[TransportStreams]:
    match target:
        case Command():
            command, *words = target.words
            asked = StdioServerParameters(
                command=command, args=words, env=dict(target.env), cwd=target.cwd, encoding_error_handler="replace"
            )
            return stdio_client(asked, errlog=stderr)
        case Endpoint():
            return _over_http(target, listener)
        case _:
            assert_never(target)


@asynccontextmanager
async def _over_http(target: Endpoint, listener: Listener) -> AsyncGenerator[TransportStreams]:
    async def note(response: httpx2.Response) -> None:
        if response.request.method == "POST":
            listener.answered(response.status_code, in_session="mcp-session-id" in response.request.headers)

    patience = httpx2.Timeout(30.0, read=None)  # however long an answer takes: a tool's own timeout ends the wait
    async with (
        httpx2.AsyncClient(headers=dict(target.headers), timeout=patience, event_hooks={"response": [note]}) as http,
        streamable_http_client(target.url, http_client=http) as streams,
    ):
        yield streams


async def _pass_on(
    incoming: ReadStream[Message],
    passing: MemoryObjectSendStream[Message],
    listener: Listener,
) -> None:
    async with passing:  # closed after `end`: whoever waits for an answer learns last that there will be none
        try:
            async for message in incoming:
                if isinstance(message, SessionMessage):
                    listener.see(message)
                await passing.send(message)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            return
        finally:
            listener.end()
