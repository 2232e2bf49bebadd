"""detent: the agent loop as an explicit, declared state machine.

The public names are loaded on first use, so that `import detent` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .errors import ConfigurationError, DetentError, IllegalEvent, RunFailed, ToolError
    from .machine.agent import Agent
    from .machine.codec import dumps, loads
    from .machine.journal import MemoryJournal
    from .machine.model import Model
    from .machine.notices import (
        CallDelta,
        ReasoningDelta,
        StateChanged,
        TextDelta,
        ToolFinished,
        ToolProgress,
        ToolStarted,
    )
    from .machine.own_machine import Machine
    from .machine.result import RunResult
    from .machine.sql import SqlJournal
    from .machine.step import replay, step
    from .states import (
        Conversation,
        Finding,
        Limits,
        OwnState,
        Row,
        State,
        effects,
    )
    from .tools import Context, File, Image, NeedsInput, Secret, Tool, Toolbox, tool
    from .tools.mcp import mcp_tools

__all__ = [
    "Agent",
    "CallDelta",
    "ConfigurationError",
    "Context",
    "Conversation",
    "DetentError",
    "File",
    "Finding",
    "IllegalEvent",
    "Image",
    "Limits",
    "Machine",
    "MemoryJournal",
    "Model",
    "NeedsInput",
    "OwnState",
    "ReasoningDelta",
    "Row",
    "RunFailed",
    "RunResult",
    "Secret",
    "SqlJournal",
    "State",
    "StateChanged",
    "TextDelta",
    "Tool",
    "ToolError",
    "ToolFinished",
    "ToolProgress",
    "ToolStarted",
    "Toolbox",
    "dumps",
    "effects",
    "loads",
    "mcp_tools",
    "replay",
    "step",
    "tool",
]

_HOMES = {
    "errors": ("ConfigurationError", "DetentError", "IllegalEvent", "RunFailed", "ToolError"),
    "machine.agent": ("Agent",),
    "machine.codec": ("dumps", "loads"),
    "machine.journal": ("MemoryJournal",),
    "machine.model": ("Model",),
    "machine.notices": (
        "CallDelta",
        "ReasoningDelta",
        "StateChanged",
        "TextDelta",
        "ToolFinished",
        "ToolProgress",
        "ToolStarted",
    ),
    "machine.own_machine": ("Machine",),
    "machine.result": ("RunResult",),
    "machine.step": ("replay", "step"),
    "machine.sql": ("SqlJournal",),
    "states": (
        "Conversation",
        "Finding",
        "Limits",
        "OwnState",
        "Row",
        "State",
        "effects",
    ),
    "tools": ("Context", "File", "Image", "NeedsInput", "Secret", "Tool", "Toolbox", "tool"),
    "tools.mcp": ("mcp_tools",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Load a public name from its home, once."""
    if name not in _HOME:
        raise AttributeError(f"module 'detent' has no attribute {name!r}")
    value: object = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names, loaded or not."""
    return sorted(__all__)
