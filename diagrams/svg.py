"""The machine as an SVG picture: text as text, no script, no font of its own, readable on light and dark pages."""

from __future__ import annotations

from xml.sax.saxutils import escape

from ..states import Rows
from .chart import Kind, chart
from .figure import draw_frame, draw_state, draw_wire, shape
from .geometry import Box
from .layout import lay_out
from .legend import Block, Cells, Legend, legend
from .style import TIP, css
from .text import LINE, text_width

__all__ = ["svg"]

_MARGIN, _KEY = 20, 64
_KEYS = {
    Kind.WORKING: "the loop is at work",
    Kind.PERSON: "a person is asked",
    Kind.ENDED: "the run has ended, not the conversation",
    Kind.LIMIT: "at a limit",
    Kind.FAILURE: "by a failure",
}


def svg(rows: Rows, *, lit: str = "", with_table: bool = True) -> str:
    """Return the picture of *rows*: the same text for the same rows.  The state named *lit* is the one that shines.

    Edges carry events and guards; what is written inside a state leads back to it.  An edge that leaves a frame stands
    for one from each state in it.  The table below, if there is one, has every row with its update.
    """
    drawn = chart(rows)
    layout = lay_out(drawn)
    table = legend(drawn, tuple(placed.node for placed in layout.nodes))
    width = max(layout.width, table.width + 2 * _MARGIN if with_table else 0)
    height = layout.height + _KEY + (table.height if with_table else 0)
    parts = [
        *_opening(width, height, f"{len(drawn.nodes)} states and {len(rows)} transitions, drawn from the table that runs."),
        *(draw_frame(frame) for frame in layout.frames),
        *(draw_wire(wire) for wire in layout.wires),
        *(draw_state(placed, lit=placed.node.name == lit) for placed in layout.nodes),
        *_key(layout.height),
        *(_table(table, layout.height + _KEY) if with_table else ()),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _opening(width: int, height: int, told: str) -> list[str]:
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title desc">',
        '<title id="title">The agent loop</title>',
        f'<desc id="desc">{told}</desc>',
        f"<style>{escape(css())}</style>",
        f"<defs>{TIP}</defs>",
        f'<rect class="paper" width="{width}" height="{height}"/>',
    ]


def _key(y: int) -> list[str]:
    """Return the explanation of the outlines, on one line."""
    parts: list[str] = []
    x = _MARGIN
    for kind, told in _KEYS.items():
        parts.append(shape(kind, Box(x, y, 34, 22)))
        parts.append(f'<text x="{x + 44}" y="{y + 16}">{told}</text>')
        x += 44 + text_width(told) + 28
    dot = f'<circle class="tip" cx="{x + 6}" cy="{y + 11}" r="6"/><text x="{x + 20}" y="{y + 16}">a new conversation</text>'
    return [*parts, dot]


def _table(table: Legend, top: int) -> list[str]:
    parts: list[str] = []
    for x, blocks in ((_MARGIN, table.left), (_MARGIN + table.second, table.right)):
        y = top
        for block in blocks:
            parts += _block(block, table, x, y)
            y += block.height
    return parts


def _block(block: Block, table: Legend, x: int, y: int) -> list[str]:
    title = f'<text class="state event" x="{x}" y="{y}">{escape(block.title)}</text>'
    rule = f'<path class="rule" d="M{x} {y + 6} H{x + table.column}"/>'
    return [title, rule, *(_cells(row, table, x, y + 6 + LINE * index) for index, row in enumerate(block.rows, 1))]


def _cells(row: Cells, table: Legend, x: int, y: int) -> str:
    goes = ("state", f"→ {row.to}") if row.to else ("quiet", "stays")
    cells = (("event", row.event), ("", row.guard), ("quiet", row.update), goes)
    drawn = "".join(
        f'<tspan class="{look}" x="{x + stop}">{escape(text)}</tspan>'
        for stop, (look, text) in zip(table.stops, cells, strict=True)
    )
    return f'<text y="{y}">{drawn}</text>'.replace(' class=""', "")
