"""Model calls on a timeline."""

from __future__ import annotations

from attrs import evolve
from journals import JOURNALS, START, broke, opened, ready, replied, said, wanted

from detent.diagrams.trace.activities import activities_of
from detent.diagrams.trace.activity import Activity, Lane, Span, Work
from detent.diagrams.trace.model_calls import model_of
from detent.diagrams.trace.moves import moves_of
from detent.states import Event, Limits
from detent.states.events import Cancelled, ModelReplied, Reply
from detent.states.messages import Said


def calls(*events: Event) -> list[Activity]:
    return [each for each in activities_of(moves_of((opened(), *events))) if each.lane is Lane.MODEL]


def test_a_call_lasts_as_long_as_it_took() -> None:
    (call,) = calls(said(0, "hi"), ready(1), replied(4, 2, text="hello"))

    assert (Span(work=Work.WORKING, start=START + 2, end=START + 4),) == call.spans
    assert ("gpt", "hello", "", 120) == (call.name, call.brief, call.fault, call.usage.total)


def test_a_call_of_unknown_length_began_when_it_was_asked_for() -> None:
    (call,) = calls(said(0, "hi"), ready(1), replied(4, 0, text="hello"))

    assert START + 1 == call.spans[0].start


def test_a_call_shows_what_was_said() -> None:
    spoken = Said(text="Let me see.", reasoning="hm", finish="tool_calls")
    event = ModelReplied(reply=Reply(said=spoken, calls=(wanted("look", '{"a": 1}'),)), at=START + 1)
    (call,) = calls(said(0, "hi"), ready(0), event)
    notes = {note.label: note.text for note in call.notes}

    expected = {"text": "Let me see.", "reasoning": "hm", "calls": 'look({"a": 1})', "finish reason": "tool_calls"}
    assert expected == notes
    assert "model" == call.name


def test_tries_are_marked_and_pauses_before_them_shown() -> None:
    first, second, third = calls(*JOURNALS["failed"][1:])

    assert ["server", "server", "server"] == [first.fault, second.fault, third.fault]
    assert (Work.PAUSE, START + 1, START + 1.5) == (second.spans[0].work, second.spans[0].start, second.spans[0].end)
    assert ["502 Bad Gateway", "try 2 · 502 Bad Gateway", "try 3 · 401 Unauthorized"] == [
        first.brief,
        second.brief,
        third.brief,
    ]
    assert "after 0.50 s" == next(note.text for note in first.notes if note.label == "next try")
    assert not [note for note in third.notes if note.label == "next try"]


def test_a_next_model_is_asked_at_once() -> None:
    _, second = calls(
        said(0, "hi"), ready(0, 1), broke(1, 1, retryable=False), ready(2), replied(3, 1, text="hi", model="spare")
    )

    assert ("spare", [Work.WORKING]) == (second.name, [span.work for span in second.spans])


def test_a_reply_of_no_use_says_what_is_wrong_with_it() -> None:
    (call,) = calls(said(0, "hi"), ready(0), replied(1, 1))

    assert "unusable_reply" == call.fault
    assert "empty" in next(note.text for note in call.notes if note.label == "fault")


def test_closing_words_are_called_so() -> None:
    limits = Limits(rounds=1, on_limit="answer")
    events = (said(0, "hi", limits), ready(0), replied(1, 1, wanted("look", "nonsense")), ready(1), replied(2, 1, text="bye"))

    assert "closing words · bye" == calls(*events)[1].brief


def test_a_call_that_nobody_waited_for_was_cancelled() -> None:
    (call,) = calls(said(0, "hi"), ready(1), Cancelled(at=START + 3))

    assert ("cancelled", Span(work=Work.WORKING, start=START + 1, end=START + 3)) == (call.fault, call.spans[0])


def test_a_call_that_is_owed_its_reply_goes_on() -> None:
    (call,) = calls(said(0, "hi"), ready(1))

    assert ("", True) == (call.fault, call.spans[0].going)


def test_a_model_is_named_by_the_event_that_comes_from_it() -> None:
    assert "gpt" == model_of(replied(0, 0)) == model_of(broke(0, 0))
    assert None is model_of(ready(0))
    assert None is model_of(evolve(replied(0, 0), reply=Reply()))
