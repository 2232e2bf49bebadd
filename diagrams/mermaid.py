"""The machine as Mermaid text (`stateDiagram-v2`), which GitHub draws."""

from __future__ import annotations

from ..states import Rows
from .chart import Chart, Edge, Group, Kind, Node, chart, once, update, words

__all__ = ["mermaid"]

_STYLES = {
    Kind.WORKING: "stroke:#2563eb,stroke-width:2px",
    Kind.PERSON: "stroke:#b45309,stroke-width:2px,stroke-dasharray:6 4",
    Kind.ENDED: "stroke:#6b7280,stroke-width:5px",
}
_TAKEN = frozenset({"as", "class", "classdef", "direction", "end", "fork", "join", "note", "scale", "state", "style"})
_TITLES = {
    "live": "live: a run is under way",
    "ended": "ended: the next words begin a run",
}


def mermaid(rows: Rows) -> str:
    """Return the drawing of *rows*: the same text for the same rows, an edge a line, in the order of the table.

    Rows that lead back to their state stand inside the state, with their update; an edge that leaves the frame of a
    group stands for one from each state in it.
    """
    drawn = chart(rows)
    lines = [
        "stateDiagram-v2",
        "accTitle: The agent loop",
        f"accDescr: {len(drawn.nodes)} states and {len(rows)} transitions, drawn from the table that runs",
        *(f"classDef {kind.value} {style}" for kind, style in _STYLES.items()),
        *(line for group in (drawn.live, drawn.ended) for line in _frame(group)),
        f"[*] --> {_id(drawn.start)}",
        *(_edge(edge) for edge in drawn.edges),
    ]
    return "\n".join([lines[0], *(f"    {line}" for line in lines[1:])]) + "\n"


def _frame(group: Group) -> list[str]:
    """Return the frame of *group* with its states, and what never leaves a state of it as a note beside the frame."""
    if not group.nodes:
        return []
    inside = [f"    {line}" for node in group.nodes for line in _state(node)]
    note = [f"note left of {_id(group)}: in each: {_escaped(words(row))} / {_escaped(update(row))}" for row in once(group.stays)]
    return [f'state "{_TITLES[group.name]}" as {_id(group)} {{', *inside, "}", *note]


def _state(node: Node) -> list[str]:
    title = f"«person» {node.name}" if node.kind is Kind.PERSON else node.name
    inside = [f"{_id(node)}: {_escaped(words(row))} / {_escaped(update(row))}" for row in node.stays]
    return [f'state "{_escaped(title)}" as {_id(node)}', *inside, f"class {_id(node)} {node.kind.value}"]


def _edge(edge: Edge) -> str:
    labels = dict.fromkeys(_escaped(words(row)) for row in edge.rows)
    return f"{_id(edge.source)} --> {_id(edge.to)}: {'<br>'.join(labels)}"


def _id(of: Node | Group) -> str:
    """Return the name as Mermaid takes it: letters, digits and `_`; a group's, and a word of the language, with `_` after it."""
    name = "".join(letter if letter.isalnum() else "_" for letter in of.name)
    return f"{name}_" if isinstance(of, Group) or name.lower() in _TAKEN else name


def _escaped(text: str) -> str:
    return "".join(f"#{ord(letter)};" if letter in '#;<>:"&' else letter for letter in text)
