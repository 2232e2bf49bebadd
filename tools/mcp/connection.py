"""One connection to a server, in a task of its own.  Imports mcp: import it inside functions only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib.metadata import version
from typing import Final, Literal, cast

import anyio
import mcp_types
from anyio import to_thread
from attrs import define, field
from mcp import Client, MCPError
from mcp.client.session import IncomingMessage
from mcp.client.subscriptions import SubscriptionLost
from mcp.shared.dispatcher import ProgressFnT
from mcp.shared.message import SessionMessage
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import ValidationError

from ..wording import JsonObject
from .listing import listed, sift
from .logs import LOG, LastWords, log_message, wanted_level
from .target import Target
from .transport import opened

__all__ = ["Connection", "Heard", "Lost", "Mode"]

_PATIENCE_AT_CLOSE: Final = 8.0
"""Seconds that a server is given to go: those after which a process is killed, and some."""
_PATIENCE_FOR_LAST_WORDS: Final = 1.0
_PAUSE_BEFORE_LISTENING_AGAIN: Final = 5.0

_UNKNOWN_SESSION: Final = (400, 404)
"""What a session that the server does not know is refused with: 404 by the specification, 400 by many.  Nothing was begun."""

Mode = Literal["auto", "legacy"]
"""Whether the newest protocol is tried first, or the older handshake alone."""

Heard = Callable[[tuple[mcp_types.Tool, ...], dict[str, str]], None]
"""Told what the server lists, and what of its list is no tool."""


class Lost(Exception):  # told apart from errors that the server reports
    """The connection ended before the answer came."""


@define(eq=False)
class Connection:
    """A server that is connected to, from `start` to `close`, or to its own end.

    *heard* is told what it lists, at the start and at each change.  *fault* is what it ended with, *status* the newest HTTP
    status; it *is_forgotten* when the server no longer knows the session, and *has_answered* when it has answered a call.

    The task is needed because what the client library opens has to be closed by the task that opened it, while tools are
    called from many.
    """

    target: Target
    heard: Heard
    mode: Mode = "auto"
    instructions: str = field(default="", init=False)
    fault: Exception | None = field(default=None, init=False)
    status: int | None = field(default=None, init=False)
    is_forgotten: bool = field(default=False, init=False)
    has_answered: bool = field(default=False, init=False)
    _words: LastWords = field(init=False)
    _client: Client | None = field(default=None, init=False)
    _task: asyncio.Task[None] | None = field(default=None, init=False)
    _scope: anyio.CancelScope = field(factory=anyio.CancelScope, init=False)
    _decided: anyio.Event = field(factory=anyio.Event, init=False)
    _news: anyio.Event = field(factory=anyio.Event, init=False)
    _has_changed: bool = field(default=False, init=False)
    _ends: bool = field(default=False, init=False)
    _version: str | None = field(default=None, init=False)
    _no_tools: dict[str, str] = field(factory=dict[str, str], init=False)

    @property
    def is_over(self) -> bool:
        """Whether nothing can be called over it any more."""
        return self._ends or self.is_forgotten or self._client is None

    @property
    def last_words(self) -> str:
        """The newest lines of the server's standard error."""
        return self._words.text

    async def start(self, seconds: float) -> None:
        """Connect and take in the listing.  Raises what went wrong, `TimeoutError` after *seconds*; nothing is left then."""
        self._words = LastWords(str(self.target))
        self._task = asyncio.create_task(self._live(), name=f"detent-mcp {self.target}")
        try:
            with anyio.fail_after(seconds):
                await self._decided.wait()
        finally:
            if self._client is None:
                await self.close()
        if self.fault is not None:
            raise self.fault

    async def close(self) -> None:
        """End it, and wait for the end: never for long, and not less for being cancelled.  It may be called again."""
        self.end()
        if self._client is None:
            self._scope.cancel()
        with anyio.CancelScope(shield=True):
            if not await self._has_ended():
                self._scope.cancel()
                await self._has_ended()

    async def _has_ended(self) -> bool:
        if self._task is None:
            return True
        _, left = await asyncio.wait({self._task}, timeout=_PATIENCE_AT_CLOSE)
        return not left

    async def call(self, name: str, arguments: JsonObject, progress: ProgressFnT) -> mcp_types.CallToolResult:
        """Return what the tool returned.  A cancelled call is cancelled at the server too.

        Raises `Lost` when the connection ends before the answer, `MCPError` for the server's own errors.
        """
        if self._client is None:
            raise Lost
        try:
            result = await self._client.call_tool(name, arguments, progress_callback=progress)
        except MCPError as error:
            if error.code == mcp_types.CONNECTION_CLOSED:
                raise Lost from error
            self.has_answered = True
            raise
        self.has_answered = True
        return result

    # --- the task ------------------------------------------------------------------------------------------------------

    async def _live(self) -> None:
        try:
            with self._scope:
                await self._serve()
        except Exception as error:
            self.fault = _first(error)
            await to_thread.run_sync(self._words.wait, _PATIENCE_FOR_LAST_WORDS, abandon_on_cancel=True)
        finally:
            self._client = None
            self._decided.set()

    async def _serve(self) -> None:
        with self._words:
            async with self._make_client() as client:
                self.instructions = client.instructions or ""
                await self._list(client)
                self._client = client
                self._decided.set()
                await self._watch(client)

    def _make_client(self) -> Client:
        return Client(
            opened(self.target, self._words.file, self),
            mode=self.mode,
            cache=None,
            client_info=mcp_types.Implementation(name="detent", version=version("detent")),
            logging_callback=self._log,
            log_level=wanted_level(),
            message_handler=self._take,
        )

    async def _watch(self, client: Client) -> None:
        """Take in each new listing until the end."""
        async with anyio.create_task_group() as tasks:
            if client.protocol_version in MODERN_PROTOCOL_VERSIONS and _tells_of_changes(client):
                tasks.start_soon(self._listen, client)
            while not self._ends:
                if self._has_changed:
                    await self._list_again(client)
                await self._news.wait()
                self._news = anyio.Event()
            tasks.cancel_scope.cancel()

    async def _list(self, client: Client) -> None:
        self._version, self._no_tools = client.protocol_version, {}
        tools = await listed(client) if client.server_capabilities.tools is not None else ()
        self.heard(tools, self._no_tools)

    async def _list_again(self, client: Client) -> None:
        self._has_changed = False
        try:
            await self._list(client)
        except (MCPError, ValidationError) as error:
            LOG.warning("%s: what it lists now can not be read, so its tools stay as they were: %s", self.target, error)

    async def _listen(self, client: Client) -> None:
        """Hear of changes as the newest protocol tells of them: on request.  The older ones tell unasked."""
        while True:
            try:
                async with client.listen(tools_list_changed=True) as changes:
                    self._change()  # what has changed before it was listened to was not told
                    async for _ in changes:
                        self._change()
            except (MCPError, TimeoutError) as error:
                LOG.info("%s: it does not tell of changes: %s", self.target, error)
                return
            except SubscriptionLost:
                LOG.info("%s: it has stopped telling of changes, and is asked again", self.target)
            await anyio.sleep(_PAUSE_BEFORE_LISTENING_AGAIN)

    # --- what the server says --------------------------------------------------------------------------------------------

    def see(self, message: SessionMessage) -> None:
        """Take out of a listing what is no tool."""
        sift(message, self._version, self._no_tools)

    def end(self) -> None:
        """End: nothing comes from the server any more, or nobody wants more of it."""
        self._ends = True
        self._news.set()

    def answered(self, status: int, *, in_session: bool) -> None:
        """Keep the status; a session that the server no longer knows is over."""
        self.status = status
        self.is_forgotten = self.is_forgotten or (in_session and status in _UNKNOWN_SESSION)

    async def _take(self, message: IncomingMessage) -> None:
        if isinstance(message, mcp_types.ToolListChangedNotification):
            self._change()
        elif isinstance(message, Exception):
            LOG.warning("%s: a message that can not be read: %s", self.target, message)

    async def _log(self, params: mcp_types.LoggingMessageNotificationParams) -> None:
        log_message(str(self.target), params.level, params.logger, params.data)

    def _change(self) -> None:
        self._has_changed = True
        self._news.set()


def _tells_of_changes(client: Client) -> bool:
    tools = client.server_capabilities.tools
    return tools is not None and tools.list_changed is True


def _first(error: Exception) -> Exception:
    """Return the first of the errors in a group, however deep: one is the cause, the others what came of it."""
    while isinstance(error, ExceptionGroup):
        error = cast("ExceptionGroup[Exception]", error).exceptions[0]
    return error
