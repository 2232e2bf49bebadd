"""How high everything stands: states, the ends of edges at their sides, and the ways over the top.

What is written beside an edge stands above its line, at the port where it leaves.  A state is as high as its ports need,
so no label is in the way of another.
"""

from __future__ import annotations

from itertools import zip_longest

from attrs import frozen

from .chart import Group, Node, words
from .ports import Port, foot_ports, landing_ports, left_ports, over_the_top, right_ports
from .routes import Plan, Route, Way
from .text import LINE, lines_of

__all__ = ["HEAD", "MARGIN", "PAD", "Heights", "Span", "head", "heights", "inside"]

MARGIN, PAD = 20, 22
"""Round the drawing, and inside a frame."""
HEAD = 20
"""From line to line at the head of a frame."""

_TITLE, _GAP, _TRACK = 40, 40, 14


@frozen
class Span:
    """From *top* to *bottom*."""

    top: int
    bottom: int

    @property
    def height(self) -> int:
        """How high it is."""
        return self.bottom - self.top


@frozen(eq=False)
class Heights:
    """The y of everything.  *tracks* are the ways over the top; both frames stand in *frame*."""

    nodes: dict[Node, Span]
    ports: dict[Port, int]
    tracks: dict[Route, int]
    frame: Span

    def leaving(self, route: Route) -> int:
        """Return the y at which *route* leaves."""
        return self.ports[Port(route, leaves=True)]

    def entering(self, route: Route) -> int:
        """Return the y at which *route* enters."""
        return self.ports[Port(route, leaves=False)]

    def fall(self, route: Route) -> int:
        """Return by how much *route* falls on its way."""
        return self.entering(route) - self.leaving(route)


def heights(plan: Plan) -> Heights:
    """Return where everything stands, from top to bottom."""
    tracks, top = _tracks(plan)
    live = _column(plan, top + PAD + HEAD * len(head(plan.chart.live)))
    ports = {
        port: y
        for node in plan.spine
        for side in (left_ports, right_ports)
        for port, y in _spread(side(plan, node), live[node])
    }
    low = max((span.bottom for span in live.values()), default=top)
    foot = Span(low, low + sum(port.room for port in foot_ports(plan)))
    ports.update(_spread(foot_ports(plan), foot))

    ended = _facing(plan, ports, top + PAD + HEAD * len(head(plan.chart.ended)))
    for node, span in ended.items():
        ports.update(_landed(landing_ports(plan, node), span, ports))
        ports.update(_spread(right_ports(plan, node), span))
    bottom = max([foot.bottom, *(span.bottom for span in ended.values())])
    return Heights(live | ended, ports, tracks, Span(top, bottom + PAD))


def inside(node: Node) -> int:
    """Return how high the name of a state and what is written inside it are."""
    return _TITLE + (LINE * len(lines_of(node.shown)) + 10 if node.shown else 0)


def head(group: Group) -> tuple[str, ...]:
    """Return what is written at the head of a group's frame: its name, and what leaves none of its states."""
    return (f"{group.name} states", *(f"each stays on {words(row)}" for row in group.shown))


def _tracks(plan: Plan) -> tuple[dict[Route, int], int]:
    """Return the y of each way over the top, and the top of the frames below."""
    above: dict[Route, int] = {}
    height = _TRACK
    for route in over_the_top(plan):
        above[route] = height
        height += route.height + 12 if isinstance(route.source, Group) else _TRACK
    top = MARGIN + (height if above else 0)
    return {route: top - y for route, y in above.items()}, top


def _column(plan: Plan, y: int) -> dict[Node, Span]:
    """Return the live states one below the other."""
    spans: dict[Node, Span] = {}
    for node, below in zip_longest(plan.spine, plan.spine[1:]):
        spans[node] = Span(y, y + max(inside(node), _room(left_ports(plan, node)), _room(right_ports(plan, node))))
        between = plan.leaving(node, Way.DOWN) + (plan.leaving(below, Way.UP) if below else [])
        y = spans[node].bottom + max((route.height + 34 for route in between), default=_GAP)
    return spans


def _facing(plan: Plan, ports: dict[Port, int], y: int) -> dict[Node, Span]:
    """Return the ended states one below the other, each where the edges that lead to it leave, if there is room."""
    spans: dict[Node, Span] = {}
    for node in plan.ends:
        height = max(inside(node), _room(landing_ports(plan, node)), _room(right_ports(plan, node)))
        sources = [ports[Port(port.route, leaves=True)] for port in landing_ports(plan, node)]
        wanted = sum(sources) // len(sources) - height // 2 if sources else y
        spans[node] = Span(max(y, wanted), max(y, wanted) + height)
        y = spans[node].bottom + PAD
    return spans


def _room(ports: list[Port]) -> int:
    return sum(port.room for port in ports) + 10


def _spread(ports: list[Port], span: Span) -> list[tuple[Port, int]]:
    """Return the y of each port: in the middle of *span*, its room above it."""
    y = span.top + (span.height - sum(port.room for port in ports)) // 2
    placed: list[tuple[Port, int]] = []
    for port in ports:
        y += port.room
        placed.append((port, y - (6 if port.route.lines else 9)))
    return placed


def _landed(ports: list[Port], span: Span, leaving: dict[Port, int]) -> list[tuple[Port, int]]:
    """Return the y of each port: that of the other end if it is level with *span*, as near to it as may be if not."""
    placed: list[tuple[Port, int]] = []
    low = span.top + 10
    for left, port in enumerate(ports):
        last = span.bottom - 10 - 14 * (len(ports) - left - 1)
        y = min(max(leaving[Port(port.route, leaves=True)], low), last)
        placed.append((port, y))
        low = y + 14
    return placed
