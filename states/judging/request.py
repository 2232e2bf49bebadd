"""The request around a history: its tools, the choice among them, and its keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from .call import FUNCTION_NAME
from .kinds import brief, is_array, is_object
from .message import text_faults
from .profile import Profile, is_intersection
from .strict import strict_faults

__all__ = ["request_faults"]

_UNSAID: Final = frozenset({"id", "chat_id", "session_id", "tool_ids", "features"})
"""Keys that make Open WebUI run the tools itself and answer with a task instead of a completion."""
_ONE_ANSWER: Final = frozenset({"anthropic", "ollama"})
"""Hosts that give one answer, whatever `n` asks for."""


def request_faults(body: Mapping[str, object], profile: Profile) -> Iterator[tuple[str, str]]:
    """Return the rules that *body* breaks, its messages apart: R8 to R12."""
    names: list[str] = []
    if "tools" in body:
        yield from _tools(body["tools"], profile, names)
    yield from _choice(body, profile, names)
    yield from text_faults(body.get("tools"))
    if profile.sticky_tools and not body.get("tools") and _has_calls(body.get("messages")):
        yield "V35", "the history has calls, but the request has no tools"
    yield from _keys(body, profile)


def _tools(tools: object, profile: Profile, names: list[str]) -> Iterator[tuple[str, str]]:
    """R8: what is offered; the names are put into *names*."""
    if not is_array(tools) or not tools:
        yield "V6", f"tools is {'an empty array' if is_array(tools) else brief(tools)}: leave it out"
        return
    if len(tools) > profile.max_tools:
        yield "V33", f"{len(tools)} tools, {profile.max_tools} are taken"
    for number, tool in enumerate(tools):
        function = tool.get("function") if is_object(tool) else None
        if not is_object(tool) or tool.get("type") != "function" or not is_object(function):
            yield "V33", f"tool {number} is not of type 'function'"
            continue
        yield from _name(number, function.get("name"), names)
        yield from _parameters(number, function)


def _name(number: int, name: object, names: list[str]) -> Iterator[tuple[str, str]]:
    if not isinstance(name, str) or not FUNCTION_NAME.fullmatch(name):
        yield "V30", f"the name {brief(name)} of tool {number} is not 1 to 64 letters, digits, _ and -"
    elif name in names:
        yield "V33", f"tool {number} is named {brief(name)} like another one"
    if isinstance(name, str):
        names.append(name)


def _parameters(number: int, function: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    parameters = function.get("parameters")
    if parameters is None and "parameters" not in function:
        return
    if not is_object(parameters) or parameters.get("type") != "object":
        yield "V33", f"the parameters of tool {number} are no schema of type 'object'"
    elif function.get("strict") is True:
        for detail in strict_faults(parameters):
            yield "V37", f"tool {number}: {detail}"


def _choice(body: Mapping[str, object], profile: Profile, names: list[str]) -> Iterator[tuple[str, str]]:
    """R9: `tool_choice` and `parallel_tool_calls`."""
    for key in ("tool_choice", "parallel_tool_calls"):
        if body.get(key) is not None and not body.get("tools"):
            yield "V34", f"{key} without tools"
    choice = body.get("tool_choice")
    if isinstance(choice, str):
        if choice not in profile.tool_choices:
            yield "V36", f"tool_choice is {brief(choice)}; taken are {', '.join(sorted(profile.tool_choices))}"
    elif is_object(choice):
        yield from _named_choice(choice, profile, names)
    elif choice is not None:
        yield "V36", f"tool_choice is {brief(choice)}"


def _named_choice(choice: Mapping[str, object], profile: Profile, names: list[str]) -> Iterator[tuple[str, str]]:
    kind, function = choice.get("type"), choice.get("function")
    name = function.get("name") if is_object(function) else None
    if "named" not in profile.tool_choices:
        yield "V36", "tool_choice names a tool, which is not taken"
    elif kind == "function" and name not in names:
        yield "V36", f"tool_choice names {brief(name)}, which is none of the tools"
    elif kind not in ("function", "allowed_tools"):
        yield "V36", f"the type of tool_choice is {brief(kind)}"


def _has_calls(messages: object) -> bool:
    return is_array(messages) and any(bool(message.get("tool_calls")) for message in messages if is_object(message))


def _keys(body: Mapping[str, object], profile: Profile) -> Iterator[tuple[str, str]]:
    """R12: the keys of the body, and how many answers are asked for."""
    for key in body:
        if profile.body_keys is not None and key not in profile.body_keys:
            yield "V40", f"the key {brief(key)} of the request is unknown"
        elif profile.body_keys is None and key in _UNSAID:
            yield "V40", f"the key {brief(key)} makes Open WebUI run the tools itself"
    number = body.get("n")
    if number not in (None, 1) and (is_intersection(profile) or profile.name in _ONE_ANSWER):
        yield "V40", f"n is {brief(number)}: only one answer can be counted on"
