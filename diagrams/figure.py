"""The parts of the picture above the table: frames, states and wires, each with its rows as the text shown on hovering."""

from __future__ import annotations

from xml.sax.saxutils import escape

from ..states import Rows
from .chart import Kind, Node, name_of, update, words
from .geometry import Box, Frame, Label, Placed, Point, Wire
from .heights import HEAD, inside
from .routes import Way
from .style import sign
from .text import INDENT, LINE, MONO, NAME, Line, lines_of

__all__ = ["draw_frame", "draw_state", "draw_wire", "shape"]

_CORNER, _LOOP = 8, (Way.DOWN, Way.UP, Way.LEFT, Way.RIGHT)
_CORNERS = {Kind.LIMIT: "L", Kind.FAILURE: "A{0} {0} 0 0 0 "}
"""How a corner is drawn, in the words of an SVG path."""


def draw_frame(frame: Frame) -> str:
    """Return the frame of a group with its head."""
    box = frame.box
    rect = f'<rect class="frame" x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="12"/>'
    looks = ("event", *("quiet" for _ in frame.head[1:]))
    texts = [
        f'<text class="{look}" x="{frame.head_x}" y="{box.y + 22 + HEAD * index}">{escape(line)}</text>'
        for index, (look, line) in enumerate(zip(looks, frame.head, strict=True))
    ]
    return "\n".join([f"<g>{_told(frame.group.stays)}", rect, *texts, "</g>"])


def draw_state(placed: Placed, *, lit: bool = False) -> str:
    """Return the state: its name, its sign, and below a rule the rows that lead back to it; *lit* with a bright ring."""
    node, box = placed.node, placed.box
    lines = lines_of(node.shown)
    top = box.y + (box.height - inside(node)) // 2
    ring = [_ring(box)] if lit else []
    parts = [f"<g>{_told(node.stays)}", *ring, shape(node.kind, box), *_name(node, box.middle, top + 25)]
    if lines:
        parts.append(f'<path class="rule" d="M{box.x + 12} {top + 38} H{box.right - 12}"/>')
        parts.append(_lines(lines, box.x + 14, top + 42))
    return "\n".join([*parts, "</g>"])


def shape(kind: Kind, box: Box) -> str:
    """Return the outline of a state: plain, broken for a person, double for an end.

    The corners of an end are round, cut off for a limit, and notched for a failure.
    """
    outer = _outline(kind, box, _CORNER)
    return outer + _outline(kind, box.inset(4), _CORNER - 3) if kind.ends else outer


def draw_wire(wire: Wire) -> str:
    """Return an edge with its arrow and what is written beside it; a dot where it comes from nowhere."""
    kind = "wire loop" if wire.route.way in _LOOP else "wire"
    told = _told(wire.route.edge.rows) if wire.route.edge else "<title>A new conversation rests here</title>"
    (x, y) = wire.points[0]
    dot = f'<circle class="tip" cx="{x}" cy="{y}" r="6"/>' if wire.route.source is None else ""
    label = "" if wire.label is None else "\n" + _label(wire.label)
    return f'<g>{told}\n<path class="{kind}" marker-end="url(#tip)" d="{_path(wire.points)}"/>{dot}{label}\n</g>'


def _outline(kind: Kind, box: Box, corner: int) -> str:
    if kind not in _CORNERS:
        size = f'width="{box.width}" height="{box.height}"'
        return f'<rect class="{kind.value}" x="{box.x}" y="{box.y}" {size} rx="{corner}"/>'
    to = _CORNERS[kind].format(corner)
    left, top, right, low = box.x + corner, box.y + corner, box.right - corner, box.bottom - corner
    upper = f"M{left} {box.y} H{right} {to}{box.right} {top} V{low} {to}{right} {box.bottom}"
    return f'<path class="{kind.value}" d="{upper} H{left} {to}{box.x} {low} V{top} {to}{left} {box.y} Z"/>'


def _ring(box: Box) -> str:
    size = f'x="{box.x - 5}" y="{box.y - 5}" width="{box.width + 10}" height="{box.height + 10}" rx="13"'
    return f'<rect id="now" {size} fill="none" stroke="#f59e0b" stroke-width="6"><title>It rests here</title></rect>'


def _told(rows: Rows) -> str:
    told = "\n".join(f"{name_of(row.source)}: {words(row)} / {update(row)} → {name_of(row.to)}" for row in rows)
    return f"<title>{escape(told)}</title>" if told else ""


def _name(node: Node, middle: int, y: int) -> list[str]:
    """Return the name in the middle, and the sign before it."""
    path = sign(node)
    name = f'<text class="name" x="{middle + (12 if path else 0)}" y="{y}" text-anchor="middle">{escape(node.name)}</text>'
    left = middle - round(NAME * MONO * len(node.name) / 2) - 8
    return [name] if path is None else [f'<path class="sign" transform="translate({left} {y - 5})" d="{path}"/>', name]


def _label(label: Label) -> str:
    return _lines(
        label.lines, label.box.right if label.flush_right else label.box.x, label.box.y, flush_right=label.flush_right
    )


def _lines(lines: tuple[Line, ...], x: int, y: int, *, flush_right: bool = False) -> str:
    """Return the lines, the first with its upper side at *y*; *x* is where they begin, or end."""
    anchor = ' text-anchor="end"' if flush_right else ""
    texts: list[str] = []
    for index, line in enumerate(lines):
        inset = INDENT if not line.event and not flush_right else 0
        event = f'<tspan class="event">{escape(line.event)}</tspan>' if line.event else ""
        gap = " " if line.event and line.guard else ""
        texts.append(f'<text x="{x + inset}" y="{y + 12 + LINE * index}"{anchor}>{event}{gap}{escape(line.guard)}</text>')
    return "\n".join(texts)


def _path(points: tuple[Point, ...]) -> str:
    """Return the pieces with round corners."""
    drawn = [f"M{points[0][0]} {points[0][1]}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        (ax, ay), (bx, by) = _towards(corner, before), _towards(corner, after)
        drawn.append(f"L{ax} {ay} Q{corner[0]} {corner[1]} {bx} {by}")
    return " ".join([*drawn, f"L{points[-1][0]} {points[-1][1]}"])


def _towards(corner: Point, other: Point) -> Point:
    """Return the point a corner's radius away from *corner*, or half way if that is nearer."""
    (x, y), (dx, dy) = corner, (other[0] - corner[0], other[1] - corner[1])
    radius = min(_CORNER, (abs(dx) + abs(dy)) // 2)
    return (x + radius * ((dx > 0) - (dx < 0)), y + radius * ((dy > 0) - (dy < 0)))
