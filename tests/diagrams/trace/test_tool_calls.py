"""Tool calls on a timeline."""

from __future__ import annotations

from journals import JOURNALS, START, opened, ready, replied, returned, said, started, wanted

from detent.diagrams.trace.activities import activities_of
from detent.diagrams.trace.activity import Activity, Lane, Work
from detent.diagrams.trace.moves import moves_of
from detent.diagrams.trace.tool_calls import asked_for
from detent.states import Event
from detent.states.events import Cancelled, ToolReturned
from detent.states.messages import Part, call_id


def calls(*events: Event) -> list[Activity]:
    return [each for each in activities_of(moves_of(events)) if each.lane is Lane.TOOL]


def stretches(call: Activity) -> list[tuple[str, float, float]]:
    return [(span.work.value, span.start - START, span.end - START) for span in call.spans]


def notes(call: Activity) -> dict[str, str]:
    return {note.label: note.text for note in call.notes}


def dispatched(*names: str) -> tuple[Event, ...]:
    return (opened(), said(0, "go"), ready(0), replied(1, 1, *(wanted(name) for name in names)))


def test_parallel_calls_overlap() -> None:
    weather, look, _ = calls(*JOURNALS["parallel"])

    assert [("working", 3601, 3602)] == stretches(weather)
    assert [("working", 3601, 3603)] == stretches(look)


def test_a_call_that_a_person_decides_on_and_is_asked_about_waits_twice() -> None:
    *_, pay = calls(*JOURNALS["parallel"])

    assert [
        ("waiting", 1, 3601),
        ("working", 3601, 3603.5),
        ("waiting", 3603.5, 3703.5),
        ("working", 3703.5, 3704),
    ] == stretches(pay)
    assert {
        "arguments": "{}",
        "agreed to by a person": '{"amount": 10}',
        "question to a person": "From which account?",
        "answered by a person": '"savings"',
        "result": "paid",
    } == notes(pay)


def test_a_call_that_failed_says_how() -> None:
    _, look, _ = calls(*JOURNALS["parallel"])

    assert ("timed_out", "Tool error: no") == (look.fault, notes(look)["result"])


def test_a_refused_call_says_why_and_one_that_waits_goes_on() -> None:
    ann, bob, ask = calls(*JOURNALS["waiting"])

    assert ("denied", "not Ann", [("waiting", 2, 60)]) == (ann.fault, notes(ann)["denied by a person"], stretches(ann))
    assert (True, [("waiting", 2, 60)]) == (bob.spans[0].going, stretches(bob))
    assert ("", ()) == (ask.fault, ask.spans)


def test_a_call_that_can_not_run_has_its_outcome_at_once() -> None:
    _, broken = calls(*JOURNALS["limited"])

    assert ("bad_arguments", ()) == (broken.fault, broken.spans)
    assert "not valid JSON" in notes(broken)["result"]
    assert "nonsense" == notes(broken)["arguments"]


def test_a_turn_that_is_sealed_at_once_is_shown_too() -> None:
    moves = moves_of((opened(), said(0, "go"), ready(0), replied(1, 1, wanted("look", "nonsense"))))

    assert ["look"] == [call.name for call, _, outcome in asked_for(moves[-1]) if outcome is not None]
    assert [] == asked_for(moves[1])


def test_an_agent_that_ran_as_a_tool_is_named_by_its_conversation() -> None:
    (tidier,) = calls(*JOURNALS["inner"])

    assert ("outer:3:call00000", 1250) == (notes(tidier)["conversation of its own"], tidier.usage.total)
    assert 'A call waits for a yes.\nremove({"path": "notes.md"})' == notes(tidier)["question to a person"]


def test_a_call_that_was_started_and_cancelled_ran_until_then() -> None:
    events = (*dispatched("one", "two"), started(2, 0), Cancelled(at=START + 5))
    one, two = calls(*events)

    assert [("working", 2, 5)] == stretches(one)
    assert ("cancelled", "cancelled", []) == (one.fault, two.fault, stretches(two))


def test_a_call_that_was_started_twice_says_so() -> None:
    (call,) = calls(*dispatched("one"), started(2, 0), started(100, 0), returned(101, 0, 0))

    assert [("working", 100, 101)] == stretches(call)
    assert "started again" in notes(call)


def test_a_call_that_runs_goes_on() -> None:
    (call,) = calls(*dispatched("one"), started(2, 0))

    assert (True, Work.WORKING) == (call.spans[0].going, call.spans[0].work)


def test_images_and_files_are_named() -> None:
    part = Part("image_url", '{"type": "image_url", "image_url": {"url": "data:a"}}')
    event = ToolReturned(call_id=call_id(0), content="seen", parts=(part, part), seconds=1, at=START + 2)
    (call,) = calls(*dispatched("look"), event)

    assert "image_url, image_url" == notes(call)["images and files"]
