"""`detent serve`: an agent for other programs."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from ..errors import ConfigurationError
from ..machine.journal import MemoryJournal
from .agents import AgentOptions, agent_for

__all__ = ["Served", "check_options", "serve"]

_ABOUT = "Does a task with the help of tools: looks at files, calculates, tells the time. Say all that has to be known for it."


@frozen(kw_only=True)
class Served:
    """What the options of `detent serve --mcp` ask for; *port* is None for standard input and output."""

    agent: AgentOptions
    name: str
    description: str | None
    port: int | None


def check_options(
    *, over_mcp: bool, agent: str | None, key_file: Path | None, config: Path | None, journal: str | None
) -> None:
    """Refuse, with `ConfigurationError`, options of `detent serve` that would be left out of account."""
    for option, given in (("--key-file", key_file), ("--config", config), ("--journal", journal)):
        if over_mcp and given is not None:
            raise ConfigurationError(f"{option} is of no use with --mcp: it would be left out of account")
    if config is not None and agent is not None:
        raise ConfigurationError("--config and --agent exclude each other: the file says which models there are")


def serve(asked: Served) -> None:
    """Serve the agent over the Model Context Protocol until its client leaves, or Ctrl-C.

    Raises `ConfigurationError` for what is wrong with the options, or not installed, before anything is served.
    """
    from .serving_mcp import serve_mcp

    with agent_for(asked.agent, MemoryJournal()) as (agent, _):
        serve_mcp(agent, name=asked.name, description=asked.description or _ABOUT, port=asked.port)
