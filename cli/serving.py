"""`detent serve`: an agent for other programs."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from attrs import frozen

from ..machine.agent import Agent
from ..machine.journal import MemoryJournal
from ..states import Limits
from .chosen import chosen_model
from .setting import Setting
from .toolset import toolset

__all__ = ["Served", "serve"]

_ABOUT = "Does a task with the help of tools: looks at files, calculates, tells the time. Say all that has to be known for it."


@frozen(kw_only=True)
class Served:
    """What the options of `detent serve` ask for; *port* is None for standard input and output."""

    setting: Setting | None
    instructions: str | None
    limits: Limits
    folder: Path
    name: str
    description: str | None
    port: int | None


def serve(asked: Served) -> None:
    """Serve the agent over the Model Context Protocol until its client leaves, or Ctrl-C.

    Raises `ConfigurationError` for what is wrong with the options, or not installed, before anything is served.
    """
    from .serving_mcp import serve_mcp

    with ExitStack() as stack:
        model, _ = chosen_model(asked.setting, stack)
        tools = toolset(asked.folder)
        agent = Agent(model, tools=tools, instructions=asked.instructions, limits=asked.limits, journal=MemoryJournal())
        serve_mcp(agent, name=asked.name, description=asked.description or _ABOUT, port=asked.port)
