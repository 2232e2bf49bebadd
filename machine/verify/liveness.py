"""What only the whole graph can tell: whether every run can end, and whether one could go on for ever."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import cast

from .explored import Explored
from .names import name_of, name_of_row

__all__ = ["find_the_endless", "find_the_unending", "find_the_unreached"]


def find_the_unending(seen: Explored) -> None:
    """Note the state nearest to the start from which no end of a run can be reached; what lies beyond the depth may end."""
    arrives: dict[Hashable, list[Hashable]] = {}
    for form, edges in seen.edges.items():
        for to, _ in edges:
            arrives.setdefault(to, []).append(form)
    ends = [form for form, node in seen.nodes.items() if seen.subject.is_over(node.record)] + seen.open
    can_end, waiting = set(ends), ends
    while waiting:
        for form in arrives.get(waiting.pop(), ()):
            if form not in can_end:
                can_end.add(form)
                waiting.append(form)
    stuck = next((form for form in seen.nodes if form not in can_end), None)
    if stuck is not None:
        seen.broken("every run can end", "from here none of the ends is reached", seen.path(stuck))


def find_the_endless(seen: Explored) -> None:
    """Note a circle of moves that nobody outside has a hand in: a run that goes on for ever."""
    alone = {form: [to for to, outside in edges if not outside] for form, edges in seen.edges.items()}
    try:
        TopologicalSorter(alone).prepare()
    except CycleError as error:
        circle = cast("Sequence[Hashable]", error.args[1])[::-1]  # it names them against the direction of the moves
        names = " -> ".join(name_of(seen.nodes[form].record.state) for form in circle)
        seen.broken("no run goes on for ever by itself", f"from here on round and round: {names}", seen.path(circle[0]))


def find_the_unreached(seen: Explored) -> None:
    """Note rows that nothing takes and states that nothing reaches, where all that there is was seen."""
    if seen.open:
        return
    wanted = tuple(row for row in seen.subject.rows if seen.subject.has_to_be_taken(row))
    if idle := "; ".join(name_of_row(row) for row in seen.untaken if row in wanted):
        seen.broken("every row is taken", idle)
    states = {state for row in wanted for state in (row.source, row.to)}
    if missed := ", ".join(name_of(state) for state in seen.unreached if state in states):
        seen.broken("every state is reached", missed)
