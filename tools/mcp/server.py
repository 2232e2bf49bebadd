"""`mcp_tools`: a server's tools, for as long as they are wanted, however often the server has to be started anew."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from functools import partial
from os import PathLike
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Final, Self

import anyio
from attrs import define, field

from ...errors import ConfigurationError, ToolError
from ..context import Context
from ..tool import Tool
from ..wording import JsonObject, closest, listing
from .options import ApproveMcp, Options, checked_approve, checked_names, checked_prefix
from .target import Target, target_of

if TYPE_CHECKING:
    import mcp_types

    from .connection import Connection
    from .listing import Listing
    from .results import Returned

__all__ = ["McpTools", "mcp_tools"]

_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 8.0


def mcp_tools(
    server: str | Sequence[str],
    *,
    prefix: str = "",
    only: Iterable[str] | None = None,
    without: Iterable[str] = (),
    approve: ApproveMcp = None,
    timeout: float | None = 60.0,
    max_chars: int = 20_000,
    start_timeout: float = 60.0,
    env: Mapping[str, str] | None = None,
    cwd: str | PathLike[str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> McpTools:
    """Return the tools of an MCP server, not yet connected to: `async with` it, or `await` it and `aclose` it later.

    *server* is a command line, or its words, of a program that speaks over its standard input and output, run in *cwd* with
    *env* on top of `HOME`, `PATH` and the like (nothing else is inherited); or the `http` address of one that is there
    already, to which *headers* are sent.

    *prefix* is put before each name.  *only* and *without* name the tools that are offered and that are not, as the server
    calls them.  *approve* decides which calls need a person: True, False, names, or a function of the arguments.  None leaves
    it to the server's own hints: a call needs a person unless the tool is said to be read-only, or not to be destructive.
    Nobody has checked the hints, so say True, or name the tools, where you do not trust the server.

    A call may take *timeout* seconds, starting *start_timeout*; results are cut after *max_chars* characters.

    Raises `ConfigurationError` for what can not be.
    """
    policy, approved = checked_approve(approve)
    options = Options(
        prefix=checked_prefix(prefix),
        only=None if only is None else checked_names("only", only),
        without=checked_names("without", without),
        approve=policy,
        approved=approved,
        timeout=timeout,
        start_timeout=start_timeout,
        max_chars=max_chars,
    )
    return McpTools(target_of(server, env, cwd, headers), options)


@define(eq=False)
class McpTools:
    """The tools of one MCP server.  An agent takes it in its `tools`; iterating gives them as they are now.

    It belongs to the event loop in which it was connected: any task there may call its tools, at the same time.  A server
    that has died or has been left is started anew by the next call; the calls that were under way fail, and say that their
    outcome is unknown.
    """

    target: Target
    options: Options
    _connection: Connection | None = field(default=None, init=False)
    _listing: Listing | None = field(default=None, init=False)
    _loop: asyncio.AbstractEventLoop | None = field(default=None, init=False)
    _lock: anyio.Lock = field(factory=anyio.Lock, init=False)
    _starting: anyio.CancelScope | None = field(default=None, init=False)
    _restarts: int = field(default=0, init=False)
    _is_closed: bool = field(default=False, init=False)

    def __repr__(self) -> str:
        return f"McpTools({str(self.target)!r})"

    def __await__(self) -> Generator[object, None, Self]:
        return self._connect().__await__()

    async def __aenter__(self) -> Self:
        return await self._connect()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __iter__(self) -> Iterator[Tool]:
        return iter(self.tools)

    def __len__(self) -> int:
        return len(self.tools)

    @property
    def tools(self) -> tuple[Tool, ...]:
        """The tools as the server lists them now; another tuple after it has said that its list has changed.

        Raises `ConfigurationError` unless it is connected.
        """
        return self._listed.tools

    @property
    def skipped(self) -> Mapping[str, str]:
        """The tools that can not be offered, by the server's names, and why.  Raises like `tools`."""
        return MappingProxyType(dict(self._listed.skipped))

    @property
    def instructions(self) -> str:
        """What the server says of its use, for the instructions of an agent that trusts it.  Often empty.

        Raises like `tools`.
        """
        return self._connection.instructions if self._listed and self._connection else ""

    async def aclose(self) -> None:
        """Leave the server; a process of ours is gone afterwards.  It may be called again, and never waits for long.

        Raises `ConfigurationError` in another event loop than that of the connection, while that one still runs.
        """
        if self._loop is not None and not self._loop.is_closed() and self._loop is not asyncio.get_running_loop():
            raise ConfigurationError(f"{self!r} has to be closed in the event loop in which it was connected")
        self._is_closed = True
        if self._loop is None or self._loop.is_closed():
            return
        with anyio.CancelScope(shield=True):
            if self._starting is not None:
                self._starting.cancel()
            async with self._lock:
                if self._connection is not None:
                    await self._connection.close()

    @property
    def _listed(self) -> Listing:
        if self._listing is None or self._is_closed:
            state = "is closed" if self._is_closed else "is not connected: `await` it, or use it in `async with`"
            raise ConfigurationError(f"{self!r} {state}")
        return self._listing

    async def _connect(self) -> Self:
        async with self._lock:
            if not self._is_closed and self._connection is None:
                self._loop = asyncio.get_running_loop()
                with anyio.CancelScope() as self._starting:
                    self._connection = await self._open()
            if self._is_closed:
                raise ConfigurationError(f"{self!r} is closed; make another")
        return self

    async def _open(self) -> Connection:
        try:
            from .starting import connect
        except ModuleNotFoundError as error:
            if error.name not in ("mcp", "mcp_types"):
                raise
            raise ConfigurationError("MCP servers need the package mcp: pip install 'detent[mcp]'") from None
        connection = await connect(self.target, self._take_in, self.options.start_timeout)
        try:
            if self._connection is None:  # a later one may list others
                self._refuse_unknown_names()
        except ConfigurationError:
            await connection.close()
            raise
        return connection

    def _take_in(self, tools: tuple[mcp_types.Tool, ...], no_tools: Mapping[str, str]) -> None:
        from .listing import make_tools

        self._listing = make_tools(tools, self.options, self._call, no_tools)

    def _refuse_unknown_names(self) -> None:
        names = self._listed.names
        for name in self.options.named:
            if name not in names:
                near = closest(name, names)
                meant = f"did you mean `{near}`?" if near else f"there are {listing(names)}" if names else "there are none"
                raise ConfigurationError(f"mcp_tools: {self.target} has no tool {name!r}; {meant}")

    # --- calls -----------------------------------------------------------------------------------------------------------

    async def _call(self, context: Context[object], name: str, arguments: JsonObject, may_repeat: bool) -> Returned:
        from .calling import CallAgain, call

        ask = partial(call, name=name, arguments=arguments, context=context, may_repeat=may_repeat)
        try:
            return await ask(await self._connected(), first=True)
        except CallAgain:
            return await ask(await self._connected(), first=False)

    async def _connected(self) -> Connection:
        """Return the connection, another one where it is over.  Raises `ToolError` when there is none to be had."""
        if self._loop is not asyncio.get_running_loop():
            raise ToolError("the MCP server was connected to in another event loop; run the agent in that one")
        async with self._lock:
            if self._is_closed or self._connection is None:
                raise ToolError("the connection to the MCP server is closed")
            if self._connection.is_over:
                self._connection = await self._restarted(self._connection)
            return self._connection

    async def _restarted(self, old: Connection) -> Connection:
        with anyio.CancelScope() as self._starting:
            await old.close()
            self._restarts = 0 if old.has_answered else self._restarts + 1
            if self._restarts > 1:  # it keeps dying before it has answered anything: give it time
                await anyio.sleep(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** (self._restarts - 2)))
            try:
                return await self._open()
            except ConfigurationError as error:
                raise ToolError(f"the MCP server has gone, and another could not be had: {error}") from error
        raise ToolError("the connection to the MCP server is closed")
