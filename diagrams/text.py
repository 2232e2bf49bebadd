"""How wide a text is, roughly, and the lines that are written beside an edge or inside a state."""

from __future__ import annotations

import math
from collections.abc import Iterable

from attrs import frozen

from ..states import Rows
from .chart import guards_by_event

__all__ = ["BOLD", "LINE", "MONO", "NAME", "SMALL", "Line", "lines_of", "text_width"]

SMALL, NAME = 12, 15
"""Sizes of the text beside edges and of the names of states.  Unit: pixels."""
LINE = 16
"""From one line to the next, in pixels."""
MONO, BOLD = 0.62, 1.09
"""The width of a monospace letter as a part of its size; that of bold text as a part of the plain one's."""

_LONGEST = 236
_NARROW, _WIDE = frozenset("fijlrt.,:;|!'[]() "), frozenset("mwMW")


@frozen
class Line:
    """A line of text: an event, its guard in brackets, or both."""

    event: str = ""
    guard: str = ""

    @property
    def width(self) -> int:
        """The width in pixels, at most what common sans-serif fonts need."""
        gap = 4 if self.event and self.guard else 0 if self.event else INDENT
        return math.ceil(BOLD * text_width(self.event)) + text_width(self.guard) + gap


INDENT = 10
"""How far a guard on a line of its own is set in."""


def text_width(text: str, size: int = SMALL) -> int:
    """Return how wide *text* is in a sans-serif font: an estimate in pixels, made for the widest of the common ones."""
    return math.ceil(size * sum(_em(letter) for letter in text))


def lines_of(rows: Rows) -> tuple[Line, ...]:
    """Return what is written for *rows*: an event and its guard on one line if they fit, a line a guard if not."""
    return tuple(line for event, guards in guards_by_event(rows).items() for line in _lines(event, guards))


def _lines(event: str, guards: list[str]) -> Iterable[Line]:
    whole = Line(event, f"[{guards[0]}]" if guards else "")
    if len(guards) < 2 and whole.width <= _LONGEST:
        return [whole]
    return [Line(event), *(Line(guard=f"[{guard}]") for guard in guards)]


def _em(letter: str) -> float:
    if letter in _NARROW:
        return 0.38
    if letter in _WIDE:
        return 0.92
    return 0.70 if letter.isupper() or ord(letter) > 0x2000 else 0.61
