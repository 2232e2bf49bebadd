"""The tools that `detent run` offers: they look at files, calculate and tell the time, and change nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from ..errors import ConfigurationError
from ..tools import Tool, tool
from ..tools.builtin.calculate import calculate
from ..tools.builtin.files import Folder
from ..tools.builtin.now import now

__all__ = ["check_names", "toolset"]


def toolset(folder: Path, approve: Collection[str] = (), option: str = "--approve") -> list[Tool]:
    """Return the tools, confined to *folder*; those named in *approve* run only when a person agrees.

    Raises `ConfigurationError`, which names the *option*, for a name in *approve* that no tool has.
    """
    files = Folder(folder)
    functions: dict[Callable[..., object], float] = {
        files.list_files: 10.0,
        files.read_file: 10.0,
        files.search_files: 30.0,
        calculate: 5.0,
        now: 5.0,
    }
    tools = [
        tool(function, idempotent=True, timeout=seconds, approve=function.__name__ in approve)
        for function, seconds in functions.items()
    ]
    check_names(approve, tools, option)
    return tools


def check_names(approve: Collection[str], tools: Collection[Tool], option: str) -> None:
    """Refuse a name in *approve* that none of *tools* has: a misspelt one would run without being asked about."""
    names = [each.name for each in tools]
    for name in approve:
        if name not in names:
            raise ConfigurationError(f"{option} {name}: no tool has that name; there are {', '.join(names) or 'none'}")
