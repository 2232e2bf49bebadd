"""Where moments stand on a timeline."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detent.diagrams.trace.activity import Span, Work
from detent.diagrams.trace.scale import scale

DAY = 86_400.0
STRETCHES = st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 500), st.sampled_from(Work)), max_size=8)


def spans(*stretches: tuple[float, float], work: Work = Work.WORKING) -> list[Span]:
    return [Span(work=work, start=start, end=end) for start, end in stretches]


def test_where_all_is_work_the_scale_is_even() -> None:
    at = scale(spans((0, 4), (4, 10)), 0, 10)

    assert [0.0, 40.0, 50.0, 100.0] == [at(0), at(4), at(5), at(10)]
    assert () == at.cuts


def test_a_long_wait_is_drawn_short_and_marked() -> None:
    at = scale([*spans((0, 10), (DAY, DAY + 10)), *spans((10, DAY), work=Work.WAITING)], 0, DAY + 10)
    (cut,) = at.cuts

    assert DAY - 10 == cut.seconds
    assert (at(10), at(DAY)) == (cut.left, cut.right)
    assert cut.right - cut.left == pytest.approx(100 * 2.4 / 22.4)
    assert at(10) == pytest.approx(at(DAY + 10) - at(DAY))


def test_a_short_wait_is_drawn_as_long_as_it_was() -> None:
    at = scale(spans((0, 10), (11, 21)), 0, 21)

    assert () == at.cuts
    assert at(10) == pytest.approx(100 * 10 / 21)


def test_where_nothing_works_waits_are_drawn_as_they_were() -> None:
    at = scale(spans((0, 10), work=Work.WAITING), 0, 10)

    assert (50.0, ()) == (at(5), at.cuts)


def test_no_time_at_all_is_no_width() -> None:
    at = scale([], 5, 5)

    assert (0.0, (), ()) == (at(5), at.cuts, at.ticks)


def test_a_scale_may_leave_room_at_the_end() -> None:
    assert 90.0 == scale(spans((0, 10)), 0, 10, 90.0)(10)


@given(STRETCHES, st.lists(st.integers(-10, 6000), min_size=2))
def test_later_stands_further_right_and_nothing_stands_outside(
    stretches: list[tuple[int, int, Work]], moments: list[int]
) -> None:
    made = [Span(work=work, start=start, end=start + length) for start, length, work in stretches]
    at = scale(made, 0, 5500)
    placed = [at(moment) for moment in sorted(moments)]

    assert sorted(placed) == placed
    assert all(0.0 <= place <= 100.0 for place in placed)


@given(STRETCHES)
def test_work_is_drawn_in_proportion(stretches: list[tuple[int, int, Work]]) -> None:
    made = [Span(work=work, start=start, end=start + length) for start, length, work in stretches]
    at = scale(made, 0, 5500)
    rates = [(at(span.end) - at(span.start)) / span.seconds for span in made if span.work is Work.WORKING]

    assert all(rate == pytest.approx(rates[0], rel=1e-6) for rate in rates)


@given(st.integers(1, 100_000))
def test_ticks_are_a_few_round_numbers_within(seconds: int) -> None:
    ticks = scale(spans((0, seconds)), 0, seconds).ticks

    assert 3 <= len(ticks) <= 7
    assert all(0 <= tick <= seconds for tick in ticks)
    assert all(f"{tick:.0e}"[0] in "1245680" for tick in ticks[1:2])


def test_no_tick_stands_in_a_cut() -> None:
    at = scale(spans((0, 10), (DAY, DAY + 10)), 0, DAY + 10)

    assert at.ticks
    assert all(tick <= 10 or DAY <= tick for tick in at.ticks)
