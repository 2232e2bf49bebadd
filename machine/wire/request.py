"""The request around the messages: what a host is told of tools, and which members it may be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import orjson
from attrs import frozen

from ...errors import ConfigurationError
from ...states import Conversation
from ...states.turn import SealedTurn
from .encoding import encode
from .host_profile import HostProfile
from .hosts import HOSTS

__all__ = ["Offer", "check_parameters", "offer", "request_body"]

_OURS: Final = frozenset({"model", "messages", "tools", "stream", "stream_options"})
_REPLY_LIMITS: Final = frozenset({"max_tokens", "max_completion_tokens"})
_RUNS_TOOLS_ITSELF: Final = frozenset({"id", "chat_id", "session_id", "tool_ids", "features"})
"""With these Open WebUI runs the tools itself and answers with task ids; any unknown address may be an Open WebUI."""
_TOOL_PARAMETERS: Final = frozenset({"tool_choice", "parallel_tool_calls"})


@frozen
class Offer:
    """The encoded array of tools that goes with a request, and the `tool_choice` beside it; None is left out."""

    tools: bytes | None
    choice: str | None


def offer(host: HostProfile, conversation: Conversation, tools: bytes | None, *, closing: bool) -> Offer:
    """Return what *host* is told of *tools*, the agent's own; while *closing* it is told that they are not to be used.

    An agent without tools may go on with a conversation that holds calls, and some hosts then refuse a request that
    declares none: "The toolConfig field must be defined when using toolUse and toolResult content blocks."  Stand-ins
    with the names of those calls are declared there, and switched off.
    """
    own = None if closing and host.closing == "drop" and not host.sticky_tools else tools
    offered = _stand_ins(conversation) if own is None and host.sticky_tools else own
    choice = "none" if closing or tools is None else "auto"
    return Offer(offered, choice if offered is not None and choice in host.tool_choices else None)


def _stand_ins(conversation: Conversation) -> bytes | None:
    turns = (entry for entry in conversation.history[conversation.run.window :] if isinstance(entry, SealedTurn))
    names = dict.fromkeys(call.name for turn in turns for call in turn.calls)
    return encode([_stand_in(name) for name in names]) if names else None


def _stand_in(name: str) -> dict[str, object]:
    function: dict[str, object] = {
        "name": name,
        "description": "A tool that was used earlier. It can not be called any more.",
        "parameters": {"type": "object", "properties": {}},
    }
    return {"type": "function", "function": function}


def check_parameters(host: HostProfile, parameters: Mapping[str, object]) -> None:
    """Raise `ConfigurationError` for a parameter that *host* would refuse or that is not the caller's to set."""
    for name, value in parameters.items():
        if name in _OURS:
            raise ConfigurationError(f"Model(parameters=...): {name!r} is written by the library, it can not be a parameter")
        _check_name(host, name)
        _check_value(host, name, value)


def _check_name(host: HostProfile, name: str) -> None:
    if host.body_keys is None and name in _RUNS_TOOLS_ITSELF:
        raise ConfigurationError(f"Model(parameters=...): {name!r} would make Open WebUI run the tools itself")
    if host.body_keys is not None and _named(host, name) not in host.body_keys:
        known = ", ".join(sorted(host.body_keys - _OURS))
        raise ConfigurationError(
            f"Model(parameters=...): a host of kind {host.name!r} does not take {name!r}; it takes {known} "
            "(profile={'body_keys': None} for no such check)"
        )


def _check_value(host: HostProfile, name: str, value: object) -> None:
    try:
        orjson.dumps({name: value})
    except TypeError as error:
        raise ConfigurationError(f"Model(parameters=...): {name!r} can not be written as JSON: {error}") from None
    if name == "n" and value != 1:
        raise ConfigurationError("Model(parameters=...): 'n' must be 1: a run goes on from one reply")
    if name == "tool_choice" and value is not None:
        kind = value if isinstance(value, str) else "named"
        if kind not in host.tool_choices:
            known = ", ".join(sorted(host.tool_choices))
            raise ConfigurationError(
                f"Model(parameters=...): a host of kind {host.name!r} knows no tool_choice {value!r}; it knows {known}"
            )


def _named(host: HostProfile, name: str) -> str:
    """Return the host's own word for a parameter."""
    return host.reply_limit if name in _REPLY_LIMITS else name


def request_body(
    model: str,
    messages: bytes | Sequence[bytes],
    *,
    host: HostProfile = HOSTS["portable"],
    tools: bytes | None = None,
    tool_choice: str | None = "auto",
    stream: bool = False,
    parameters: Mapping[str, object] | None = None,
) -> bytes:
    """Return the body of a chat-completions request around *messages* and *tools*, which are encoded already.

    *messages* is the array, or the array in pieces that commas join.  *parameters* are sent under the host's names, each
    member once.  Those about tools go with tools alone ("only allowed when 'tools' are specified"), and a `tool_choice` of
    the caller's gives way where tools are switched off.
    """
    members = _tool_members(tools, tool_choice, parameters or {})
    if stream:
        members["stream"] = b"true"
        if host.stream_usage:
            members["stream_options"] = b'{"include_usage":true}'
    for name, value in (parameters or {}).items():
        if name not in _TOOL_PARAMETERS:
            members[_named(host, name)] = encode(value)
    first, *others = [messages] if isinstance(messages, bytes) else messages
    rest = [encode(name) + b":" + value for name, value in members.items()]
    pieces = [b'{"model":' + encode(model), b'"messages":' + first, *others, *rest]
    pieces[-1] += b"}"  # a long history is copied once, into the body: its pieces are the body's own
    return b",".join(pieces)


def _tool_members(tools: bytes | None, tool_choice: str | None, parameters: Mapping[str, object]) -> dict[str, bytes]:
    if tools is None:
        return {}
    choices: dict[str, object] = {} if tool_choice is None else {"tool_choice": tool_choice}
    if tool_choice != "none":
        choices |= {name: parameters[name] for name in parameters if name in _TOOL_PARAMETERS}
    return {"tools": tools, **{name: encode(value) for name, value in choices.items()}}
