"""The layout: nothing stands on anything else, for the table that runs and for any other."""

from __future__ import annotations

import enum
from itertools import combinations, pairwise
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from detent.diagrams.chart import chart
from detent.diagrams.geometry import Box, Layout, Point, Wire
from detent.diagrams.layout import lay_out
from detent.states import EVENTS, ROWS, Conversation, Event, Row, Rows, State
from detent.states.row import always


class Other(enum.Enum):
    """States beyond those of the library."""

    REVIEWING = "reviewing"
    WAITING = "awaiting_a_payment_from_a_customer"
    ARCHIVED = "archived"


def is_so(conversation: Conversation, event: Event) -> bool:
    return True


def is_what_nobody_would_have_thought_of(conversation: Conversation, event: Event) -> bool:
    return True


def keep(conversation: Conversation, event: Event) -> Conversation:
    return conversation


STATES = [*State, *(cast("State", other) for other in Other)]


@st.composite
def tables(draw: st.DrawFn) -> Rows:
    """Return any rows, sensible or not."""
    states = st.sampled_from(draw(st.lists(st.sampled_from(STATES), min_size=1, unique=True)))
    guards = st.sampled_from([always, is_so, is_what_nobody_would_have_thought_of])
    rows = st.builds(Row, states, st.sampled_from(EVENTS), states, st.just(keep), guards)
    return tuple(draw(st.lists(rows, max_size=40)))


def touches(piece: tuple[Point, Point], box: Box) -> bool:
    (left, right), (top, bottom) = (sorted(ends) for ends in zip(*piece, strict=True))
    return left < box.right and right > box.x and top < box.bottom and bottom > box.y


def run_together(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """Whether two pieces share more than a point of the same line."""
    for across, along in ((0, 1), (1, 0)):
        if len({point[across] for point in (*one, *other)}) == 1:
            (start, end), (begin, stop) = (sorted(point[along] for point in piece) for piece in (one, other))
            return max(start, begin) < min(end, stop)
    return False


def pieces(wire: Wire) -> list[tuple[Point, Point]]:
    return list(pairwise(wire.points))


def assert_is_readable(layout: Layout) -> None:
    states, labels = [placed.box for placed in layout.nodes], [label.box for label in layout.labels]
    sheet = Box(0, 0, layout.width, layout.height)
    assert not [pair for pair in combinations([*states, *labels], 2) if pair[0].overlaps(pair[1])]
    assert all(sheet.holds(box) for box in [*states, *labels, *(frame.box for frame in layout.frames)])
    assert all(sheet.holds(Box(x, y, 0, 0)) for wire in layout.wires for x, y in wire.points)
    for wire in layout.wires:
        assert not [box for box in [*states, *labels] for piece in pieces(wire) if touches(piece, box)]
    for one, other in combinations(layout.wires, 2):
        assert not [1 for piece in pieces(one) for beside in pieces(other) if run_together(piece, beside)]


def test_the_table_that_runs_is_drawn_readably() -> None:
    assert_is_readable(lay_out(chart(ROWS)))


def test_a_table_that_a_user_made_longer_is_drawn_readably(grown: Rows) -> None:
    assert_is_readable(lay_out(chart(grown)))


@given(tables())
def test_any_table_is_drawn_readably(rows: Rows) -> None:
    assert_is_readable(lay_out(chart(rows)))


@given(tables())
def test_every_edge_begins_and_ends_at_its_states(rows: Rows) -> None:
    layout = lay_out(chart(rows))
    boxes: dict[object, Box] = {placed.node: placed.box for placed in layout.nodes}
    boxes |= {frame.group: frame.box for frame in layout.frames}
    for wire in layout.wires:
        ends = [(boxes[wire.route.to], wire.points[-1])]
        ends += [(boxes[wire.route.source], wire.points[0])] if wire.route.source else []
        for box, (x, y) in ends:
            assert box.holds(Box(x, y, 0, 0))
            assert x in (box.x, box.right) or y in (box.y, box.bottom)


@given(tables())
def test_there_is_a_wire_for_every_edge_and_one_for_the_start(rows: Rows) -> None:
    drawn = chart(rows)
    wires = lay_out(drawn).wires

    assert [None, *drawn.edges] == [wire.route.edge for wire in wires]
    assert drawn.start is wires[0].route.to


def test_the_core_of_the_loop_stands_in_one_line_and_the_person_after_it() -> None:
    live = [placed.node.name for placed in lay_out(chart(ROWS)).nodes if placed.node in chart(ROWS).live.nodes]

    assert ["prompting", "awaiting_model", "dispatching_tools", "awaiting_approval"] == live
