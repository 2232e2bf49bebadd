"""Where a moment stands on a timeline: in proportion, but for long stretches in which nothing works.

Those, days perhaps in which a person was waited for, are drawn short, and marked as cut.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from attrs import frozen

from .activity import Span, Work, merged

__all__ = ["Cut", "Scale", "scale"]

_SHARE = 0.12
"""A stretch in which nothing works is drawn at most as wide as this part of all the work."""
_TICKS = 5


@frozen
class Cut:
    """A stretch that is drawn shorter than it was: from *left* to *right* in per cent, and its *seconds*."""

    left: float
    right: float
    seconds: float


@frozen
class _Piece:
    start: float
    end: float
    width: float

    @property
    def seconds(self) -> float:
        return self.end - self.start

    @property
    def is_cut(self) -> bool:
        return self.width < self.seconds


@frozen
class Scale:
    """From seconds to per cent of the timeline's width."""

    _pieces: tuple[_Piece, ...]
    _width: float

    def __call__(self, at: float) -> float:
        """Return where *at* stands, from 0 to the width."""
        whole = sum(piece.width for piece in self._pieces)
        drawn = sum(_drawn(piece, at) for piece in self._pieces)
        return min(self._width, self._width * drawn / whole) if whole > 0 else 0.0

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """Return what is drawn shorter than it was."""
        return tuple(Cut(self(piece.start), self(piece.end), piece.seconds) for piece in self._pieces if piece.is_cut)

    @property
    def ticks(self) -> tuple[float, ...]:
        """Return round numbers of seconds after the start, about five, none of them within a cut."""
        whole = sum(piece.width for piece in self._pieces)
        if whole <= 0:
            return ()
        start, step = self._pieces[0].start, _round_step(whole / _TICKS)
        kept = [piece for piece in self._pieces if not piece.is_cut]
        first_last = [(int((piece.start - start) / step), int((piece.end - start) / step) + 1) for piece in kept]
        numbers = sorted({number for first, last in first_last for number in range(first, last + 1)})
        return tuple(
            number * step for number in numbers if any(piece.start <= start + number * step <= piece.end for piece in kept)
        )


def scale(spans: Iterable[Span], start: float, end: float, width: float = 100.0) -> Scale:
    """Return the scale of a timeline from *start* to *end* in which *spans* took place, *width* per cent wide."""
    working = merged(span for span in spans if span.work is Work.WORKING and span.seconds > 0)
    most = _SHARE * sum(stop - begin for begin, stop in working)
    inside = {(max(start, begin), min(end, stop)) for begin, stop in working}
    marks = sorted({start, end, *(mark for piece in inside for mark in piece)})
    pieces = [
        _Piece(begin, stop, stop - begin if not most or (begin, stop) in inside else min(stop - begin, most))
        for begin, stop in pairwise(marks)
    ]
    return Scale(tuple(pieces), width)


def _drawn(piece: _Piece, at: float) -> float:
    """Return how much of *piece* lies before *at*, as wide as it is drawn."""
    if at >= piece.end:
        return piece.width
    return 0.0 if at <= piece.start else piece.width * (at - piece.start) / piece.seconds


def _round_step(least: float) -> float:
    """Return 1, 2 or 5 times a power of ten, and not less than *least*."""
    power = 1e-3
    while True:
        for factor in (1, 2, 5):
            if factor * power >= least:
                return factor * power
        power *= 10
