"""From the calls a model asked for to an open turn."""

from __future__ import annotations

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from scenes import awaiting_model, call, gated
from strategies import requested_calls

from detent.states import Conversation, Limits
from detent.states.calls import fitting, open_turn
from detent.states.events import Reply, RequestedCall
from detent.states.messages import Opaque, Said
from detent.states.turn import OutcomeKind


def of(*asked: RequestedCall) -> Reply:
    return Reply(said=Said(text="Let me see."), calls=asked)


def with_limit(most: int | None, used: int = 0) -> Conversation:
    conversation = awaiting_model(Limits(tool_calls=most))
    return evolve(conversation, run=evolve(conversation.run, tool_calls=used), minted=40)


def kinds(conversation: Conversation, reply: Reply) -> list[OutcomeKind | None]:
    return [None if slot.outcome is None else slot.outcome.kind for slot in open_turn(conversation, reply).slots]


def test_all_sound_calls_fit_without_a_limit() -> None:
    sound = (call("a"), gated("b"))

    assert sound == fitting(with_limit(None), of(call("x", "{"), *sound))


def test_the_first_sound_calls_fit_a_limit() -> None:
    a, b = call("a"), call("b")

    assert (a,) == fitting(with_limit(3, used=2), of(call("x", "{"), a, b))
    assert () == fitting(with_limit(3, used=3), of(a, b))


def test_a_turn_has_a_slot_a_call_in_order_with_ids_of_our_own() -> None:
    turn = open_turn(with_limit(None), of(call("a"), call("b")))

    assert [("a", "call00014"), ("b", "call00015")] == [(slot.call.name, slot.call.id) for slot in turn.slots]
    assert "Let me see." == turn.said.text
    assert 2 == turn.seq


def test_a_call_is_recorded_as_it_was_asked_for() -> None:
    opaque = (Opaque("thought_signature", '"x"'),)
    asked = RequestedCall(name="a b", arguments='{"a": ', host_id="h1", opaque=opaque, gated=True)
    (slot,) = open_turn(with_limit(None), of(asked)).slots

    assert ("a_b", '{"a": ', "h1", opaque) == (slot.call.name, slot.call.arguments, slot.call.host_id, slot.call.opaque)
    assert asked.flaw == slot.call.problem
    assert slot.gated


def test_a_call_with_a_flaw_is_answered_with_it() -> None:
    (slot,) = open_turn(with_limit(None), of(call("a", problem="there is no tool of that name"))).slots

    assert slot.outcome is not None
    assert (OutcomeKind.BAD_ARGUMENTS, "Tool error: there is no tool of that name") == (slot.outcome.kind, slot.outcome.content)


def test_a_call_over_the_limit_is_answered_with_it() -> None:
    (_, slot) = open_turn(with_limit(2, used=1), of(call("a"), call("b"))).slots

    assert slot.outcome is not None
    assert "Tool error: not run, because the limit of 2 tool calls is reached." == slot.outcome.content


def test_a_call_with_a_flaw_uses_nothing_of_the_limit() -> None:
    over, bad = OutcomeKind.OVER_LIMIT, OutcomeKind.BAD_ARGUMENTS

    assert [bad, None, over, bad] == kinds(with_limit(1), of(call("x", "{"), call("a"), call("b"), call("y", "[]")))


@given(st.lists(requested_calls, min_size=1, max_size=5), st.none() | st.integers(1, 3), st.integers(0, 4))
def test_the_calls_that_fit_are_those_that_are_owed(asked: list[RequestedCall], most: int | None, used: int) -> None:
    conversation, reply = with_limit(most, used), of(*asked)
    turn = open_turn(conversation, reply)

    assert [each.arguments for each in fitting(conversation, reply)] == [slot.call.arguments for slot in turn.owed]
    assert len(asked) == len({slot.call.id for slot in turn.slots})
    assert most is None or len(turn.owed) <= max(0, most - used)
