"""The drawing's layout: boxes, lines and labels, from where everything stands."""

from __future__ import annotations

from attrs import frozen

from .chart import Chart, Group, Node
from .columns import BESIDE, STUB, Column, columns, is_flush_right
from .geometry import Box, Frame, Label, Layout, Placed, Point, Wire
from .heights import MARGIN, Heights, head, heights
from .routes import Plan, Route, Way, plan

__all__ = ["lay_out"]

_ABOVE = 5


def lay_out(chart: Chart) -> Layout:
    """Return the layout of *chart*: no state stands on another, no label on a state or on another label."""
    planned = plan(chart)
    high = heights(planned)
    sheet = _Sheet(planned, high, *columns(planned, high))
    wires = tuple(sheet.wire(route) for route in planned.routes)
    nodes = tuple(Placed(node, sheet.box(node)) for node in (*planned.spine, *planned.ends))
    frames = tuple(sheet.frame(group) for group in (chart.live, chart.ended) if group.nodes)
    right = max(frame.box.right for frame in frames)
    return Layout(right + MARGIN, high.frame.bottom + MARGIN, frames, nodes, wires)


@frozen(eq=False)
class _Sheet:
    plan: Plan
    high: Heights
    live: Column
    ended: Column

    def frame(self, group: Group) -> Frame:
        column = self._column(group)
        left, right = column.frame
        return Frame(group, Box(left, self.high.frame.top, right - left, self.high.frame.height), head(group), column.head)

    def box(self, of: Node | Group) -> Box:
        if isinstance(of, Group):
            return self.frame(of).box
        (left, right), span = self._column(of).states, self.high.nodes[of]
        return Box(left, span.top, right - left, span.height)

    def wire(self, route: Route) -> Wire:
        points = self._points(route)
        return Wire(route, tuple(dict.fromkeys(points)), self._label(route, points) if route.lines else None)

    def _column(self, of: Node | Group) -> Column:
        return self.live if of is self.plan.chart.live or of in self.plan.spine else self.ended

    def _points(self, route: Route) -> list[Point]:
        if route.source is None:
            return self._from_the_dot(route)
        source, to = self.box(route.source), self.box(route.to)
        match route.way:
            case Way.DOWN:
                return [(self.live.upright[route], source.bottom), (self.live.upright[route], to.y)]
            case Way.UP:
                return [(self.live.upright[route], source.y), (self.live.upright[route], to.bottom)]
            case Way.BACK:
                return self._over_the_top(route, source, to)
            case _:
                return self._round(route, source, to)

    def _from_the_dot(self, route: Route) -> list[Point]:
        to, y = self.box(route.to), self.high.entering(route)
        return [(to.right + STUB, y), (to.right, y)] if route.to in self.plan.ends else [(to.x - STUB, y), (to.x, y)]

    def _round(self, route: Route, source: Box, to: Box) -> list[Point]:
        """Return a way with one upright piece: from side to side, or out and in again at the same side."""
        start = source.x if route.way is Way.LEFT else source.right
        end = to.x if route.way in (Way.LEFT, Way.OUT) else to.right
        upright = (self.live.upright | self.ended.upright).get(route, end)
        leave, enter = self.high.leaving(route), self.high.entering(route)
        return [(start, leave), (upright, leave), (upright, enter), (end, enter)]

    def _over_the_top(self, route: Route, source: Box, to: Box) -> list[Point]:
        up, down, track = self.ended.upright[route], self.live.down[route], self.high.tracks[route]
        points = [(up, source.y), (up, track), (down, track), (down, to.y)]
        if isinstance(route.source, Node):
            leave = self.high.leaving(route)
            points[:1] = [(source.right, leave), (up, leave)]
        if route.to is not self.plan.spine[0]:
            enter = self.high.entering(route)
            points[-1:] = [(down, enter), (to.x, enter)]
        return points

    def _label(self, route: Route, points: list[Point]) -> Label:
        """Return what is written: beside an upright edge between neighbours, else above the first level piece."""
        (x, y), (next_x, next_y) = points[:2]
        flush_right = is_flush_right(self.plan, route) if route.way in (Way.DOWN, Way.UP) else next_x <= x
        left = x - BESIDE - route.width if flush_right else x + BESIDE
        if route.way in (Way.DOWN, Way.UP):
            top = (y + next_y - route.height) // 2
        else:
            top = (next_y if next_x == x else y) - _ABOVE - route.height
        return Label(Box(left, top, route.width, route.height), route.lines, flush_right)
