"""The machine as Mermaid text (`stateDiagram-v2`), which GitHub draws."""

from __future__ import annotations

from attrs import frozen

from ..states import Rows
from .chart import Chart, Edge, Group, Node, chart, guards_by_event, update, words
from .tally import Tally
from .words import times

__all__ = ["escaped", "mermaid"]

_STYLES = {
    "working": "stroke:#2563eb,stroke-width:2px",
    "person": "stroke:#b45309,stroke-width:2px,stroke-dasharray:6 4",
    "ended": "stroke:#6b7280,stroke-width:5px",
    "limit": "stroke:#9a3412,stroke-width:5px,stroke-dasharray:14 3",
    "failure": "stroke:#b91c1c,stroke-width:5px,stroke-dasharray:3 3",
    "any": "stroke-dasharray:2 3",
}
_TAKEN = frozenset({"as", "class", "classdef", "direction", "end", "fork", "join", "note", "scale", "state", "style"})


def mermaid(rows: Rows, tally: Tally | None = None) -> str:
    """Return the drawing of *rows*, in the order of the table: the same text for the same rows.

    Rows that lead back to their state stand inside it, with their update.  What all states of a group share is drawn
    once, from a box that names them; there is none if they share nothing.

    With *tally*, what a run did is written into it: `3 times, 1.21 s` inside a state, how often behind a row that was taken.
    """
    drawn = chart(rows)
    sheet = _Sheet(drawn, tally or Tally())
    told = f"{len(drawn.nodes)} states and {len(rows)} transitions, drawn from the table that runs"
    lines = [
        "accTitle: The agent loop",
        f"accDescr: {told}{'' if tally is None else ', with how often a run took them'}",
        *(f"classDef {name} {style}" for name, style in _STYLES.items()),
        *sheet.lines(),
    ]
    return "\n    ".join(["stateDiagram-v2", *lines]) + "\n"


def escaped(text: str) -> str:
    """Return *text* with every character that means something to Mermaid as an entity; it is to be one line."""
    return "".join(f"#{ord(letter)};" if letter in '#;<>:"&%$`{}' else letter for letter in text)


@frozen(eq=False)
class _Sheet:
    drawn: Chart
    tally: Tally

    def lines(self) -> list[str]:
        drawn = self.drawn
        first = drawn.ended.nodes + drawn.live.nodes  # in this order Mermaid 11 puts no label on another
        return [
            *(line for node in first for line in self.state(node)),
            *(line for group in drawn.sharing for line in self.box(group)),
            f"[*] --> {_id(drawn.start)}",
            *(self.edge(edge) for edge in drawn.edges),
        ]

    def state(self, node: Node) -> list[str]:
        seen = self.tally.told(node)
        return _lines(_id(node), node.title, [*([seen] if seen else []), *self.inside(node)], node.kind.value)

    def box(self, group: Group) -> list[str]:
        members = ", ".join(node.name for node in group.nodes)
        return _lines(_id(group), f"any {group.name} state", [escaped(members), *self.inside(group)], "any")

    def inside(self, of: Node | Group) -> list[str]:
        lines = [(f"{escaped(words(row))} / {escaped(update(row))}", row) for row in of.shown]
        return [line + self.times(of.stays, row.event.__name__, row.label) for line, row in lines]

    def edge(self, edge: Edge) -> str:
        label: list[str] = []
        for event, guards in guards_by_event(edge.shown).items():
            label.append(escaped(event) + ("" if guards else self.times(edge.rows, event)))
            label += [
                escaped(f"[{guard}]") + self.times(edge.rows, event, "" if guard == "always" else guard) for guard in guards
            ]
        return f"{_id(edge.source)} --> {_id(edge.to)}: {'<br>'.join(label)}"

    def times(self, rows: Rows, event: str, guard: str | None = None) -> str:
        taken = self.tally.times(rows, event, guard)
        return f" {times(taken)}" if taken else ""


def _lines(name: str, title: str, inside: list[str], style: str) -> list[str]:
    return [f'state "{escaped(title)}" as {name}', *(f"{name}: {line}" for line in inside), f"class {name} {style}"]


def _id(of: Node | Group) -> str:
    """Return the name as Mermaid takes it: letters, digits and `_`, and no word of its own."""
    name = "".join(letter if letter.isalnum() else "_" for letter in of.name)
    if isinstance(of, Group):
        return f"any_{name}"
    return f"{name}_" if name.lower() in _TAKEN else name
