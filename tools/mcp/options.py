"""Which tools of an MCP server are offered, and under which policy."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Protocol, TypeAlias, cast

from attrs import Attribute, field, frozen

from ...errors import ConfigurationError
from ..checks import Approve, check_max_chars, check_timeout
from .names import LONGEST_PREFIX, is_legal_prefix

__all__ = ["ApproveMcp", "Hints", "Options", "checked_approve", "checked_names", "checked_prefix"]

ApproveMcp: TypeAlias = Approve | Collection[str] | None
"""Which calls need a person: all, none, those that a function of the arguments picks, those of the tools named here, or (None)
those of tools that may be destructive by the server's own hints."""


class Hints(Protocol):
    """What a server says of a tool's effects, which nobody has checked."""

    @property
    def read_only_hint(self) -> bool | None:
        """Whether it changes nothing."""
        ...

    @property
    def destructive_hint(self) -> bool | None:
        """Whether it changes or deletes what is there."""
        ...

    @property
    def idempotent_hint(self) -> bool | None:
        """Whether a second call does no more than the first."""
        ...


def _check_start_timeout(options: object, _: Attribute[float], seconds: object) -> None:
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not (math.isfinite(seconds) and seconds > 0):
        raise ConfigurationError(f"mcp_tools: start_timeout must be a number of seconds above 0, not {seconds!r}")


@frozen(kw_only=True)
class Options:
    """What the caller wants of a server's tools.  The names in it are the server's own.

    A person is asked about the tools in *approved*; without these *approve* says.  With neither the server's hints decide: a
    person is asked unless the tool is said to be read-only, or said not to be destructive.  A tool of which nothing is said
    may be destructive, as the specification has it.
    """

    prefix: str = ""
    only: tuple[str, ...] | None = None
    without: tuple[str, ...] = ()
    approve: Approve | None = None
    approved: tuple[str, ...] | None = None
    timeout: float | None = field(default=None, validator=check_timeout)
    start_timeout: float = field(default=60.0, validator=_check_start_timeout)
    max_chars: int = field(default=20_000, validator=check_max_chars)

    @property
    def name(self) -> str:
        """What the checks call it."""
        return "mcp_tools"

    @property
    def retries(self) -> int:
        """No call is repeated unasked."""
        return 0

    @property
    def named(self) -> tuple[str, ...]:
        """The names that the caller has written, each of which has to be a tool's."""
        return (*(self.only or ()), *self.without, *(self.approved or ()))

    def wants(self, name: str) -> bool:
        """Whether the tool is to be offered."""
        return (self.only is None or name in self.only) and name not in self.without

    def approval(self, name: str, hints: Hints | None) -> Approve:
        """Return what `Tool.approve` is to be."""
        if self.approved is not None:
            return name in self.approved
        if self.approve is not None:
            return self.approve
        return not _is_read_only(hints) and (hints is None or hints.destructive_hint is not False)

    def is_idempotent(self, hints: Hints | None) -> bool:
        """Whether a second call does no more than the first, by the server's word."""
        return _is_read_only(hints) or (hints is not None and hints.idempotent_hint is True)


def _is_read_only(hints: Hints | None) -> bool:
    return hints is not None and hints.read_only_hint is True


def checked_prefix(prefix: object) -> str:
    """Return *prefix*.  Raises `ConfigurationError` for one that no name may begin with."""
    if not isinstance(prefix, str) or not is_legal_prefix(prefix):
        raise ConfigurationError(f"mcp_tools: prefix must be at most {LONGEST_PREFIX} of A-Z a-z 0-9 _ -, not {prefix!r}")
    return prefix


def checked_names(option: str, names: object) -> tuple[str, ...]:
    """Return *names*.  Raises `ConfigurationError` for what is no list of names."""
    listed = None if isinstance(names, str) or not isinstance(names, Iterable) else tuple(cast("Iterable[object]", names))
    if listed is None or not all(isinstance(name, str) for name in listed):
        raise ConfigurationError(f"mcp_tools: {option} must be a list of names, not {names!r}")
    return cast("tuple[str, ...]", listed)


def checked_approve(approve: object) -> tuple[Approve | None, tuple[str, ...] | None]:
    """Return the policy, or the names, in *approve*.  Raises `ConfigurationError` for what can not decide, or not at once."""
    if inspect.iscoroutinefunction(approve):
        raise ConfigurationError("mcp_tools: approve must be a plain function, not an async one")
    if approve is None or isinstance(approve, bool):
        return approve, None
    if callable(approve):
        return cast("Callable[[Mapping[str, object]], bool]", approve), None
    return None, checked_names("approve", approve)
