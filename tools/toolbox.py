"""`Toolbox`: the tools an agent offers, each under a name of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from attrs import evolve

from ..errors import ConfigurationError, ToolDefinitionError
from .decorator import tool
from .tool import Tool
from .wording import JsonObject, closest, listing, shortened, well_formed

if TYPE_CHECKING:
    from .dialect import Dialect

__all__ = ["Toolbox"]

_MOST = 128
_LONGEST_NAME = 64


class Toolbox:
    """Tools by name, in the order given.  It does not change.

    A function that is no `Tool` yet becomes one.  Iterating gives the tools; `in` takes a name or a tool.
    """

    __slots__ = ("_tools",)

    def __init__(self, tools: Iterable[Tool | Callable[..., object]] = ()) -> None:
        """Take *tools*.

        Raises `ToolDefinitionError` for a name that two of them have, and `ConfigurationError` for what is no tool and for
        more than 128: "Expected an array with maximum length 128", say the hosts.
        """
        self._tools: dict[str, Tool] = {}
        for each in _each(tools):
            one = tool(each)
            if one.name in self._tools:
                raise ToolDefinitionError(one.name, "two tools have this name; give one another with name=")
            self._tools[one.name] = one
        if len(self._tools) > _MOST:
            raise ConfigurationError(f"tools: {len(self._tools)} given, but hosts take {_MOST} at most; leave some out")

    def __contains__(self, name: object) -> bool:
        """Whether there is a tool of that *name*, or that very tool."""
        return self._tools.get(name.name) is name if isinstance(name, Tool) else name in self._tools

    def __iter__(self) -> Iterator[Tool]:
        """Yield the tools in order."""
        return iter(self._tools.values())

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._tools)

    def __repr__(self) -> str:
        """Return the names."""
        return f"Toolbox({', '.join(self._tools)})"

    def __or__(self, other: Iterable[Tool | Callable[..., object]]) -> Toolbox:
        """Return a toolbox with the tools of both.  Raises `ToolDefinitionError` for a name that both have."""
        return Toolbox((*self, *other))

    def only(self, *names: str) -> Toolbox:
        """Return a toolbox with just these tools, in the order they are in here."""
        self._refuse_unknown(names)
        return Toolbox(tool for tool in self if tool.name in names)

    def without(self, *names: str) -> Toolbox:
        """Return a toolbox without these tools."""
        self._refuse_unknown(names)
        return Toolbox(tool for tool in self if tool.name not in names)

    def renamed(self, names: Mapping[str, str]) -> Toolbox:
        """Return a toolbox in which the tools that *names* has as keys bear the names there; so do those that require them."""
        self._refuse_unknown(names)
        return Toolbox(
            evolve(
                tool,
                name=names.get(tool.name, tool.name),
                requires=tuple(names.get(each, each) for each in tool.requires),
            )
            for tool in self
        )

    def prefixed(self, prefix: str) -> Toolbox:
        """Return a toolbox in which every name begins with *prefix*."""
        return self.renamed({name: prefix + name for name in self._tools})

    def _refuse_unknown(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self._tools:
                raise ConfigurationError(self.unknown(name))

    @property
    def names(self) -> tuple[str, ...]:
        """The tools' names in order."""
        return tuple(self._tools)

    def get(self, name: str) -> Tool | None:
        """Return the tool of that *name*, or the one that went by it in some dialect: `_1st` for `1st`."""
        return self._tools.get(name) or (self._sent_as(name) if name[:1] == "_" else None)

    def _sent_as(self, name: str) -> Tool | None:
        from .dialects import sent_name

        return next((each for each in self if sent_name(each.name, "gemini") == name), None)

    def to_openai(self, *, strict: bool = False) -> list[JsonObject]:
        """Return the `tools` of a request, in OpenAI's strict form those that have one if *strict*."""
        return [each.to_openai(strict=strict) for each in self]

    def to_gemini(self) -> list[JsonObject]:
        """Return the `functionDeclarations` of a request to Gemini's native API."""
        return [each.to_gemini() for each in self]

    def in_dialect(self, dialect: Dialect) -> list[JsonObject]:
        """Return the `tools` of a request to an OpenAI-compatible host that wants schemas in *dialect*."""
        from .dialects import in_dialect

        return in_dialect(self, dialect)

    def unknown(self, name: str) -> str:
        """Return what to tell a model that called a tool which is not there, naming those it may have meant."""
        said = shortened(" ".join(well_formed(name[: _LONGEST_NAME + 1]).split()), _LONGEST_NAME)
        if not self._tools:
            return f"there is no tool `{said}`; there are no tools"
        near = closest(name, self.names)
        meant = f"; did you mean `{near}`?" if near else "."
        return f"there is no tool `{said}`{meant} Tools: {listing(self.names)}"


def _each(tools: Iterable[Tool | Callable[..., object]]) -> Iterator[Tool | Callable[..., object]]:
    if not isinstance(tools, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers without a type checker
        raise ConfigurationError(f"tools must be a list of tools or functions, not {type(tools).__name__}; put it in a list")
    for each in tools:
        if not callable(each):  # pyright: ignore[reportUnnecessaryComparison]  # as above
            raise ConfigurationError(f"tools: each must be a tool or a function, not {type(each).__name__}")
        yield each
