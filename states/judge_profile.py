"""What a judge has to know of a host, and the profile of the history that every host accepts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, Protocol

from attrs import frozen

__all__ = ["PORTABLE", "Profile", "Rules", "is_intersection"]


class Profile(Protocol):
    """What one kind of host accepts.  Anything with these attributes will do.

    *roles* and the *keys* a message of each role may have; *call_keys* those of a call, *body_keys* those of the body
    (None: any).  *id_pattern* is what the whole of a call's id must match.  *empty_content* is how an assistant's message
    that only calls is written.  *single_system*: one system message at most, the first.  *alternate*: user and assistant
    take turns.  *bridge_after_tool*: no user's message directly after a result.  *sticky_tools*: `tools` stay in the
    request while the history has calls.  *text_xor_calls*: an assistant's message has a text or calls, never both.
    *tool_choices* are the values `tool_choice` may have, `named` for the form that names a function.  *reasoning* says
    whether one of *reasoning_keys* must, may or must not be in an assistant's message.  *max_tools* is how many tools a
    request may offer.
    """

    @property
    def name(self) -> str: ...
    @property
    def roles(self) -> frozenset[str]: ...
    @property
    def keys(self) -> Mapping[str, frozenset[str]]: ...
    @property
    def call_keys(self) -> frozenset[str]: ...
    @property
    def body_keys(self) -> frozenset[str] | None: ...
    @property
    def id_pattern(self) -> str: ...
    @property
    def empty_content(self) -> Literal["null", "empty", "absent"]: ...
    @property
    def single_system(self) -> bool: ...
    @property
    def alternate(self) -> bool: ...
    @property
    def bridge_after_tool(self) -> bool: ...
    @property
    def sticky_tools(self) -> bool: ...
    @property
    def text_xor_calls(self) -> bool: ...
    @property
    def tool_choices(self) -> frozenset[str]: ...
    @property
    def reasoning(self) -> Literal["required", "allowed", "forbidden"]: ...
    @property
    def reasoning_keys(self) -> frozenset[str]: ...
    @property
    def max_tools(self) -> int: ...


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
