"""The machine as Mermaid text (`stateDiagram-v2`), which GitHub draws."""

from __future__ import annotations

from ..states import Rows
from .chart import Chart, Edge, Group, Kind, Node, chart, guards_by_event, update, words

__all__ = ["mermaid"]

_STYLES = {
    "working": "stroke:#2563eb,stroke-width:2px",
    "person": "stroke:#b45309,stroke-width:2px,stroke-dasharray:6 4",
    "ended": "stroke:#6b7280,stroke-width:5px",
    "any": "stroke-dasharray:2 3",
}
_TAKEN = frozenset({"as", "class", "classdef", "direction", "end", "fork", "join", "note", "scale", "state", "style"})


def mermaid(rows: Rows) -> str:
    """Return the drawing of *rows*, in the order of the table: the same text for the same rows.

    Rows that lead back to their state stand inside it, with their update.  What all states of a group share is drawn
    once, from a box that names them; there is none if they share nothing.
    """
    drawn = chart(rows)
    first = drawn.ended.nodes + drawn.live.nodes  # in this order Mermaid 11 puts no label on another
    lines = [
        "accTitle: The agent loop",
        f"accDescr: {len(drawn.nodes)} states and {len(rows)} transitions, drawn from the table that runs",
        *(f"classDef {name} {style}" for name, style in _STYLES.items()),
        *(line for node in first for line in _state(node)),
        *(line for group in _sharing(drawn) for line in _box(group)),
        f"[*] --> {_id(drawn.start)}",
        *(_edge(edge) for edge in drawn.edges),
    ]
    return "\n    ".join(["stateDiagram-v2", *lines]) + "\n"


def _state(node: Node) -> list[str]:
    title = f"«person» {node.name}" if node.kind is Kind.PERSON else node.name
    return _lines(_id(node), title, _inside(node.stays), node.kind.value)


def _box(group: Group) -> list[str]:
    members = ", ".join(node.name for node in group.nodes)
    return _lines(_id(group), f"any {group.name} state", [_escaped(members), *_inside(group.shown)], "any")


def _lines(name: str, title: str, inside: list[str], style: str) -> list[str]:
    return [f'state "{_escaped(title)}" as {name}', *(f"{name}: {line}" for line in inside), f"class {name} {style}"]


def _inside(rows: Rows) -> list[str]:
    return [f"{_escaped(words(row))} / {_escaped(update(row))}" for row in rows]


def _sharing(drawn: Chart) -> list[Group]:
    leaving = [edge.source for edge in drawn.edges]
    return [group for group in (drawn.live, drawn.ended) if group.stays or group in leaving]


def _edge(edge: Edge) -> str:
    label = [
        _escaped(line)
        for event, guards in guards_by_event(edge.shown).items()
        for line in (event, *(f"[{guard}]" for guard in guards))
    ]
    return f"{_id(edge.source)} --> {_id(edge.to)}: {'<br>'.join(label)}"


def _id(of: Node | Group) -> str:
    """Return the name as Mermaid takes it: letters, digits and `_`, and no word of its own."""
    name = "".join(letter if letter.isalnum() else "_" for letter in of.name)
    if isinstance(of, Group):
        return f"any_{name}"
    return f"{name}_" if name.lower() in _TAKEN else name


def _escaped(text: str) -> str:
    return "".join(f"#{ord(letter)};" if letter in '#;<>:"&' else letter for letter in text)
