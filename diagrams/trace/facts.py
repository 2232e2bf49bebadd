"""What a run came to, in a few figures."""

from __future__ import annotations

from datetime import UTC, datetime

from ...states import Usage
from ..words import counted, duration
from .activity import Lane
from .runs import RunTrace

__all__ = ["facts", "moment", "tokens"]


def facts(run: RunTrace) -> dict[str, str]:
    """Return the figures by their names, those that are 0 left out.

    Seconds of models and of tools are sums: calls that overlap count each.
    """
    usage = run.usage
    told = {
        "began": moment(run.start),
        "took": duration(run.end - run.start),
        "models": _worked(run, Lane.MODEL),
        "tools": _worked(run, Lane.TOOL),
        "people": f"waited for {duration(run.waited)}" if run.waited else "",
        "tokens": tokens(usage),
        "cost": "" if usage.cost is None else f"{usage.cost:.4g}",
        "faults": counted(len(run.faults), "model call") + " in vain" if run.faults else "",
    }
    return {name: value for name, value in told.items() if value}


def tokens(usage: Usage) -> str:
    """Return how many tokens were used: `1,200 (1,000 in, 200 out, 800 cached)`; empty when nothing was counted."""
    if not usage.total:
        return ""
    parts = (("in", usage.prompt), ("out", usage.completion), ("cached", usage.cached), ("reasoning", usage.reasoning))
    return f"{usage.total:,} ({', '.join(f'{number:,} {name}' for name, number in parts if number)})"


def moment(at: float) -> str:
    """Return a time as `2026-11-20 14:03:07 UTC`; empty when it is not known, or no time of a calendar."""
    try:
        return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC" if at else ""
    except (OverflowError, ValueError, OSError):
        return ""


def _worked(run: RunTrace, lane: Lane) -> str:
    calls = run.calls(lane)
    worked = run.worked(lane)
    return (counted(len(calls), "call") if calls else "") + (f", {duration(worked)}" if worked else "")
