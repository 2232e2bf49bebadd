"""Where an MCP server is: a command that runs it, or an address."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from typing import TypeAlias
from urllib.parse import urlsplit, urlunsplit

from attrs import field, frozen

from ...errors import ConfigurationError

__all__ = ["Command", "Endpoint", "Target", "target_of"]


@frozen(kw_only=True)
class Command:
    """A program that speaks over its standard input and output; *env* is put over the little that it inherits."""

    words: tuple[str, ...]
    env: Mapping[str, str] = field(factory=dict[str, str], repr=False)
    cwd: str | None = None

    def __str__(self) -> str:
        return shlex.join(self.words)


@frozen(kw_only=True)
class Endpoint:
    """An address that speaks streamable HTTP; *headers* go with every request."""

    url: str
    headers: Mapping[str, str] = field(factory=dict[str, str], repr=False)

    def __str__(self) -> str:
        parts = urlsplit(self.url)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))  # the rest may be secret


Target: TypeAlias = Command | Endpoint


def target_of(
    server: str | Sequence[str],
    env: Mapping[str, str] | None,
    cwd: str | PathLike[str] | None,
    headers: Mapping[str, str] | None,
) -> Target:
    """Return where *server* is.  Raises `ConfigurationError` for what is neither a command nor an address."""
    if isinstance(server, str) and "://" in server.partition(" ")[0]:
        if env is not None or cwd is not None:
            raise ConfigurationError(f"mcp_tools: env and cwd are for a command, but {server!r} is an address")
        return Endpoint(url=_checked(server), headers=dict(headers or {}))
    if headers is not None:
        raise ConfigurationError("mcp_tools: headers are for an address; give a command what it needs with env")
    words = _words(server) if isinstance(server, str) else tuple(server) if isinstance(server, Sequence) else ()  # pyright: ignore[reportUnnecessaryIsInstance]  # callers without a type checker
    if not words or not all(isinstance(word, str) and "\0" not in word for word in words) or not words[0].strip():  # pyright: ignore[reportUnnecessaryIsInstance]  # callers without a type checker
        raise ConfigurationError(f"mcp_tools: a command line, its words or an http address is wanted, not {server!r}")
    return Command(words=words, env=dict(env or {}), cwd=None if cwd is None else fspath(cwd))


def _words(line: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(line))
    except ValueError as error:
        raise ConfigurationError(f"mcp_tools: the command line {line!r} can not be split: {error}") from None


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole:
        raise ConfigurationError(f"mcp_tools: {url!r} is no address of a server; one such as https://host/mcp is wanted")
    return url
