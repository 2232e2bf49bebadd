"""Where edges meet states: which side, and in which order, so that few of them cross."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from .chart import Node
from .routes import Plan, Route, Way

__all__ = ["Port", "foot_ports", "landing_ports", "left_ports", "over_the_top", "right_ports", "top_ports"]

_BARE = 18


@frozen
class Port:
    """Where an edge meets a state: the one it leaves (*leaves*) or the one it enters."""

    route: Route
    leaves: bool

    @property
    def room(self) -> int:
        """The height it takes at the side; what is written beside the edge stands where it leaves."""
        return self.route.height + 12 if self.leaves and self.route.lines else _BARE


def left_ports(plan: Plan, node: Node) -> list[Port]:
    """Return the ports at the left of a live state, from the top: those that go up, then those that come."""
    from_above = [] if node is plan.spine[0] else plan.arriving(node, Way.BACK)
    come = [*plan.arriving(node, Way.START), *from_above, *_short_first(plan.arriving(node, Way.LEFT))[::-1]]
    return [*_out(_short_first(plan.leaving(node, Way.LEFT))), *_in(come)]


def right_ports(plan: Plan, node: Node) -> list[Port]:
    """Return the ports at the right of a state, from the top."""
    if node in plan.ends:
        go = plan.leaving(node, Way.BACK, Way.ACROSS)
        return [*_in(plan.arriving(node, Way.START)), *_out(go), *_in(plan.arriving(node, Way.ACROSS))]
    go = _by_end(plan, plan.leaving(node, Way.OUT)) + _short_first(plan.leaving(node, Way.RIGHT))[::-1]
    return [*_in(_short_first(plan.arriving(node, Way.RIGHT))), *_out(go)]


def foot_ports(plan: Plan) -> list[Port]:
    """Return the ports of the live states' frame, from the top: what all of them share."""
    return _out(_by_end(plan, plan.leaving(plan.chart.live, Way.OUT)))


def landing_ports(plan: Plan, node: Node) -> list[Port]:
    """Return the ports at the left of an ended state, from the top: in the order of the states they come from."""
    order = [*plan.spine, plan.chart.live]
    return _in(sorted(plan.arriving(node, Way.OUT), key=lambda route: order.index(route.source) if route.source else 0))


def over_the_top(plan: Plan) -> list[Route]:
    """Return the routes that lead from the ended states back to live ones, the lowest first."""
    routes = plan.leaving(plan.chart.ended, Way.BACK) + [route for node in plan.ends for route in plan.leaving(node, Way.BACK)]
    return sorted(routes, key=lambda route: route.to is not plan.spine[0])


def top_ports(plan: Plan) -> list[Route]:
    """Return the routes that enter the first live state from above, from the right."""
    return [route for route in over_the_top(plan) if route.to is plan.spine[0]]


def _out(routes: Iterable[Route]) -> list[Port]:
    return [Port(route, leaves=True) for route in routes]


def _in(routes: Iterable[Route]) -> list[Port]:
    return [Port(route, leaves=False) for route in routes]


def _short_first(routes: list[Route]) -> list[Route]:
    return sorted(routes, key=lambda route: route.span)


def _by_end(plan: Plan, routes: list[Route]) -> list[Route]:
    return sorted(routes, key=lambda route: plan.ends.index(route.to))
