"""A run as a timeline: bars in proportion, told without colour."""

from __future__ import annotations

from itertools import pairwise
from xml.etree.ElementTree import Element

import pytest
from journals import JOURNALS, START, Journal, opened, ready, replied, returned, said, wanted

from detent.diagrams.trace.runs import trace
from detent.diagrams.trace.web.timeline import timeline


def drawn(journal: Journal, run: int = 0) -> Element:
    return timeline(trace(journal).runs[run])


def bars(row: Element) -> list[tuple[str, float, float]]:
    """Return the look of each bar of a row, and where it begins and ends, in per cent."""
    found = [part for part in row.iter("rect") if "bar" in str(part.get("class")).split()]
    placed = [(float(str(part.get("x")).rstrip("%")), float(str(part.get("width")).rstrip("%"))) for part in found]
    return [(str(part.get("class")), x, x + wide) for part, (x, wide) in zip(found, placed, strict=True)]


def rows(journal: Journal, run: int = 0) -> dict[str, Element]:
    return {str(row.get("id")): row for row in drawn(journal, run).iter("details")}


def text(row: Element, of: str) -> str:
    return next("".join(part.itertext()) for part in row.iter("span") if of == part.get("class"))


def test_the_bars_of_parallel_tools_overlap() -> None:
    found = rows(JOURNALS["parallel"])
    ((_, weather_from, weather_to),) = bars(found["call00000"])
    ((_, look_from, look_to),) = bars(found["call00001"])

    assert weather_from == look_from < weather_to < look_to
    assert weather_to - weather_from == pytest.approx((look_to - look_from) / 2, abs=0.02)


def test_tools_that_ran_one_after_the_other_do_not() -> None:
    events = (opened(), said(0, "go"), ready(0), replied(1, 1, wanted("a"), wanted("b")), returned(2, 0, 1), returned(3, 1, 1))
    ((_, _, first_to),) = bars(rows(events)["call00000"])
    ((_, second_from, _),) = bars(rows(events)["call00001"])

    assert first_to <= second_from + 0.01


def test_waiting_for_a_person_looks_other_than_work_and_a_pause_other_than_both() -> None:
    found = rows(JOURNALS["parallel"])
    pay = [look for look, _, _ in bars(found["call00002"])]
    again = [look for look, _, _ in bars(found["model-16"])]

    assert ["bar waiting", "bar working", "bar waiting", "bar working"] == pay
    assert ["bar pause", "bar working"] == again


def test_what_came_to_nothing_is_marked_by_sign_word_and_hatching() -> None:
    look = rows(JOURNALS["parallel"])["call00001"]

    assert "fault" in str(look.get("class")).split()
    assert [("✗ look", "timed out {}")] == [(text(look, "who"), text(look, "brief"))]
    assert ["bar working broken"] == [found for found, _, _ in bars(look)]


def test_only_the_work_that_came_to_nothing_is_hatched() -> None:
    looks = [look for look, _, _ in bars(rows(JOURNALS["hostile"])["call00002"])]

    assert ["bar working", "bar waiting", "bar working broken"] == looks


def test_what_is_still_under_way_goes_on_to_the_end() -> None:
    found = rows(JOURNALS["waiting"])
    (look, start, end) = bars(found["call00001"])[0]

    assert ("bar waiting going", 100.0) == (look, round(end, 1))
    assert start < 90
    assert "waits for a person" == text(found["call00001"], "took")
    assert max(to for row in found.values() for look, _, to in bars(row) if "going" not in look) < 95


def test_the_shortest_bar_can_be_seen() -> None:
    found = rows(JOURNALS["long"])

    assert all(end - start >= 0.34 for row in found.values() for _, start, end in bars(row))
    assert all(0 <= start and end <= 100.01 for row in found.values() for _, start, end in bars(row))


def test_a_row_tells_seconds_waits_and_tokens() -> None:
    found = rows(JOURNALS["parallel"])

    assert "3.00 s1 h 1 min waited" == text(found["call00002"], "took")
    assert "1.00 s120 tokens" == text(found["model-3"], "took")


def test_a_row_opens_to_all_that_was_said() -> None:
    found = rows(JOURNALS["parallel"])["call00002"]
    labels = ["".join(part.itertext()) for part in found.iter("h4")]
    texts = ["".join(part.itertext()) for part in found.iter("pre")]

    assert ["arguments", "agreed to by a person", "question to a person", "answered by a person", "result"] == labels
    assert ["{}", '{"amount": 10}', "From which account?", '"savings"', "paid"] == texts


def test_a_very_long_text_is_cut_and_says_by_how_much() -> None:
    events = (opened(), said(0, "x" * 25_000))
    user = rows(events)["event-2"]

    assert [20_000] == [len("".join(part.itertext())) for part in user.iter("pre")]
    assert ["5,000 more characters in the journal"] == ["".join(part.itertext()) for part in user.iter("p")]


def test_cuts_and_round_seconds_stand_on_the_axis() -> None:
    axis = next(part for part in drawn(JOURNALS["parallel"]).iter("div") if part.get("class") == "axis")
    told = ["".join(part.itertext()) for part in axis.iter("text")]

    assert {"// 1 h 0 min //", "// 1 min 40 s //", "0:00.00"} <= set(told)


def test_no_two_texts_of_the_axis_stand_on_each_other() -> None:
    for journal in JOURNALS.values():
        for run in trace(journal).runs:
            axis = next(part for part in timeline(run).iter("div") if part.get("class") == "axis")
            places = sorted(float(str(part.get("x")).rstrip("%")) for part in axis.iter("text") if part.get("class") is None)

            assert all(later - earlier > 10 for earlier, later in pairwise(places))


def test_a_run_without_any_time_is_drawn_too() -> None:
    assert ["event-1"] == list(rows((opened(),)))
    assert START == trace((opened(),)).start
