"""Where an agent's tools come from: tools, functions, toolboxes, and servers whose tools change while it lives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any, Protocol, TypeAlias, cast, runtime_checkable

from attrs import field, frozen

from ..errors import ConfigurationError, ToolDefinitionError
from ..tools import Tool, Toolbox, tool

__all__ = ["LiveTools", "Sources", "ToolLike", "checked_sources"]


@runtime_checkable
class LiveTools(Protocol):
    """Tools that may change: each run begins with those that are there by then."""

    @property
    def tools(self) -> tuple[Tool, ...]:
        """The tools as they are now; another tuple when they have changed."""
        ...


# Any: a plain function of any signature is a tool.
ToolLike: TypeAlias = Tool | Toolbox | LiveTools | Callable[..., Any]


@frozen
class Sources:
    """What was given as *tools*, in order."""

    given: tuple[Tool | LiveTools, ...] = field()

    @property
    def is_live(self) -> bool:
        """Whether the tools may change."""
        return any(not isinstance(each, Tool) for each in self.given)

    def toolbox(self) -> Toolbox:
        """Return the tools as they are now.  Raises `ToolDefinitionError` for what can not be together."""
        toolbox = Toolbox(self._tools())
        _check_requirements(toolbox)
        return toolbox

    def has_changed(self, toolbox: Toolbox) -> bool:
        """Whether the tools are others than those in *toolbox*."""
        return self.is_live and self._tools() != list(toolbox)

    def _tools(self) -> list[Tool]:
        return [tool for each in self.given for tool in ((each,) if isinstance(each, Tool) else each.tools)]


def checked_sources(tools: object) -> Sources:
    """Return *tools*, what an agent was given, as sources.  Raises `ConfigurationError`, which says what would do."""
    if isinstance(tools, Tool) or (callable(tools) and not isinstance(tools, Toolbox | LiveTools)):
        raise ConfigurationError(
            f"Agent(tools=...): a list of tools is wanted; put the one you gave in brackets: [{getattr(tools, 'name', tools)}]"
        )
    if isinstance(tools, LiveTools):
        return Sources((tools,))
    if isinstance(tools, str) or not isinstance(tools, Iterable):
        raise ConfigurationError(f"Agent(tools=...): a list of tools is wanted, not {tools!r}")
    return Sources(tuple(source for each in cast("Iterable[object]", tools) for source in _sources(each)))


def _sources(given: object) -> Sequence[Tool | LiveTools]:
    if isinstance(given, Tool):
        return (given,)
    if isinstance(given, Toolbox):
        return tuple(given)
    if isinstance(given, LiveTools):
        return (given,)
    if not callable(given):
        raise ConfigurationError(f"tools: each must be a tool or a function, not {type(given).__name__}")
    return (tool(given),)


def _check_requirements(toolbox: Toolbox) -> None:
    for each in toolbox:
        for name in each.requires:
            if name not in toolbox:
                raise ToolDefinitionError(each.name, f"requires `{name}`, but {toolbox.unknown(name)}")
    try:
        TopologicalSorter({each.name: each.requires for each in toolbox}).prepare()
    except CycleError as error:
        around = " -> ".join(cast("list[str]", error.args[1]))
        raise ToolDefinitionError(around.split(" ", 1)[0], f"requires itself by way of others: {around}") from None
