"""A tool turn: open while a call is owed its outcome, then sealed."""

from __future__ import annotations

import pytest
from history_oracle import judge
from scenes import sealed

from detent.states.messages import Call, Said
from detent.states.turn import Outcome, OutcomeKind, SealedTurn, Slot, ToolTurn

RETURNED = Outcome(kind=OutcomeKind.RETURNED, content="4")
CANCELLED = Outcome(kind=OutcomeKind.CANCELLED, content="Tool error: cancelled")
OVER = Outcome(kind=OutcomeKind.OVER_LIMIT, content="Tool error: over")


def a_slot(call_id: str, *, gated: bool = False, outcome: Outcome | None = None) -> Slot:
    return Slot(call=Call(id=call_id, name="look"), gated=gated, outcome=outcome)


def a_turn(*slots: Slot) -> ToolTurn:
    return ToolTurn(seq=3, said=Said(), slots=slots)


def owed_ids(turn: ToolTurn) -> list[str]:
    return [slot.call.id for slot in turn.owed]


def test_a_turn_has_a_call() -> None:
    with pytest.raises(ValueError, match="slots"):
        a_turn()


def test_a_turn_owes_the_calls_without_an_outcome_in_call_order() -> None:
    turn = a_turn(a_slot("a"), a_slot("b", outcome=RETURNED), a_slot("c"))

    assert ["a", "c"] == owed_ids(turn)
    assert turn.owes("a")
    assert not turn.owes("b")
    assert not turn.owes("z")


def test_a_turn_waits_for_a_word_on_gated_calls_only() -> None:
    turn = a_turn(a_slot("a", gated=True), a_slot("b"), a_slot("c", gated=True, outcome=OVER))

    assert ["a"] == [slot.call.id for slot in turn.undecided]
    assert turn.awaits_word_on("a")
    assert not turn.awaits_word_on("b")
    assert not turn.awaits_word_on("c")
    assert not turn.awaits_word_on("z")


def test_a_word_opens_one_call() -> None:
    turn = a_turn(a_slot("a", gated=True), a_slot("b", gated=True)).opened("a")

    assert ["b"] == [slot.call.id for slot in turn.undecided]
    assert ["a", "b"] == owed_ids(turn)


def test_a_start_marks_one_call_and_leaves_it_owed() -> None:
    turn = a_turn(a_slot("a"), a_slot("b")).started("b")

    assert [False, True] == [slot.started for slot in turn.slots]
    assert ["a", "b"] == owed_ids(turn)


def test_an_outcome_settles_one_call() -> None:
    turn = a_turn(a_slot("a"), a_slot("b")).settled("a", RETURNED)

    assert [RETURNED, None] == [slot.outcome for slot in turn.slots]


def test_settling_throughout_leaves_outcomes_that_are_there() -> None:
    turn = a_turn(a_slot("a"), a_slot("b", outcome=RETURNED), a_slot("c", gated=True)).settled_throughout(CANCELLED)

    assert [CANCELLED, RETURNED, CANCELLED] == [slot.outcome for slot in turn.slots]


def test_only_a_call_refused_for_a_limit_is_over_it() -> None:
    slots = (a_slot("a"), a_slot("b", outcome=RETURNED), a_slot("c", outcome=OVER))

    assert [False, False, True] == [slot.is_over_limit for slot in slots]


def test_a_turn_is_sealed_when_each_call_has_its_outcome() -> None:
    turn = a_turn(a_slot("a", outcome=RETURNED), a_slot("b", outcome=CANCELLED)).sealed()

    assert ("a", "b") == tuple(call.id for call in turn.calls)
    assert (RETURNED, CANCELLED) == turn.outcomes


def test_a_turn_that_owes_an_outcome_is_not_sealed() -> None:
    with pytest.raises(ValueError, match="2 calls but 1 outcomes"):
        a_turn(a_slot("a", outcome=RETURNED), a_slot("b")).sealed()


def test_a_sealed_turn_names_no_call_twice() -> None:
    call = Call(id="a", name="look")

    with pytest.raises(ValueError, match="same id"):
        SealedTurn(said=Said(), calls=(call, call), outcomes=(RETURNED, RETURNED))


def test_a_sealed_turn_has_a_call() -> None:
    with pytest.raises(ValueError, match="calls"):
        SealedTurn(said=Said(), calls=(), outcomes=())


def test_a_sealed_turn_is_the_call_and_its_results_in_call_order() -> None:
    first, *results = sealed("4", "5", text="Let me see.").to_messages()

    assert ("assistant", "Let me see.") == (first["role"], first["content"])
    assert [("tool", "call00000", "4"), ("tool", "call00001", "5")] == [
        (result["role"], result["tool_call_id"], result["content"]) for result in results
    ]


@pytest.mark.parametrize("text", ["", " \n", "Let me see."])
def test_a_sealed_turn_is_valid_after_the_user(text: str) -> None:
    assert [] == judge([{"role": "user", "content": "hi"}, *sealed("4", "", text=text).to_messages()], sendable=True)


def test_a_turn_without_text_has_no_content() -> None:
    assert sealed("4", text=" ").to_messages()[0]["content"] is None


def test_an_outcome_is_made_well_formed() -> None:
    assert "\ufffd" == Outcome(kind=OutcomeKind.RETURNED, content="\ud800").content


def test_an_outcome_takes_no_negative_time() -> None:
    with pytest.raises(ValueError, match="seconds"):
        Outcome(kind=OutcomeKind.RETURNED, content="", seconds=-1.0)
