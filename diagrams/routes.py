"""Which way each edge goes: the live states stand in one column, the ended ones in a second, to its right."""

from __future__ import annotations

import enum

from attrs import frozen

from .chart import Chart, Edge, Group, Kind, Node
from .text import LINE, Line, lines_of

__all__ = ["Plan", "Route", "Way", "plan"]


class Way(enum.Enum):
    """How an edge is led: straight to a neighbour of the column, or round it."""

    DOWN = "to the next state below"
    UP = "to the next state above"
    LEFT = "back over other states, at the left"
    RIGHT = "on over other states, at the right"
    OUT = "from the live states to an ended one"
    BACK = "from the ended states to a live one, over the top"
    ACROSS = "from an ended state to another"
    START = "from the dot"


@frozen(eq=False)
class Route:
    """An edge and its way.  *span* is how many states it goes on or back; *source* is None for the dot."""

    source: Node | Group | None
    to: Node
    way: Way
    span: int = 0
    edge: Edge | None = None
    lines: tuple[Line, ...] = ()

    @property
    def width(self) -> int:
        """The width of what is written beside it, in pixels."""
        return max((line.width for line in self.lines), default=0)

    @property
    def height(self) -> int:
        """The height of what is written beside it, in pixels."""
        return LINE * len(self.lines)


@frozen(eq=False)
class Plan:
    """The order of both columns, from the top, and the way of every edge."""

    chart: Chart
    spine: tuple[Node, ...]
    ends: tuple[Node, ...]
    routes: tuple[Route, ...]

    def leaving(self, source: Node | Group, *ways: Way) -> list[Route]:
        """Return the routes of those ways out of *source*, in the order of the table."""
        return [route for route in self.routes if route.source is source and route.way in ways]

    def arriving(self, to: Node, *ways: Way) -> list[Route]:
        """Return the routes of those ways into *to*, in the order of the table."""
        return [route for route in self.routes if route.to is to and route.way in ways]

    def along(self, *ways: Way) -> list[Route]:
        """Return all routes of those ways."""
        return [route for route in self.routes if route.way in ways]


def plan(chart: Chart) -> Plan:
    """Return the order of the states and the way of each edge."""
    spine = _spine(chart)
    ends = _ends(chart, spine)
    start = Route(source=None, to=chart.start, way=Way.START)
    return Plan(chart, spine, ends, (start, *(_route(edge, spine) for edge in chart.edges)))


def _route(edge: Edge, spine: tuple[Node, ...]) -> Route:
    span = 0
    if isinstance(edge.source, Node) and edge.source in spine and edge.to in spine:
        span = spine.index(edge.to) - spine.index(edge.source)
    return Route(edge.source, edge.to, _way(edge, span), abs(span), edge, lines_of(edge.shown))


def _way(edge: Edge, span: int) -> Way:
    if span:
        return {1: Way.DOWN, -1: Way.UP}.get(span, Way.RIGHT if span > 0 else Way.LEFT)
    if not edge.to.kind.ends:
        return Way.BACK
    from_ended = isinstance(edge.source, Node) and edge.source.kind.ends
    return Way.ACROSS if from_ended else Way.OUT


def _spine(chart: Chart) -> tuple[Node, ...]:
    """Return the live states along the longest way through the loop, those that wait for a person after the others."""
    depth = _depths(chart)
    return tuple(sorted(chart.live.nodes, key=lambda node: (node.kind is Kind.PERSON, depth[node])))


def _depths(chart: Chart) -> dict[Node, int]:
    """Return how far each live state is from where runs begin, edges that lead back left out."""
    live = chart.live.nodes
    following = {node: [edge.to for edge in chart.edges if edge.source is node and edge.to in live] for node in live}
    onward: dict[Node, list[Node]] = {node: [] for node in live}
    left: list[Node] = []

    def visit(node: Node, *trail: Node) -> None:
        onward[node] = [to for to in following[node] if to not in (node, *trail)]
        for to in onward[node]:
            if to not in left:
                visit(to, node, *trail)
        left.append(node)

    for node in (*_entries(chart), *live):
        if node not in left:
            visit(node)
    depth = dict.fromkeys(live, 0)
    for node in reversed(left):
        for to in onward[node]:
            depth[to] = max(depth[to], depth[node] + 1)
    return depth


def _entries(chart: Chart) -> list[Node]:
    live = chart.live.nodes
    entries = [edge.to for edge in chart.edges if edge.to in live and edge.source not in live]
    return [node for node in (chart.start, *entries) if node in live]


def _ends(chart: Chart, spine: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return the ended states, each near the middle of the states that lead to it."""

    def height(node: Node) -> float:
        sources = [edge.source for edge in chart.edges if edge.to is node]
        levels = [
            spine.index(source) if isinstance(source, Node) else len(spine)
            for source in sources
            if source not in chart.ended.nodes
        ]
        return sum(levels) / len(levels) if levels else len(spine)

    return tuple(sorted(chart.ended.nodes, key=height))
