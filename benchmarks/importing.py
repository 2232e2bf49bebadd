"""What an import costs: CPU of a fresh interpreter, less that of one that imports nothing."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys

from .tables import Table, judged

__all__ = ["table"]

TARGETS = {"detent": 100.0, "detent.states": 100.0}
"""Milliseconds."""

_IMPORTS = ("detent", "detent.states", "detent.tools", "detent.machine.agent", "openai")


async def table(*, quick: bool = False) -> Table:
    """Measure the imports in turns."""
    made = Table("Imports (CPU of a fresh interpreter)", ("import", "CPU", "less the interpreter", "target"))
    statements = ("pass", *(f"import {name}" for name in _IMPORTS))
    taken: dict[str, list[float]] = {statement: [] for statement in statements}
    for _ in range(3 if quick else 9):
        for statement in statements:
            taken[statement].append(_cpu(statement))
    bare = statistics.median(taken["pass"])
    for name in _IMPORTS:
        own = statistics.median(taken[f"import {name}"])
        target = TARGETS.get(name)
        wanted = "" if target is None else f"≤ {target:g} ms: {judged(own - bare, target)}"
        made.add(f"`{name}`", f"{own:.0f} ms", f"{own - bare:.0f} ms", wanted)
    return made


def _cpu(statement: str) -> float:
    """Return the milliseconds of CPU of an interpreter that runs *statement*."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", statement], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000
