"""The calls of a reply, in every form in which hosts send them, as `RequestedCall`s."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from attrs import frozen

from ...states.events import RequestedCall
from ...states.messages import Opaque
from ...states.shapes import is_list, members, objects

__all__ = ["RawCall", "requested_calls"]

_CUT: Final = frozenset({"length", "error", "content_filter", "model_length"})
_PARALLEL: Final = "multi_tool_use.parallel"


@frozen(kw_only=True)
class RawCall:
    """One call as the host sent it, merged from a stream or whole.  *arguments* is usually text; some send an object."""

    name: str = ""
    arguments: object = None
    host_id: str = ""
    opaque: tuple[Opaque, ...] = ()


def requested_calls(raw: list[RawCall], finish: str | None) -> tuple[RequestedCall, ...]:
    """Return *raw* with names free of residue and arguments as the text of an object, in order.

    What can not be mended without guessing keeps its text and carries a problem.  After a reply that was cut off the
    problem says so.
    """
    return tuple(_requested(call, finish) for asked in raw for call in _unfolded(asked))


def _requested(call: RawCall, finish: str | None) -> RequestedCall:
    asked = RequestedCall(
        name=_clean_name(call.name), arguments=_as_text(call.arguments), host_id=call.host_id, opaque=call.opaque
    )
    if asked.flaw is None or finish not in _CUT:
        return asked
    problem = f"the reply was cut off ({finish}) before this call was complete: make the call again, shorter"
    return RequestedCall(
        name=asked.name, arguments=asked.arguments, host_id=asked.host_id, opaque=asked.opaque, problem=problem
    )


def _clean_name(name: str) -> str:
    """Cut what a chat template left behind: `query<|channel|>commentary`, `functions.query`."""
    return name.split("<|", 1)[0].strip().removeprefix("functions.")


def _as_text(arguments: object) -> str:
    """Return the text of the argument object: nothing is `{}`, an object is written out, a text within a text unwrapped."""
    if arguments is None:
        return "{}"
    if not isinstance(arguments, str):
        return json.dumps(arguments, ensure_ascii=False)
    text = arguments.strip()
    if text in ("", "null"):
        return "{}"
    try:
        value, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return arguments
    if isinstance(value, str) and end == len(text):
        return value if value.lstrip().startswith("{") else arguments
    if isinstance(value, dict) and end < len(text) and not text[end:].strip("\"' \t\r\n"):
        return text[:end]
    return arguments


def _unfolded(call: RawCall) -> Iterator[RawCall]:
    """Yield the calls inside a `multi_tool_use.parallel`, a tool that some models make up; any other call as it is."""
    uses = _tool_uses(call) if call.name == _PARALLEL else None
    if uses is None:
        yield call
        return
    for use in uses:
        yield RawCall(name=str(use.get("recipient_name", "")), arguments=use.get("parameters"))


def _tool_uses(call: RawCall) -> list[Mapping[str, object]] | None:
    try:
        uses = members(json.loads(_as_text(call.arguments))).get("tool_uses")
    except (ValueError, RecursionError):
        return None
    sound = objects(uses)
    return sound if sound and is_list(uses) and len(sound) == len(uses) else None
