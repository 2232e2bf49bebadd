"""What a run came to, in figures."""

from __future__ import annotations

from attrs import evolve
from journals import JOURNALS, opened, ready, replied, said

from detent.diagrams.trace.facts import facts, moment, tokens
from detent.diagrams.trace.runs import trace
from detent.states import Usage


def test_a_run_is_told_in_figures() -> None:
    (run,) = trace(JOURNALS["parallel"]).runs

    assert {
        "began": "2026-09-21 14:13:20 UTC",
        "took": "1 h 1 min",
        "models": "3 calls, 2.50 s",
        "tools": "3 calls, 6.00 s",
        "people": "waited for 1 h 1 min",
        "tokens": "240 (200 in, 40 out)",
        "faults": "1 model call in vain",
    } == facts(run)


def test_what_is_nought_is_left_out() -> None:
    (run,) = trace((evolve(opened(), at=0.0),)).runs

    assert {"took": "0.00 s"} == facts(run)


def test_a_cost_is_told_where_it_is_known() -> None:
    reply = replied(1, 1, text="hi")
    priced = evolve(reply, reply=evolve(reply.reply, usage=Usage(prompt=1, cost=0.0125)))
    (run,) = trace((opened(), said(0, "hi"), ready(0), priced)).runs

    assert "0.0125" == facts(run)["cost"]


def test_tokens_are_told_by_kind() -> None:
    assert "1,200 (1,000 in, 200 out, 800 cached, 5 reasoning)" == tokens(
        Usage(prompt=1000, completion=200, cached=800, reasoning=5)
    )
    assert "" == tokens(Usage())


def test_a_moment_that_no_calendar_has_is_not_told() -> None:
    assert "" == moment(0.0) == moment(1e300)
