"""A tool turn: open while a call is owed its outcome, then sealed."""

from __future__ import annotations

import pytest
from history_oracle import judge
from scenes import AGAIN, WHICH, picture, sealed

from detent.states import Usage
from detent.states.messages import Call, Part, Said, UserMessage
from detent.states.turn import Ask, Outcome, OutcomeKind, SealedTurn, Slot, ToolTurn, Waiting

RETURNED = Outcome(kind=OutcomeKind.RETURNED, content="4")
CANCELLED = Outcome(kind=OutcomeKind.CANCELLED, content="Tool error: cancelled")
OVER = Outcome(kind=OutcomeKind.OVER_LIMIT, content="Tool error: over")


def a_slot(call_id: str, *, gated: bool = False, ask: Ask | None = None, outcome: Outcome | None = None) -> Slot:
    return Slot(call=Call(id=call_id, name="look"), gated=gated, ask=ask, outcome=outcome)


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


def test_a_turn_waits_for_a_word_on_gated_calls_only() -> None:
    turn = a_turn(a_slot("a", gated=True), a_slot("b"), a_slot("c", gated=True, outcome=OVER))

    assert ["a"] == [slot.call.id for slot in turn.undecided]
    assert turn.awaits_word_on("a")
    assert not turn.awaits_word_on("b")
    assert not turn.awaits_word_on("c")
    assert not turn.awaits_word_on("z")


def test_a_turn_waits_for_a_word_or_for_an_answer() -> None:
    turn = a_turn(a_slot("a", ask=AGAIN), a_slot("b", ask=WHICH), a_slot("c"), a_slot("d", ask=WHICH, outcome=RETURNED))

    assert ["a", "b"] == [slot.call.id for slot in turn.undecided]
    assert [True, False, False, False, False] == [turn.awaits_word_on(each) for each in "abcdz"]
    assert [False, True, False, False, False] == [turn.awaits_answer_to(each) for each in "abcdz"]
    assert [False, True, False, False] == [slot.awaits_an_answer for slot in turn.slots]


def test_what_waits_for_nobody_is_there_to_run() -> None:
    turn = a_turn(a_slot("a", gated=True), a_slot("b"), a_slot("c", outcome=OVER), a_slot("d", ask=AGAIN), a_slot("e"))

    assert ["b", "e"] == [slot.call.id for slot in turn.runnable]
    assert [False, True, False, False, True, False] == [turn.runs(each) for each in "abcdez"]
    assert ["a", "b", "d", "e"] == owed_ids(turn)


def test_a_slot_is_found_by_the_id_of_its_call() -> None:
    turn = a_turn(a_slot("a"), a_slot("b"))

    assert turn.slots[1] is turn.slot("b")
    assert turn.slot("z") is None


def test_a_word_opens_one_call() -> None:
    turn = a_turn(a_slot("a", gated=True), a_slot("b", gated=True)).opened("a")

    assert ["b"] == [slot.call.id for slot in turn.undecided]
    assert ["a", "b"] == owed_ids(turn)


def test_a_word_opens_a_call_that_asked() -> None:
    turn = a_turn(a_slot("a", ask=AGAIN), a_slot("b", ask=AGAIN)).opened("b")

    assert [AGAIN, None] == [slot.ask for slot in turn.slots]


def test_a_word_may_bring_arguments_of_a_persons_own() -> None:
    turn = a_turn(a_slot("a", gated=True), a_slot("b", gated=True)).opened("b", '{"a": 2}')

    assert [None, '{"a": 2}'] == [slot.edited for slot in turn.slots]
    assert ["{}", '{"a": 2}'] == [slot.to_run.arguments for slot in turn.slots]
    assert ["{}", "{}"] == [slot.call.arguments for slot in turn.slots]
    assert ["a", "b"] == [slot.to_run.id for slot in turn.slots]
    assert '{"a": 2}' == turn.opened("b").slots[1].edited


