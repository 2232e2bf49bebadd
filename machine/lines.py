"""A conversation as JSON lines, for files: a head that says how many events follow, then a line an event.

    {"version":1,"conversation":"c1","events":12,"digest":"0f3c..."}
    {"version":1,"seq":0,"event":{"type":"Opened",...},"digest":"91aa..."}

A digest covers its line and, through the digest before it, all lines above: what was cut off, edited, left out or put
elsewhere is found, and the line is named.  It guards against accidents, not against a forger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Final

import orjson
from attrs import frozen

from ..errors import FormatError, IllegalEvent
from ..states import Conversation, Event
from ..states.shapes import is_object, members
from .codec import VERSION, check_version, event_of, json_of
from .step import step

__all__ = ["Restored", "read_lines", "written_lines"]

_DIGITS: Final = 16
_SEED: Final = ""
"""What stands for the digest before the first line."""

Line = Mapping[str, object]


@frozen
class Restored:
    """What lines hold: the id, the events, and the record that they fold to."""

    conversation_id: str
    events: tuple[Event, ...]
    record: Conversation


def written_lines(conversation_id: str, events: Sequence[Event]) -> Iterator[bytes]:
    """Yield the lines, each with its line feed."""
    head: Line = {"version": VERSION, "conversation": conversation_id, "events": len(events)}
    below: Iterator[Line] = (
        {"version": VERSION, "seq": seq, "event": orjson.Fragment(json_of(event))} for seq, event in enumerate(events)
    )
    digest = _SEED
    for line in (head, *below):
        digest = _digest(digest, line)
        yield orjson.dumps({**line, "digest": digest}, option=orjson.OPT_APPEND_NEWLINE)


def read_lines(lines: Iterable[bytes | str]) -> Restored:
    """Return what `written_lines` wrote.

    Raises `FormatError`, which names the line, where something is missing, edited, out of place or of a newer version.
    """
    numbered = _checked(lines)
    number, head = next(numbered, (1, members(None)))
    conversation_id, count = head.get("conversation"), head.get("events")
    if not isinstance(conversation_id, str) or not isinstance(count, int):
        raise FormatError('line 1: an export begins with {"version": ..., "conversation": "...", "events": ...}')
    events: list[Event] = []
    record = Conversation()
    for number, line in numbered:
        event = _event(number, line, len(events), count)
        record = _folded(number, record, event)
        events.append(event)
    if len(events) < count:
        raise FormatError(f"line {number + 1}: the end; only {len(events)} of {count} events are here, the rest was cut off")
    return Restored(conversation_id, tuple(events), record)


def _checked(lines: Iterable[bytes | str]) -> Iterator[tuple[int, Line]]:
    """Yield the lines that are not blank, with their numbers, once version and digest are seen to hold."""
    digest = _SEED
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        line = _parsed(number, text)
        try:
            check_version(line.get("version"), "line")
        except FormatError as error:
            raise FormatError(f"line {number}: {error}") from None
        said = line.pop("digest", None)
        digest = _digest(digest, line)
        if said != digest:
            raise FormatError(f"line {number}: it, or a line above it, is not as it was exported: its digest does not fit")
        yield number, line


def _parsed(number: int, text: bytes | str) -> dict[str, object]:
    try:
        line: object = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise FormatError(f"line {number}: not JSON, perhaps cut off: {error}") from None
    if not is_object(line):
        raise FormatError(f"line {number}: a JSON object is wanted")
    return dict(line)


def _event(number: int, line: Line, seq: int, count: int) -> Event:
    if seq == count:
        raise FormatError(f"line {number}: the head says that there are {count} events, but here is one more")
    if line.get("seq") != seq:
        raise FormatError(f"line {number}: event {seq} is wanted here, not {line.get('seq')!r}")
    try:
        return event_of(line.get("event"), line.get("version"))
    except FormatError as error:
        raise FormatError(f"line {number}: {error}") from None


def _folded(number: int, record: Conversation, event: Event) -> Conversation:
    try:
        return step(record, event)
    except IllegalEvent as error:
        raise FormatError(f"line {number}: {error}") from None


def _digest(before: str, line: Line) -> str:
    return sha256(before.encode() + orjson.dumps(line)).hexdigest()[:_DIGITS]
