"""How far right everything stands: the two columns of states, their frames, and the upright pieces of edges."""

from __future__ import annotations

import math
from collections.abc import Iterable

from attrs import frozen

from .chart import Group, Kind, Node
from .heights import MARGIN, PAD, Heights, head
from .ports import Port, foot_ports, left_ports, over_the_top, right_ports, top_ports
from .routes import Plan, Route, Way
from .text import BOLD, MONO, NAME, lines_of, text_width

__all__ = ["BESIDE", "STUB", "Column", "columns", "is_flush_right"]

BESIDE = 9
"""Between a line and what is written beside it."""
STUB = 40
"""The length of the edge from the dot."""

_LANE, _APART, _TOPS, _MARK = 14, 18, 24, 24
_ASIDE = 48
"""Round what is written inside a state: room at the right for how often it came, which a trace adds."""


@frozen(eq=False)
class Column:
    """A frame and the states in it, each from left to right; *upright* is the x of the upright pieces of edges.

    *down* is that of the pieces in which an edge from over the top comes down; *head* is where the frame's head begins.
    """

    frame: tuple[int, int]
    head: int
    states: tuple[int, int]
    upright: dict[Route, int]
    down: dict[Route, int]


def columns(plan: Plan, heights: Heights) -> tuple[Column, Column]:
    """Return the column of the live states and that of the ended ones, from left to right."""
    live = _live(plan)
    return live, _ended(plan, heights, live.frame[1])


def is_flush_right(plan: Plan, route: Route) -> bool:
    """Whether what is written stands at the left of its line: that of an edge down beside one that leads back up."""
    return route.way is Way.DOWN and _is_paired(plan, route)


def _live(plan: Plan) -> Column:
    tops = top_ports(plan)
    wide = max(_widest(plan.spine), _TOPS * (len(tops) + 1))
    outer = [route for route in over_the_top(plan) if route not in tops]
    back, on = _short_first(plan, Way.LEFT), _short_first(plan, Way.RIGHT)
    lanes = _LANE * len(back + outer)
    room = max(_left_of(plan, wide), _head_width(plan.chart.live) - wide // 2 + _TOPS * len(tops) // 2 - _LANE * len(back))
    left = MARGIN + PAD + lanes + room
    middle, beyond = left + wide // 2, left + wide + _right_of(plan, wide)

    upright = _lanes(back, left - room, -_LANE) | _lanes(on, beyond, _LANE) | _between(plan, middle)
    down = _lanes(outer, left - room - _LANE * len(back), -_LANE) | _lanes(tops, middle + _TOPS * (len(tops) - 1) // 2, -_TOPS)
    head = MARGIN + 16 + _LANE * (len(outer) + bool(outer))
    return Column((MARGIN, beyond + _LANE * len(on) + PAD), head, (left, left + wide), upright, down)


def _ended(plan: Plan, heights: Heights, edge: int) -> Column:
    first = edge + max((port.route.width + 2 * BESIDE for port in foot_ports(plan)), default=PAD)
    bent = _bent(plan, heights)
    frame, wide = first + _LANE * len(bent) + PAD, _widest(plan.ends)
    left = frame + PAD
    ports = [port for node in plan.ends for port in right_ports(plan, node)]
    beyond = max(left + wide + _written(ports), frame + _head_width(plan.chart.ended))
    round_ends = [port.route for port in ports if port.leaves]
    upright = _lanes(bent, first, _LANE) | _lanes(round_ends, beyond, _LANE)
    upright |= _lanes(plan.leaving(plan.chart.ended, Way.BACK), left + wide // 2, _LANE)
    return Column((frame, beyond + _LANE * len(round_ends) + PAD), frame + 16, (left, left + wide), upright, {})


def _lanes(routes: Iterable[Route], first: int, step: int) -> dict[Route, int]:
    return {route: first + step * index for index, route in enumerate(routes)}


def _short_first(plan: Plan, way: Way) -> list[Route]:
    return sorted(plan.along(way), key=lambda route: route.span)


def _bent(plan: Plan, heights: Heights) -> list[Route]:
    """Return the edges to ended states that rise or fall on their way, in the order in which they cross least."""
    out = plan.along(Way.OUT)
    rising = [route for route in out if heights.fall(route) < 0]
    falling = [route for route in out if heights.fall(route) > 0]
    return sorted(rising, key=heights.leaving) + sorted(falling, key=heights.leaving, reverse=True)


def _between(plan: Plan, middle: int) -> dict[Route, int]:
    """Return the x of the edges between neighbours: in the middle, or a little beside it where one leads back."""
    aside = {Way.DOWN: -_APART, Way.UP: _APART}
    return {route: middle + (aside[route.way] if _is_paired(plan, route) else 0) for route in plan.along(*aside)}


def _is_paired(plan: Plan, route: Route) -> bool:
    return any(other.source is route.to and other.to is route.source for other in plan.along(Way.DOWN, Way.UP))


def _widest(nodes: Iterable[Node]) -> int:
    """Return the width of the states: as much as the widest needs."""
    return max((max([_title(node), *(line.width for line in lines_of(node.stays))]) + _ASIDE for node in nodes), default=0)


def _title(node: Node) -> int:
    return math.ceil(NAME * MONO * len(node.name)) + (0 if node.kind is Kind.WORKING else 2 * _MARK)


def _head_width(group: Group) -> int:
    return max(math.ceil(BOLD * text_width(line)) for line in head(group)) + 2 * PAD


def _left_of(plan: Plan, wide: int) -> int:
    """Return the room at the left of the live states, for what is written there."""
    over = [route.width + _APART + 2 * BESIDE - wide // 2 for route in plan.along(Way.DOWN) if is_flush_right(plan, route)]
    return max(_written(port for node in plan.spine for port in left_ports(plan, node)), *over, 0)


def _right_of(plan: Plan, wide: int) -> int:
    """Return the room at the right of the live states, for what is written there."""
    over = [
        route.width + _APART + 2 * BESIDE - wide // 2
        for route in plan.along(Way.DOWN, Way.UP)
        if not is_flush_right(plan, route)
    ]
    return max(_written(port for node in plan.spine for port in right_ports(plan, node)), *over, 0)


def _written(ports: Iterable[Port]) -> int:
    """Return the room for what is written at *ports*, and for the dot."""
    return max(
        (STUB if port.route.way is Way.START else port.route.width * port.leaves + 2 * BESIDE for port in ports), default=PAD
    )