def test_a_question_stops_one_call_and_adds_to_what_it_spent() -> None:
    turn = a_turn(a_slot("a"), a_slot("b")).started("a").started("b").asked("b", WHICH, Usage(prompt=3))
    again = turn.answered("b", "1").asked("b", AGAIN, Usage(prompt=4))

    assert [(None, True, Usage()), (WHICH, False, Usage(prompt=3))] == [
        (slot.ask, slot.started, slot.spent) for slot in turn.slots
    ]
    assert [Usage(), Usage(prompt=7)] == [slot.spent for slot in again.slots]


def test_answers_are_kept_in_the_order_in_which_they_came() -> None:
    turn = a_turn(a_slot("a", ask=WHICH), a_slot("b", ask=WHICH)).answered("a", "1").answered("a", "2")

    assert [("1", "2"), ()] == [slot.answers for slot in turn.slots]
    assert [None, WHICH] == [slot.ask for slot in turn.slots]


def test_a_question_is_made_well_formed_and_its_schema_is_json() -> None:
    ask = Ask(question="a\ud800", schema='{"title": "\\ud800"}')

    assert ("a\ufffd", '{"title": "\ufffd"}') == (ask.question, ask.schema)
    with pytest.raises(ValueError, match="not valid JSON"):
        Ask(question="?", schema="{")


@pytest.mark.parametrize("field", ["arguments", "schema"])
def test_what_waits_in_an_agent_that_runs_as_a_tool_is_json(field: str) -> None:
    texts = {"arguments": "{}", "schema": "true"}
    with pytest.raises(ValueError, match="not valid JSON"):
        Waiting(id="a", name="pay", **{**texts, field: "{"})

    waiting = Waiting(id="\0", name="\0", arguments='{"\\u0000": 1}', question="\0", schema='"\\u0000"')

    assert Waiting(id="\ufffd", name="\ufffd", arguments='{"\ufffd": 1}', question="\ufffd", schema='"\ufffd"') == waiting


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


# --- what a tool returned beside its text ----------------------------------------------------------------------------


def showing(*parts: tuple[Part, ...]) -> SealedTurn:
    """Return a turn of calls that returned these parts."""
    outcomes = tuple(Outcome(kind=OutcomeKind.RETURNED, content="", parts=each) for each in parts)
    calls = tuple(Call(id=f"call{place:05}", name=f"tool {place}") for place in range(len(parts)))
    return SealedTurn(said=Said(), calls=calls, outcomes=outcomes)


def test_a_turn_of_texts_shows_nothing() -> None:
    assert showing((), ()).shown is None
    assert ["assistant", "tool", "tool"] == [message["role"] for message in showing((), ()).to_messages()]


def test_images_are_shown_in_call_order_under_the_names_of_their_tools() -> None:
    told = [Part("text", f'{{"type": "text", "text": "Returned by tool_{place}:"}}') for place in (0, 2)]
    turn = showing((picture("a"),), (), (picture("b"), picture("c")))

    assert UserMessage(content=(told[0], picture("a"), told[1], picture("b"), picture("c")), synthetic=True) == turn.shown


@pytest.mark.parametrize("parts", [((picture(),),), ((), (picture(), picture("b"))), ((Part("text", '{"type":"text"}'),), ())])
def test_images_follow_all_results(parts: tuple[tuple[Part, ...], ...]) -> None:
    turn = showing(*parts)
    asked, *answered, shown = turn.to_messages()

    assert turn.shown is not None
    assert ("assistant", len(parts)) == (asked["role"], len(answered))
    assert ["tool"] * len(parts) == [message["role"] for message in answered]
    assert turn.shown.to_messages() == (shown,)


def test_a_turn_that_shows_images_is_valid_after_the_user() -> None:
    messages = [{"role": "user", "content": "hi"}, *showing((picture(),), ()).to_messages()]

    assert [] == judge(messages, sendable=True) == judge([*messages, {"role": "user", "content": "and?"}], sendable=True)


def test_an_outcome_is_made_well_formed() -> None:
    assert "\ufffd" == Outcome(kind=OutcomeKind.RETURNED, content="\ud800").content


def test_an_outcome_takes_no_negative_time() -> None:
    with pytest.raises(ValueError, match="seconds"):
        Outcome(kind=OutcomeKind.RETURNED, content="", seconds=-1.0)
