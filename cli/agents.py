"""The agent that a command drives: the one that a module names, or one made from the options."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, cast

from attrs import field, frozen

from ..errors import ConfigurationError
from ..machine.agent import Agent
from ..machine.journal import Journal
from ..states import Limits
from ..tools import Tool
from .chosen import chosen_model
from .named import object_named
from .setting import Setting
from .toolset import check_names, toolset

__all__ = ["AgentOptions", "agent_for"]


@frozen(kw_only=True)
class AgentOptions:
    """What the options say of the agent.  Without a *setting* the practice endpoint is asked.

    *named* is `package.module:name`, an agent of the user's own; its model, tools and instructions are then its own.
    *asking* is the option that named the tools to *approve*.
    """

    setting: Setting | None = None
    instructions: str | None = None
    limits: Limits = field(factory=Limits)
    folder: Path = Path()
    approve: tuple[str, ...] = ()
    no_tools: bool = False
    named: str | None = None
    asking: str = "--approve"

    def resumed(self, journal: str | None) -> list[str]:
        """Return the options of `detent resume` that give the same agent and *journal*; no key is among them."""
        said = self.setting
        words = {"--journal": journal, "--agent": self.named}
        words |= {"--model": said.name, "--base-url": said.base_url, "--host": said.host} if said is not None else {}
        words |= {"--folder": str(self.folder)} if self.folder != Path() else {}
        pairs = [*words.items(), *(("--ask", name) for name in self.approve)]
        return [part for option, word in pairs if word for part in (option, word)] + ["--no-tools"] * self.no_tools


# Any: what an agent of the user's own answers with does not matter here.
@contextmanager
def agent_for(options: AgentOptions, journal: Journal | None) -> Generator[tuple[Agent[Any], bool]]:
    """Return the agent, which keeps its conversations in *journal*, and whether the practice endpoint is its model.

    That is up until the block is left.  Raises `ConfigurationError` for what is wrong with the options.
    """
    if options.named is not None:
        yield _named(options).within(options.limits, journal), False
        return
    tools = _tools(options)
    with ExitStack() as stack:
        model, rule_based = chosen_model(options.setting, stack)
        yield (
            Agent(model, tools=tools, instructions=options.instructions, limits=options.limits, journal=journal),
            rule_based,
        )


def _tools(options: AgentOptions) -> list[Tool]:
    if not options.no_tools:
        return toolset(options.folder, options.approve, options.asking)
    check_names(options.approve, (), options.asking)
    return []


def _named(options: AgentOptions) -> Agent[Any]:
    target = options.named or ""
    others = {
        "--instructions": options.instructions,
        options.asking: options.approve,
        "--folder": options.folder != Path(),
        "--no-tools": options.no_tools,
    }
    if given := [option for option, said in others.items() if said]:
        raise ConfigurationError(f"--agent and {given[0]} exclude each other: that agent has its own")
    found = object_named(target, option="--agent", wanted="an Agent")
    if not isinstance(found, Agent):
        raise ConfigurationError(f"--agent {target!r}: that is of type {type(found).__name__}; an Agent is wanted")
    agent: Agent[Any] = cast("Any", found)
    return agent
