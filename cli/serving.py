"""`detent serve`: an agent for other programs."""

from __future__ import annotations

from attrs import frozen

from ..machine.journal import MemoryJournal
from .agents import AgentOptions, agent_for

__all__ = ["Served", "serve"]

_ABOUT = "Does a task with the help of tools: looks at files, calculates, tells the time. Say all that has to be known for it."


@frozen(kw_only=True)
class Served:
    """What the options of `detent serve --mcp` ask for; *port* is None for standard input and output."""

    agent: AgentOptions
    name: str
    description: str | None
    port: int | None


def serve(asked: Served) -> None:
    """Serve the agent over the Model Context Protocol until its client leaves, or Ctrl-C.

    Raises `ConfigurationError` for what is wrong with the options, or not installed, before anything is served.
    """
    from .serving_mcp import serve_mcp

    with agent_for(asked.agent, MemoryJournal()) as (agent, _):
        serve_mcp(agent, name=asked.name, description=asked.description or _ABOUT, port=asked.port)
