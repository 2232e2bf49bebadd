"""The run's path on the picture of the machine: what was taken stands out, with how often and for how long."""

from __future__ import annotations

from ....states import Rows
from ...chart import chart, update, words
from ...figure import draw_frame, draw_state, draw_wire
from ...geometry import Placed, Point, Wire
from ...layout import lay_out
from ...routes import Way
from ...style import TIP
from ...tally import Tally
from ...text import BOLD, text_width
from ...words import duration, times
from .element import Element, drawn, element

__all__ = ["path", "taken_rows"]

_SIZE, _HEIGHT, _FROM_TIP = 10, 14, 14


def path(rows: Rows, tally: Tally) -> Element:
    """Return the picture of the machine of *rows*, with *tally* written into it.

    The number on an edge is how often it was taken; the label at a state, how often it was entered and how long it lasted.
    What was not taken is faint, and says the same when pointed at.
    """
    layout = lay_out(chart(rows))
    frames = [part for frame in layout.frames for part in drawn(draw_frame(frame))]
    wires = [_wire(wire, tally) for wire in layout.wires]
    states = [_state(placed, tally) for placed in layout.nodes]
    told = "The path of the runs on the machine; the transitions taken are listed below."
    return element(
        "svg",
        element("defs", *drawn(TIP)),
        *frames,
        *wires,
        *states,
        class_="machine",
        viewBox=f"0 0 {layout.width} {layout.height}",
        width=layout.width,
        height=layout.height,
        role="img",
        aria_label=told,
    )


def taken_rows(rows: Rows, tally: Tally) -> Element:
    """Return the rows that were taken as a table, in the order of *rows*."""
    head = element("tr", *(element("th", name, scope="col") for name in ("from", "event", "update", "to", "times")))
    lines = [
        element(
            "tr",
            element("td", str(row.source.value)),
            element("td", words(row)),
            element("td", update(row)),
            element("td", str(row.to.value)),
            element("td", f"{taken:,}", class_="number"),
        )
        for row in rows
        if (taken := tally.times((row,)))
    ]
    return element("table", element("thead", head), element("tbody", *lines))


def _wire(wire: Wire, tally: Tally) -> Element:
    edge = wire.route.edge
    taken = tally.times(edge.rows) if edge is not None else 0
    parts = drawn(draw_wire(wire))
    if taken:
        between = wire.route.way in (Way.DOWN, Way.UP)
        parts.append(_pill(f"{taken:,}", *(_at_the_start(wire.points) if between else _beside_the_tip(wire.points))))
    return element("g", *parts, class_="taken" if taken or edge is None else "untaken")


def _state(placed: Placed, tally: Tally) -> Element:
    visits, seconds = tally.visits.get(placed.node.name, 0), tally.seconds.get(placed.node.name)
    parts = drawn(draw_state(placed))
    stayed = tally.times(placed.node.stays)
    if visits:
        told = times(visits) + ("" if seconds is None else f", {duration(seconds)}")
        parts.append(_pill(told, placed.box.x + 10 + _width(told) // 2, placed.box.y))
    if stayed:
        told = f"stayed {times(stayed)}"
        parts.append(_pill(told, placed.box.right - 10 - _width(told) // 2, placed.box.bottom))
    return element("g", *parts, class_="taken" if visits or stayed else "untaken")


def _at_the_start(points: tuple[Point, ...]) -> Point:
    """Return the middle of a label where an upright wire begins, above or below what is written beside it."""
    (x, y), (_, end_y) = points
    return (x, y + (_HEIGHT // 2 + 2) * (1 if end_y > y else -1))


def _beside_the_tip(points: tuple[Point, ...]) -> Point:
    """Return the middle of a label on the last piece of a wire, near its tip, or half way where it is short."""
    (x, y), (end_x, end_y) = points[-2:]
    back = min(_FROM_TIP + _HEIGHT, (abs(end_x - x) + abs(end_y - y)) // 2)
    return (end_x - back * ((end_x > x) - (end_x < x)), end_y - back * ((end_y > y) - (end_y < y)))


def _pill(told: str, x: int, y: int) -> Element:
    wide = _width(told)
    box = element("rect", class_="pill", x=x - wide // 2, y=y - _HEIGHT // 2, width=wide, height=_HEIGHT, rx=_HEIGHT // 2)
    return element("g", box, element("text", told, class_="count", x=x, y=y + 4, text_anchor="middle"))


def _width(told: str) -> int:
    return max(_HEIGHT + 4, round(BOLD * text_width(told, _SIZE)) + 12)
