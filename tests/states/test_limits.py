"""What a run may use, and when it has used it up."""

from __future__ import annotations

import math

import pytest
from attrs import evolve
from scenes import prompting

from detent.errors import ConfigurationError
from detent.states import Conversation, Limits, Run, Usage
from detent.states.limits import fitting_calls, reached


def with_run(run: Run) -> Conversation:
    return evolve(prompting(), run=run)


@pytest.mark.parametrize("name", ["rounds", "tool_calls", "input_tokens", "output_tokens", "total_tokens"])
@pytest.mark.parametrize("value", [0, -1, 1.5, True, "3", math.nan])
def test_a_count_is_a_whole_number_of_at_least_one(name: str, value: object) -> None:
    with pytest.raises(ConfigurationError, match=rf"Limits\({name}=\.\.\.\): a whole number of at least 1 is wanted"):
        Limits(**{name: value})  # type: ignore[arg-type]  # that is the point


@pytest.mark.parametrize("value", [-1, 0.5, None, False])
def test_retries_are_a_whole_number_of_at_least_zero(value: object) -> None:
    with pytest.raises(ConfigurationError, match=r"Limits\(retries=\.\.\.\): a whole number of at least 0"):
        Limits(retries=value)  # type: ignore[arg-type]  # that is the point


@pytest.mark.parametrize("name", ["cost", "seconds"])
@pytest.mark.parametrize("value", [0, -1.0, math.inf, math.nan, True, "1"])
def test_a_measure_is_a_finite_number_above_zero(name: str, value: object) -> None:
    with pytest.raises(ConfigurationError, match=rf"Limits\({name}=\.\.\.\): a number above 0 is wanted"):
        Limits(**{name: value})  # type: ignore[arg-type]  # that is the point


def test_there_are_two_ways_out() -> None:
    assert ["summary", "answer"] == [Limits(on_limit="summary").on_limit, Limits(on_limit="answer").on_limit]

    with pytest.raises(ConfigurationError, match="on_limit"):
        Limits(on_limit="stop")  # type: ignore[arg-type]  # that is the point


def test_rounds_must_be_limited() -> None:
    with pytest.raises(ConfigurationError, match="rounds"):
        Limits(rounds=None)  # type: ignore[arg-type]  # that is the point


def test_none_is_no_limit() -> None:
    limits = Limits(tool_calls=None, input_tokens=None, output_tokens=None, total_tokens=None, cost=None, seconds=None)
    heavy = Usage(prompt=10**9, completion=10**9, cost=1e9)

    assert reached(with_run(Run(limits=limits, rounds=9, tool_calls=10**6, usage=heavy)), at=1e12) is None


@pytest.mark.parametrize(
    ("expected", "limits", "below", "at_it"),
    [
        ("1 round", Limits(rounds=1), Run(), Run(rounds=1)),
        ("3 rounds", Limits(rounds=3), Run(rounds=2), Run(rounds=3)),
        ("2 tool calls", Limits(tool_calls=2), Run(tool_calls=2), Run(tool_calls=2, refused_calls=1)),
        ("1 tool call", Limits(tool_calls=1), Run(tool_calls=1), Run(tool_calls=1, refused_calls=3)),
        ("1,000 input tokens", Limits(input_tokens=1000), Run(usage=Usage(prompt=999)), Run(usage=Usage(prompt=1000))),
        ("10 output tokens", Limits(output_tokens=10), Run(usage=Usage(completion=9)), Run(usage=Usage(completion=10))),
        ("10 tokens", Limits(total_tokens=10), Run(usage=Usage(prompt=9)), Run(usage=Usage(prompt=9, completion=1))),
        ("0.5 of cost", Limits(cost=0.5), Run(usage=Usage(cost=0.4)), Run(usage=Usage(cost=0.5))),
        ("0.5 of cost", Limits(cost=0.5), Run(usage=Usage(cost=None)), Run(usage=Usage(cost=0.75))),
        ("2.5 seconds", Limits(seconds=2.5), Run(started_at=8.0), Run(started_at=7.5)),
    ],
)
def test_a_limit_is_reached_at_its_number_and_named(expected: str, limits: Limits, below: Run, at_it: Run) -> None:
    assert reached(with_run(evolve(below, limits=limits)), at=10.0) is None
    assert expected == reached(with_run(evolve(at_it, limits=limits)), at=10.0)


def test_calls_fit_until_their_limit() -> None:
    assert fitting_calls(with_run(Run(tool_calls=100))) is None
    assert 2 == fitting_calls(with_run(Run(limits=Limits(tool_calls=3), tool_calls=1)))
    assert 0 == fitting_calls(with_run(Run(limits=Limits(tool_calls=3), tool_calls=3)))
    assert 0 == fitting_calls(with_run(Run(limits=Limits(tool_calls=3), tool_calls=5)))
