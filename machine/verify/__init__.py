"""A model checker over the table that runs: everything that can happen, up to what makes no difference.

verify      explore a machine and hold every move against what is promised of it
Subject     a table, its alphabet, and its properties
subject_of  those of a `Machine` of your own
Property    something that holds of every move
Letter      something that can arrive
"""

from __future__ import annotations

from typing import Final

from ...states import ROWS, Rows
from .alphabet import Letter, expected, strays
from .canonical import canonical
from .explore import explore
from .explored import Explored, Move, Violation
from .liveness import find_the_endless, find_the_unending, find_the_unreached
from .own import subject_of
from .properties import PROPERTIES
from .property import Property
from .report import Report, path_diagram, told
from .subject import Subject

__all__ = [
    "DEPTH",
    "PROPERTIES",
    "Letter",
    "Move",
    "Property",
    "Report",
    "Subject",
    "Violation",
    "canonical",
    "expected",
    "path_diagram",
    "strays",
    "subject_of",
    "told",
    "verify",
]

DEPTH: Final = 30
"""Events from the start that are explored by default; the agent loop's own states end long before."""


def verify(machine: Subject | Rows = ROWS, *, depth: int = DEPTH, stop_at_first: bool = False) -> Report:
    """Return what was seen of *machine* with at most *depth* events, and what does not hold of it.

    *machine* is a table, held against the agent loop's own alphabet and properties, or a `Subject` with its own.  With
    *stop_at_first* the search ends with the first violation.
    """
    subject = machine if isinstance(machine, Subject) else Subject(rows=machine)
    seen = explore(subject, depth, stop_at_first=stop_at_first)
    if not seen.violations:  # what follows a fault is left out of the graph
        find_the_unending(seen)
        find_the_endless(seen)
        find_the_unreached(seen)
    return _report(seen)


def _report(seen: Explored) -> Report:
    return Report(
        states=len(seen.nodes),
        moves=seen.moves,
        depth=seen.depth,
        is_complete=not seen.open,
        properties=len(seen.subject.properties),
        rows=seen.subject.rows,
        untaken=seen.untaken,
        reached=seen.reached,
        unreached=seen.unreached,
        violations=tuple(seen.violations.values()),
    )
