"""The properties: sentences that hold of sound moves, and of none that lose what they speak of."""

from __future__ import annotations

import random

import pytest
from attrs import evolve
from letter_walk import walk
from scenes import awaiting_model, call, calls, closing, dispatching, fault

from detent.machine.step import step
from detent.machine.verify import PROPERTIES
from detent.machine.verify.calls import CALLS
from detent.machine.verify.counting import every_fault_is_noted
from detent.machine.verify.ending import a_run_without_closing_words_says_what_was_gathered
from detent.machine.verify.turns import only_what_fits_is_run
from detent.states import Conversation, Event, State
from detent.states.events import Answered, Approved, Denied, ToolAsked, ToolFailed, ToolReturned, ToolStarted
from detent.states.turn import Ask

ABOUT_CALLS: list[Event] = [
    ToolStarted(call_id="call00000"),
    ToolReturned(call_id="call00000", content="4"),
    ToolFailed(call_id="call00000", content="Tool error: no"),
    ToolAsked(call_id="call00000", ask=Ask(question="which?")),
    Answered(call_id="call00000", answer="1"),
    Approved(call_id="call00000"),
    Denied(call_id="call00000"),
]


def test_each_is_a_sentence_of_its_own_that_says_whether_it_holds() -> None:
    names = [each.name for each in PROPERTIES]

    assert len(names) == len(set(names))
    assert all((each.holds.__doc__ or "").startswith("Whether ") for each in PROPERTIES)


def test_all_hold_of_any_walk() -> None:
    for before, letter, after in walk(random.Random(11), 1500):
        broken = [
            each.name
            for each in PROPERTIES
            if (not each.events or type(letter.event) in each.events) and not each.holds(before, letter.event, after)
        ]
        assert [] == broken


@pytest.mark.parametrize("event", ABOUT_CALLS, ids=lambda event: type(event).__name__)
def test_a_call_that_is_not_there_has_not_become_what_it_should(event: Event) -> None:
    blank = Conversation()

    assert not all(each.holds(blank, event, blank) for each in CALLS if type(event) in each.events)


def test_a_fault_that_is_forgotten_is_noticed() -> None:
    once = awaiting_model()
    before = evolve(once, run=evolve(once.run, faults=(fault().failure,)))
    after = step(before, fault())

    assert every_fault_is_noted(before, fault(), after)
    assert not every_fault_is_noted(before, fault(), evolve(after, run=evolve(after.run, faults=(fault().failure,) * 3)))
    assert not every_fault_is_noted(before, fault(), evolve(after, run=evolve(after.run, faults=())))


def test_a_run_that_ends_at_a_limit_without_a_word_is_noticed() -> None:
    before = closing()
    silent = evolve(before, state=State.LIMIT_HIT)

    assert not a_run_without_closing_words_says_what_was_gathered(before, fault(), silent)


def test_a_refusal_in_other_words_is_noticed() -> None:
    before, asked = awaiting_model(), calls(call(arguments="{"), call())
    after = step(before, asked)
    ran = dispatching(call(), call())

    assert only_what_fits_is_run(before, asked, after)
    assert not only_what_fits_is_run(before, asked, ran)
