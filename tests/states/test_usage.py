"""What model calls have used: sums, and what is left of them."""

from __future__ import annotations

import sys

import attrs
import pytest
from hypothesis import given
from strategies import usages

from detent.states import Usage
from detent.states.usage import MOST_TOKENS

COUNTS = ("prompt", "completion", "cached", "reasoning", "model_calls")


def test_usage_is_added_field_by_field() -> None:
    one = Usage(prompt=1, completion=2, cached=3, reasoning=4, model_calls=5, cost=0.5)

    assert Usage(prompt=2, completion=4, cached=6, reasoning=8, model_calls=10, cost=1.0) == one + one
    assert 3 == one.total


def test_a_cost_is_unknown_only_while_both_are() -> None:
    assert (Usage() + Usage()).cost is None
    assert 0.5 == (Usage(cost=0.5) + Usage()).cost
    assert 0.5 == (Usage() + Usage(cost=0.5)).cost
    assert 0.0 == (Usage() + Usage(cost=0.0)).cost


@given(usages, usages)
def test_usage_never_shrinks(one: Usage, other: Usage) -> None:
    total = one + other

    assert total.total >= one.total
    assert (total.cost or 0) >= (one.cost or 0)
    assert total == other + one


@pytest.mark.parametrize("cost", [-0.5, float("nan"), float("inf")])
def test_a_cost_is_a_number_that_can_be_added(cost: float) -> None:
    with pytest.raises(ValueError, match="cost"):
        Usage(cost=cost)


@pytest.mark.parametrize("name", ["prompt", "completion", "cached", "reasoning", "model_calls"])
def test_a_count_is_never_negative(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Usage(**{name: -1})


@pytest.mark.parametrize("name", COUNTS)
def test_a_count_is_one_that_every_reader_of_json_reads(name: str) -> None:
    most = Usage(**{name: MOST_TOKENS})
    with pytest.raises(ValueError, match=name):
        Usage(**{name: MOST_TOKENS + 1})

    assert most == most + Usage(**{name: 1}) == most + most


def test_a_cost_that_no_number_can_hold_is_the_largest_one() -> None:
    dear = Usage(cost=sys.float_info.max)

    assert dear == dear + dear
    assert dear == dear + Usage(cost=1.0)


def test_what_is_left_is_worked_out_field_by_field() -> None:
    whole = Usage(prompt=5, completion=7, cached=9, reasoning=11, model_calls=13, cost=2.0)
    one = Usage(prompt=1, completion=2, cached=3, reasoning=4, model_calls=5, cost=0.5)

    assert Usage(prompt=4, completion=5, cached=6, reasoning=7, model_calls=8, cost=1.5) == whole - one


def test_nothing_is_left_of_less() -> None:
    one = Usage(prompt=1, completion=2, cached=3, reasoning=4, model_calls=5, cost=0.5)

    assert Usage(cost=0.0) == one - (one + one)


def test_what_is_left_of_an_unknown_cost_is_unknown() -> None:
    assert (Usage() - Usage()).cost is None
    assert (Usage() - Usage(cost=0.5)).cost is None
    assert 0.5 == (Usage(cost=0.5) - Usage()).cost


@given(usages, usages)
def test_what_was_added_can_be_taken_away(one: Usage, other: Usage) -> None:
    left = one + other - other

    assert [getattr(one, name) for name in COUNTS] == [getattr(left, name) for name in COUNTS]
    assert (one + other).cost is None or 0 <= (left.cost or 0)
    assert one == attrs.evolve(left, cost=one.cost)
