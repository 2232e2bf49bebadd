"""The calls of a reply, in every form in which hosts send them, as `RequestedCall`s."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from attrs import evolve, frozen

from ...states.events import RequestedCall
from ...states.messages import Opaque
from ...states.shapes import is_list
from .parsing import compact, fields, items, word

__all__ = ["RawCall", "clean_name", "function_of", "raw_calls", "requested_calls"]

_PARALLEL: Final = re.compile(r"multi_tool_use[._-]parallel")
_PREFIX: Final = re.compile(r"(?:functions|default_api)[.:]")
_COUNTER: Final = re.compile(r":\d+$")


@frozen(kw_only=True)
class RawCall:
    """One call as the host sent it, merged from a stream or whole.  *arguments* is usually text; some send an object.

    *extra* is its `extra_content`, which Gemini wants back; *is_custom* marks a call of a kind that nobody offered.
    """

    name: str = ""
    arguments: object = None
    host_id: str = ""
    extra: object = None
    is_custom: bool = False


def raw_calls(message: dict[str, object]) -> tuple[RawCall, ...]:
    """Return the calls of a whole message: `tool_calls`, or the older `function_call`."""
    listed = message.get("tool_calls")
    entries = items(listed) or [entry for entry in (fields(listed),) if entry]
    if entries:
        return tuple(_raw_call(entry) for entry in entries)
    older = fields(message.get("function_call"))
    return (RawCall(name=word(older["name"]), arguments=older.get("arguments")),) if older.get("name") else ()


def function_of(call: dict[str, object]) -> tuple[dict[str, object], bool]:
    """Return the object in *call* that has the name and the arguments, and whether it is a custom call."""
    if function := fields(call.get("function")):
        return function, False
    if custom := fields(call.get("custom")):
        return custom, True
    return call, False


def _raw_call(call: dict[str, object]) -> RawCall:
    function, is_custom = function_of(call)
    return RawCall(
        name=word(function.get("name")),
        arguments=function.get("input" if is_custom else "arguments"),
        host_id=word(call.get("id")),
        extra=call.get("extra_content") or None,
        is_custom=is_custom,
    )


def requested_calls(raw: tuple[RawCall, ...], cut: str | None, offered: frozenset[str]) -> tuple[RequestedCall, ...]:
    """Return *raw* with names free of residue and arguments as the text of an object, in order.

    What can not be mended without guessing keeps its text and carries a problem.  *cut* is why the reply was cut off, if
    it was: the problem then says so.  *offered* are the names of the tools that the request had.
    """
    return tuple(_requested(call, cut, offered) for asked in raw for call in _unfolded(asked, offered))


def _requested(call: RawCall, cut: str | None, offered: frozenset[str]) -> RequestedCall:
    asked = RequestedCall(
        name=clean_name(call.name, offered),
        arguments=_as_text(call.arguments),
        host_id=call.host_id,
        opaque=() if call.extra is None else (Opaque("extra_content", compact(call.extra)),),
        problem="custom tool calls are not supported: call a function" if call.is_custom else None,
    )
    if cut is None or call.is_custom or (asked.flaw is None and call.arguments not in (None, "")):
        return asked
    # Nothing where the arguments should be is an empty object from a host that finished, a cut from one that did not.
    problem = f"the reply was cut off ({cut}) before this call was complete: make the call again, shorter"
    return evolve(asked, problem=problem)


def clean_name(name: str, offered: frozenset[str]) -> str:
    """Cut what chat templates and proxies leave on a name.

    `query<|channel|>commentary`, `functions.query:0`, `default_api:query`, `queryquery`: all are `query`.
    """
    if name in offered:
        return name
    name = _PREFIX.sub("", name.split("<|", 1)[0].strip(), count=1)
    name = _COUNTER.sub("", name)
    half, odd = divmod(len(name), 2)
    return name[:half] if not odd and name[:half] == name[half:] and name[:half] in offered else name


def _as_text(arguments: object) -> str:
    """Return the text of the argument object: nothing is `{}`, an object is written out, a text within a text unwrapped."""
    if arguments is None:
        return "{}"
    if not isinstance(arguments, str):
        return compact(arguments)
    text = arguments.strip()
    if text in ("", "null", '""'):
        return "{}"
    if text.startswith("{") and text.endswith("}"):
        return arguments
    try:
        value, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return arguments
    if isinstance(value, str) and end == len(text):
        return value if value.lstrip().startswith("{") else arguments
    if isinstance(value, dict) and not text[end:].strip("\"' \t\r\n"):
        return text[:end]
    return arguments


def _unfolded(call: RawCall, offered: frozenset[str]) -> Iterator[RawCall]:
    """Yield the calls inside a `multi_tool_use.parallel`, a tool that some models make up; any other call as it is."""
    is_bundle = "parallel" in call.name and _PARALLEL.fullmatch(clean_name(call.name, offered))
    uses = _tool_uses(call) if is_bundle else None
    if uses is None:
        yield call
        return
    extra = call.extra
    for use in uses:
        yield RawCall(name=word(use.get("recipient_name")), arguments=use.get("parameters"), extra=extra)
        extra = None


def _tool_uses(call: RawCall) -> list[dict[str, object]] | None:
    try:
        uses = fields(json.loads(_as_text(call.arguments))).get("tool_uses")
    except (ValueError, RecursionError):
        return None
    sound = items(uses)
    return sound if sound and is_list(uses) and len(sound) == len(uses) else None
