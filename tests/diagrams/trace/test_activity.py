"""Activities and their stretches of time."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from detent.diagrams.trace.activity import Activity, Draft, Lane, Note, Span, Work, merged
from detent.states import Usage

BEGUN = Activity(key="a", lane=Lane.TOOL, name="look", number=1, at=10.0)
TIMES = st.integers(0, 30)


@given(st.lists(st.tuples(TIMES, TIMES)))
def test_merged_stretches_cover_the_same_moments_and_no_two_touch(pairs: list[tuple[int, int]]) -> None:
    spans = [Span(work=Work.WORKING, start=min(pair), end=max(pair)) for pair in pairs]
    covered = merged(spans)
    halves = [half / 2 for half in range(-1, 62)]
    inside = [any(span.start <= at <= span.end for span in spans) for at in halves]

    assert inside == [any(start <= at <= end for start, end in covered) for at in halves]
    assert all(end < start for (_, end), (start, _) in pairwise(covered))


def test_work_begins_as_long_ago_as_it_took() -> None:
    draft = Draft(begun=BEGUN, started=11.0)
    draft.worked(14.0, 2.0)

    assert (Span(work=Work.WORKING, start=12.0, end=14.0),) == draft.over(14.0).spans


def test_work_of_unknown_length_began_when_it_was_started() -> None:
    draft = Draft(begun=BEGUN, started=11.0)
    draft.worked(14.0, 0.0)

    assert (Span(work=Work.WORKING, start=11.0, end=14.0),) == draft.over(14.0).spans


def test_no_work_begins_before_it_was_wanted() -> None:
    draft = Draft(begun=BEGUN)
    draft.worked(14.0, 100.0)

    assert 10.0 == draft.over(14.0).spans[0].start


def test_what_is_under_way_goes_on() -> None:
    waits, works = Draft(begun=BEGUN, asked=12.0), Draft(begun=BEGUN, started=13.0)

    assert (Span(work=Work.WAITING, start=12.0, end=15.0, going=True),) == waits.over(15.0, going=True).spans
    assert (Span(work=Work.WORKING, start=13.0, end=15.0),) == works.over(15.0).spans


def test_a_note_is_kept_once_and_an_empty_one_not_at_all() -> None:
    draft = Draft(begun=BEGUN)
    for text in ("seen", "seen", ""):
        draft.note("result", text)

    assert (Note("result", "seen"),) == draft.over(11.0).notes


def test_seconds_are_summed_by_what_was_done() -> None:
    draft = Draft(begun=BEGUN, asked=10.0)
    draft.heard(13.0)
    draft.worked(15.0, 2.0)
    draft.paused(15.0, 16.0)
    activity = draft.over(16.0)

    assert [2.0, 3.0, 1.0] == [activity.seconds(work) for work in (Work.WORKING, Work.WAITING, Work.PAUSE)]


def test_what_was_spent_on_the_way_is_added() -> None:
    draft = Draft(begun=BEGUN)
    draft.spend(Usage(prompt=1))

    assert Usage(prompt=3) == draft.over(11.0, usage=Usage(prompt=2)).usage
