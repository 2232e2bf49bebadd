"""The stored form of the record and of its events: one JSON object each, versioned.

Defaults are left out, so that a stored event costs little more than what it says.  A newer library reads what an older
one wrote; what it does not know it refuses by name, and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

import orjson
from cattrs import BaseValidationError, Converter, transform_error
from cattrs.strategies import configure_tagged_union
from cattrs.v import format_exception

from ..errors import FormatError
from ..states import AnyState, Conversation, Event, OwnState
from ..states.conversation import state_named
from ..states.messages import Part
from ..states.shapes import members
from ..states.turn import Entry

__all__ = [
    "VERSION",
    "check_version",
    "dump_event",
    "dumps",
    "entries_of",
    "event_of",
    "json_of",
    "load_event",
    "loads",
    "parsed",
]

VERSION: Final = 1

_Entries = tuple[Entry, ...]


def dumps(conversation: Conversation) -> bytes:
    """Return *conversation* as JSON: `{"version": 1, "conversation": {...}}`.  Equal records give equal bytes.

    Raises `FormatError` for a number of more than 64 bits, which JSON readers do not agree on.
    """
    return _written({"version": VERSION, "conversation": _write(Conversation)(conversation)})


def loads(data: bytes | str) -> Conversation:
    """Return the record that `dumps` wrote.

    Raises `FormatError`, which names the place, for anything else or for a newer version.
    """
    conversation: Conversation = _structure(_open(data, "conversation"), Conversation, "conversation")
    return conversation


def dump_event(event: Event) -> bytes:
    """Return *event* as JSON: `{"version": 1, "event": {"type": "UserSaid", ...}}`."""
    return _written({"version": VERSION, "event": orjson.Fragment(json_of(event))})


def load_event(data: bytes | str) -> Event:
    """Return the event that `dump_event` wrote.  Raises `FormatError` as `loads` does."""
    return _event(_open(data, "event"))


def json_of(value: Event | _Entries) -> bytes:
    """Return an event, or entries of a history, as bare JSON: the version is kept by whoever keeps the bytes."""
    return _written(_write(_Entries if isinstance(value, tuple) else Event)(value))


def event_of(body: object, version: object) -> Event:
    """Return the event that `json_of` wrote, from its parsed JSON.  Raises `FormatError` as `loads` does."""
    check_version(version, "event")
    return _event(body)


def entries_of(body: object, version: object) -> _Entries:
    """Return the entries that `json_of` wrote, from their parsed JSON.  Raises `FormatError` as `loads` does."""
    check_version(version, "history")
    entries: _Entries = _structure(body, _Entries, "history")
    return entries


def parsed(data: bytes | str, what: str) -> object:
    """Return what *data*, JSON that holds a *what*, says.  Raises `FormatError` where it is not JSON."""
    try:
        body: object = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise FormatError(f"not a stored {what}: {error}") from None
    return body


def check_version(version: object, what: str) -> None:
    """Refuse, with `FormatError`, a version of the format that this library does not read."""
    if not isinstance(version, int) or isinstance(version, bool):
        raise FormatError(f"not a stored {what}: its version is {version!r}, not a number")
    if not 1 <= version <= VERSION:
        raise FormatError(f"this {what} is of format {version}; this version of detent reads up to {VERSION}: upgrade detent")


def _open(data: bytes | str, what: str) -> object:
    envelope = members(parsed(data, what))
    if "version" not in envelope or what not in envelope:
        raise FormatError(f'not a stored {what}: an object with "version" and "{what}" is wanted')
    check_version(envelope["version"], what)
    return envelope[what]


def _written(value: object) -> bytes:
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError as error:
        raise FormatError(f"this can not be stored as JSON: {error}") from None


def _event(body: object) -> Event:
    event: Event = _structure(body, Event, "event")
    return event


# `kind` may be a union, which has no type narrower than Any.
def _structure(body: object, kind: Any, what: str) -> Any:
    try:
        return _read(kind)(body, kind)
    except (BaseValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        problems = "; ".join(transform_error(error, path=what, format_exception=_told))
        raise FormatError(f"not a stored {what}: {problems}") from error


def _told(error: BaseException, kind: type | None) -> str:
    """Return what is wrong with a value: where the record itself refuses it, in the record's own words."""
    return (
        str(error.args[0]) if kind is None and isinstance(error, ValueError) and error.args else format_exception(error, kind)
    )


@cache
def _read(kind: Any) -> Callable[[object, Any], Any]:
    """Return what reads *kind*, looked up once: finding it takes as long as reading a small event."""
    return _converter().get_structure_hook(kind)


@cache
def _write(kind: Any) -> Callable[[object], object]:
    hook: Callable[[object], object] = _converter().get_unstructure_hook(kind)
    return hook


_CONTENT = str | tuple[Part, ...]


def _content(value: object, kind: object) -> str | tuple[Part, ...]:
    return value if isinstance(value, str) else _converter().structure(value, tuple[Part, ...])


def _state(value: object, kind: object) -> AnyState:
    if not isinstance(value, str):
        raise ValueError(f"the name of a state is wanted, not {value!r}")
    return state_named(value)


@cache
def _converter() -> Converter:
    converter = Converter(omit_if_default=True, forbid_extra_keys=True)
    converter.register_structure_hook_func(lambda kind: kind == _CONTENT, _content)
    converter.register_structure_hook_func(lambda kind: kind == AnyState, _state)
    converter.register_unstructure_hook(OwnState, lambda state: state.value)
    converter.register_unstructure_hook_func(lambda kind: kind == AnyState, lambda state: state.value)
    configure_tagged_union(Entry, converter, tag_name="type")
    configure_tagged_union(Event, converter, tag_name="type")
    return converter
