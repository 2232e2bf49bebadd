"""The stored form of the record and of its events: one JSON object each, versioned.

Defaults are left out, so that a stored event costs little more than what it says.  A newer library reads what an older
one wrote; what it does not know it refuses by name, and nothing is guessed.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import orjson
from cattrs import BaseValidationError, Converter, transform_error
from cattrs.strategies import configure_tagged_union

from ..errors import FormatError
from ..states import Conversation, Event
from ..states.messages import Part
from ..states.shapes import members
from ..states.turn import Entry

__all__ = ["VERSION", "dump_event", "dumps", "load_event", "loads"]

VERSION: Final = 1


def dumps(conversation: Conversation) -> bytes:
    """Return *conversation* as JSON: `{"version": 1, "conversation": {...}}`.  Equal records give equal bytes."""
    return orjson.dumps({"version": VERSION, "conversation": _converter().unstructure(conversation)})


def loads(data: bytes | str) -> Conversation:
    """Return the record that `dumps` wrote.

    Raises `FormatError`, which names the place, for anything else or for a newer version.
    """
    body = _open(data, "conversation")
    conversation: Conversation = _structure(body, Conversation, "conversation")
    return conversation


def dump_event(event: Event) -> bytes:
    """Return *event* as JSON: `{"version": 1, "event": {"type": "UserSaid", ...}}`."""
    return orjson.dumps({"version": VERSION, "event": _converter().unstructure(event, unstructure_as=Event)})


def load_event(data: bytes | str) -> Event:
    """Return the event that `dump_event` wrote.  Raises `FormatError` as `loads` does."""
    body = _open(data, "event")
    event: Event = _structure(body, Event, "event")
    return event


def _open(data: bytes | str, what: str) -> object:
    try:
        envelope = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise FormatError(f"not a stored {what}: {error}") from None
    version = members(envelope).get("version")
    if not isinstance(version, int) or what not in envelope:
        raise FormatError(f'not a stored {what}: an object with "version" and "{what}" is wanted')
    if version > VERSION:
        raise FormatError(f"this {what} is of format {version}; this version of detent reads up to {VERSION}: upgrade detent")
    return members(envelope)[what]


# `kind` may be a union, which has no type narrower than Any.
def _structure(body: object, kind: Any, what: str) -> Any:
    try:
        return _converter().structure(body, kind)
    except (BaseValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        problems = "; ".join(transform_error(error, path=what))
        raise FormatError(f"not a stored {what}: {problems}") from error


_CONTENT = str | tuple[Part, ...]


def _content(value: object, kind: object) -> str | tuple[Part, ...]:
    return value if isinstance(value, str) else _converter().structure(value, tuple[Part, ...])


@cache
def _converter() -> Converter:
    converter = Converter(omit_if_default=True, forbid_extra_keys=True)
    converter.register_structure_hook_func(lambda kind: kind == _CONTENT, _content)
    configure_tagged_union(Entry, converter, tag_name="type")
    configure_tagged_union(Event, converter, tag_name="type")
    return converter
