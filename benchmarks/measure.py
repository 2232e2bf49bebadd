"""CPU time of code, in turns: two things that are compared run one after the other, again and again, in one process."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeAlias

from attrs import frozen

__all__ = ["MICRO", "Figure", "Work", "cpu_of", "in_turns", "shown"]

MICRO = 1e6

Work: TypeAlias = Callable[[], Awaitable[object]]
"""One unit of what is measured."""


@frozen
class Figure:
    """CPU seconds of one unit: the *median* of the turns, and for a comparison the median of the turns' *ratios*."""

    median: float
    ratio: float = 1.0


async def in_turns(works: Sequence[Work], *, turns: int, units: int | Sequence[int] = 1, warm_up: int = 2) -> list[Figure]:
    """Return the figures of *works*, each compared with the first of them.

    A turn runs *units* of every work; every other turn runs them in reverse order, so that a drift of the machine's speed
    falls on all alike.
    """
    counts = [units] * len(works) if isinstance(units, int) else list(units)
    for work in works:
        for _ in range(warm_up):
            await work()
    taken: list[list[float]] = [[] for _ in works]
    for turn in range(turns):
        places = range(len(works)) if turn % 2 == 0 else reversed(range(len(works)))
        for place in places:
            taken[place].append(await _cpu(works[place], counts[place]))
    return [Figure(statistics.median(own), _median_ratio(own, taken[0])) for own in taken]


async def _cpu(work: Work, units: int) -> float:
    gc.collect()
    began = time.process_time()
    for _ in range(units):
        await work()
    return (time.process_time() - began) / units


def cpu_of(work: Callable[[], object], *, turns: int = 9, units: int = 200) -> float:
    """Return the CPU seconds of one call of *work*: the median of *turns* turns of *units* calls."""
    work()
    taken: list[float] = []
    for _ in range(turns):
        began = time.process_time()
        for _ in range(units):
            work()
        taken.append((time.process_time() - began) / units)
    return statistics.median(taken)


def _median_ratio(own: Iterable[float], reference: Iterable[float]) -> float:
    return statistics.median(mine / max(theirs, 1e-9) for mine, theirs in zip(own, reference, strict=True))


def shown(seconds: float) -> str:
    """Return *seconds* in the unit that reads best."""
    if seconds < 1e-3:
        return f"{seconds * 1e6:.1f} µs"
    return f"{seconds * 1e3:.2f} ms" if seconds < 1 else f"{seconds:.2f} s"
