"""What a judge has to know of a host, and the profile of the history that every host accepts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, Protocol

from attrs import frozen

__all__ = ["PORTABLE", "Profile", "Rules", "is_intersection"]


class Profile(Protocol):
    """What one kind of host accepts.  Anything with these attributes will do."""

    @property
    def name(self) -> str:
        """Its name: hosts' wordings of errors are chosen by it."""
        ...

    @property
    def roles(self) -> frozenset[str]:
        """The roles it knows."""
        ...

    @property
    def keys(self) -> Mapping[str, frozenset[str]]:
        """The keys that messages of each role may have."""
        ...

    @property
    def call_keys(self) -> frozenset[str]:
        """The keys that a call may have."""
        ...

    @property
    def body_keys(self) -> frozenset[str] | None:
        """The keys that the body of a request may have; None: any."""
        ...

    @property
    def id_pattern(self) -> str:
        """A regular expression that the whole of a call's id must match."""
        ...

    @property
    def empty_content(self) -> Literal["null", "empty", "absent"]:
        """How an assistant's message that only calls writes its content."""
        ...

    @property
    def single_system(self) -> bool:
        """One system message at most, and it is the first message."""
        ...

    @property
    def alternate(self) -> bool:
        """User and assistant take turns, calls and results apart."""
        ...

    @property
    def bridge_after_tool(self) -> bool:
        """The user may not speak directly after a result."""
        ...

    @property
    def sticky_tools(self) -> bool:
        """While the history has calls, a request has tools."""
        ...

    @property
    def text_xor_calls(self) -> bool:
        """An assistant's message has a text or calls, never both."""
        ...

    @property
    def tool_choices(self) -> frozenset[str]:
        """The values that `tool_choice` may have; `named` stands for the form that names a function."""
        ...

    @property
    def reasoning(self) -> Literal["required", "allowed", "forbidden"]:
        """Whether the reasoning of a message or a call must, may or must not be sent back."""
        ...

    @property
    def reasoning_keys(self) -> frozenset[str]:
        """The keys that hold it, in a message or in the first of its calls."""
        ...

    @property
    def max_tools(self) -> int:
        """How many tools a request may offer."""
        ...


_KEYS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "system": frozenset({"role", "content"}),
        "user": frozenset({"role", "content"}),
        "assistant": frozenset({"role", "content", "tool_calls"}),
        "tool": frozenset({"role", "content", "tool_call_id"}),
    }
)


@frozen(kw_only=True)
class Rules:
    """A `Profile` as a value of its own; without arguments it is the intersection of all hosts."""

    name: str = "portable"
    roles: frozenset[str] = frozenset(_KEYS)
    keys: Mapping[str, frozenset[str]] = _KEYS
    call_keys: frozenset[str] = frozenset({"id", "type", "function"})
    body_keys: frozenset[str] | None = None
    id_pattern: str = r"[A-Za-z0-9_-]{1,40}"
    empty_content: Literal["null", "empty", "absent"] = "null"
    single_system: bool = True
    alternate: bool = False
    bridge_after_tool: bool = False
    sticky_tools: bool = True
    text_xor_calls: bool = False
    tool_choices: frozenset[str] = frozenset({"auto", "named", "none", "required"})
    reasoning: Literal["required", "allowed", "forbidden"] = "forbidden"
    reasoning_keys: frozenset[str] = frozenset()
    max_tools: int = 128


PORTABLE: Final = Rules()
"""What every host accepts."""


def is_intersection(profile: Profile) -> bool:
    """Whether *profile* is that of all hosts at once, which asks for one spelling where any one host takes several."""
    return profile.name == PORTABLE.name
