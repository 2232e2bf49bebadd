"""The machine as DOT text, for Graphviz: `detent diagram --format dot | dot -Tpng -o machine.png`."""

from __future__ import annotations

from ..states import Rows
from .chart import Edge, Group, Kind, Node, chart, guards_by_event, update, words

__all__ = ["dot"]

_SHAPES = {
    Kind.WORKING: "shape=box, style=rounded, penwidth=2",
    Kind.PERSON: 'shape=box, style="rounded,dashed", penwidth=2',
    Kind.ENDED: "shape=box, style=rounded, peripheries=2",
    Kind.LIMIT: "shape=octagon, peripheries=2, margin=0.05",
    Kind.FAILURE: "shape=hexagon, peripheries=2, margin=0.05",
}
_FONT = 'fontname="Helvetica,Arial,sans-serif", fontsize='
_OPENING = (
    "compound=true",
    "rankdir=TB",
    "nodesep=0.5",
    "ranksep=0.7",
    f"graph [{_FONT}11]",
    f"node [{_FONT}12]",
    f"edge [{_FONT}10]",
    '"" [shape=point, width=0.15]',
)


def dot(rows: Rows) -> str:
    """Return the drawing of *rows*: the same text for the same rows, with nothing in it that Graphviz has to look up.

    Kinds of states differ in their outlines: rounded for the loop's own work, dashed for a person, double for an end, an
    octagon for a limit, a hexagon for a failure.  An edge that leaves a frame stands for one from each state in it.
    """
    drawn = chart(rows)
    lines = [
        *_OPENING,
        *(line for group in (drawn.live, drawn.ended) if group.nodes for line in _cluster(group)),
        f'"" -> {_quoted(drawn.start.name)}',
        *(_edge(edge) for edge in drawn.edges),
    ]
    return "\n    ".join(['digraph "The agent loop" {', *lines]) + "\n}\n"


def _cluster(group: Group) -> list[str]:
    head = "\n".join([f"{group.name} states", *(f"each stays on {words(row)} / {update(row)}" for row in group.shown)])
    return [
        f"subgraph {_quoted(f'cluster_{group.name}')} {{",
        f"    label={_quoted(head)}; labeljust=l; style=dotted",
        *(
            f"    {_quoted(node.name)} [label={_quoted(_inside(node), left=bool(node.shown))}, {_SHAPES[node.kind]}]"
            for node in group.nodes
        ),
        "}",
    ]


def _inside(node: Node) -> str:
    return "\n".join([node.title, *(f"{words(row)} / {update(row)}" for row in node.shown)])


def _edge(edge: Edge) -> str:
    lines = [
        line for event, guards in guards_by_event(edge.shown).items() for line in (event, *(f"  [{guard}]" for guard in guards))
    ]
    label = f"label={_quoted(chr(10).join(lines), left=True)}"
    if isinstance(edge.source, Node):
        return f"{_quoted(edge.source.name)} -> {_quoted(edge.to.name)} [{label}]"
    frame = _quoted(f"cluster_{edge.source.name}")
    return f"{_quoted(edge.source.nodes[-1].name)} -> {_quoted(edge.to.name)} [ltail={frame}, {label}]"


def _quoted(text: str, *, left: bool = False) -> str:
    r"""Return *text* as a quoted string; its lines end in `\l`, which sets them flush left, or in `\n`."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'.replace("\n", "\\n") if not left else '"' + escaped.replace("\n", "\\l") + '\\l"'
