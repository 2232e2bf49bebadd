"""Bytes into server-sent events, whatever ends a line (LF, CR LF or CR) and wherever the bytes were split.

Source: the event stream format, https://html.spec.whatwg.org/multipage/server-sent-events.html, read 2026-11-20.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from attrs import define, field

__all__ = ["ServerEvent", "ServerEvents", "is_event_stream"]

_FIELDS: Final = (b"data", b"event", b"id", b"retry", b":")


class ServerEvent(NamedTuple):
    """One event: its name, which is almost always empty, and its data lines."""

    name: bytes
    data: list[bytes]


def is_event_stream(head: bytes) -> bool:
    """Whether a body that begins like this is an event stream rather than JSON or a text."""
    return head.startswith(_FIELDS)


@define(eq=False)
class ServerEvents:
    """Takes bytes as they come and gives the events they complete.  *stray* is the first line that is no field at all."""

    stray: bytes = field(default=b"", init=False)
    _pieces: list[bytes] = field(factory=list[bytes], init=False)
    _after_return: bool = field(default=False, init=False)
    _name: bytes = field(default=b"", init=False)
    _data: list[bytes] = field(factory=list[bytes], init=False)

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """Take the next bytes; return the events that are complete now."""
        if self._after_return or b"\r" in chunk:
            chunk = self._without_returns(chunk)
        if b"\n" not in chunk:
            self._pieces.append(chunk)
            return []
        lines = chunk.split(b"\n")
        if self._pieces:
            lines[0] = b"".join(self._pieces) + lines[0]
        rest = lines.pop()
        self._pieces = [rest] if rest else []
        return self._events(lines)

    def rest(self) -> list[ServerEvent]:
        """Return what the end of the bytes completes: many hosts leave out the last empty line."""
        line, self._pieces = b"".join(self._pieces), []
        return self._events([line, b""])

    def _without_returns(self, chunk: bytes) -> bytes:
        """Return *chunk* with every line ended by LF alone; the LF of a CR LF that was split is dropped."""
        if self._after_return and chunk.startswith(b"\n"):
            chunk = chunk[1:]
            self._after_return = False
        if chunk:
            self._after_return = chunk.endswith(b"\r")
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _events(self, lines: list[bytes]) -> list[ServerEvent]:
        events: list[ServerEvent] = []
        for line in lines:
            if line.startswith(b"data:"):
                self._data.append(line[6:] if line[5:6] == b" " else line[5:])
            elif not line:
                if self._data:
                    events.append(ServerEvent(self._name, self._data))
                    self._data = []
                self._name = b""
            elif line.startswith(b"event:"):
                self._name = line[6:].strip()
            elif not self.stray and not line.startswith(_FIELDS):
                self.stray = line
        return events
