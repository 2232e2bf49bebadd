"""The trace as Mermaid text: the run's path on the machine, and a sequence diagram of who said what."""

from __future__ import annotations

from ..mermaid import escaped, mermaid
from ..words import in_one_line
from .activity import Lane
from .runs import RunTrace, Trace
from .sequence import Party, Step, Way, parties, steps

__all__ = ["path", "sequence"]

_ARROWS = {Way.ASKS: "->>", Way.ANSWERS: "-->>"}
_LONGEST = 72
"""Characters of what was said that are drawn; Mermaid makes a diagram as wide as its longest text."""


def path(trace: Trace) -> str:
    """Return the machine as a state diagram, with how often each row was taken and how long each state lasted."""
    return mermaid(trace.rows, trace.tally)


def sequence(trace: Trace) -> str:
    """Return a sequence diagram of all runs: the user, models and tools, and what they said, cut to one line."""
    told = [(run, steps(run.moves)) for run in trace.runs]
    met = parties([step for _, said in told for step in said])
    names = {party: f"p{index}" for index, party in enumerate(met)}
    lines = ["accTitle: A run of the agent loop", *(_party(party, names[party]) for party in met)]
    for run, said in told:
        lines += [_heading(run, names, met), *(_line(step, names) for step in said)]
    return "\n    ".join(["sequenceDiagram", *lines]) + "\n"


def _party(party: Party, name: str) -> str:
    kind = "actor" if party.lane is Lane.USER else "participant"
    return f"{kind} {name} as {_said(party.name)}"


def _heading(run: RunTrace, names: dict[Party, str], met: tuple[Party, ...]) -> str:
    over = ",".join(dict.fromkeys([names[met[0]], names[met[-1]]]))
    return f"Note over {over}: run {run.number}, {escaped(run.state)}"


def _line(step: Step, names: dict[Party, str]) -> str:
    told = ("✗ " if step.fault else "") + _said(step.text)
    if step.way is Way.NOTE:
        return f"Note over {names[step.source]}: {told}"
    return f"{names[step.source]}{_ARROWS[step.way]}{names[step.to]}: {told}"


def _said(text: str) -> str:
    """Return *text* as Mermaid shows it and no more; a space where there is none, for a message can not be empty."""
    return escaped(in_one_line(text, _LONGEST)) or "#160;"
