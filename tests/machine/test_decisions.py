"""`Decisions`: what people decided, as events; or an error that changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from scenes import after, answer, awaiting_approval, awaiting_model, call, calls, dispatching, gated

from detent import ConfigurationError, Conversation, State
from detent.machine.decisions import decided
from detent.machine.result import RunResult
from detent.states import Event
from detent.states.events import Answered, Approved, Denied, ToolAsked, ToolReturned
from detent.states.turn import Ask, Waiting

TWO = awaiting_approval(gated("pay", '{"amount": 3}'), gated("pay", '{"amount": 4}'))
INNER = (
    Waiting(id="call00000", name="pay", arguments='{"amount": 5}'),
    Waiting(id="call00001", name="hat", arguments="{}", question="Which?", schema='{"type": "string"}'),
    Waiting(id="call00002/call00000", name="pay", arguments="{}"),
)


def asking(schema: str | None, *waiting: Waiting, seq: int = 0) -> Conversation:
    """Return a conversation whose only tool has asked a person."""
    return after(
        dispatching(call("hat")),
        ToolAsked(call_id="call00000", ask=Ask(question="Which?", schema=schema, waiting=waiting, seq=seq)),
    )


def words(conversation: Conversation, approve: Any = (), deny: Any = None, reply: Any = None) -> tuple[Event, ...]:
    return decided(approve, deny, reply).events(conversation, 1.0)


def approvals(conversation: Conversation) -> tuple[Any, ...]:
    return RunResult[str](conversation=conversation, model="m").approvals


@pytest.mark.parametrize("approve", ["call00000", ["call00000"], ("call00000",), {"call00000": None}, iter(["call00000"])])
def test_a_call_is_agreed_to_by_its_id(approve: Any) -> None:
    assert (Approved(call_id="call00000", at=1.0),) == words(TWO, approve)


def test_a_call_is_agreed_to_as_it_was_shown() -> None:
    first, second = approvals(TWO)

    assert (Approved(call_id="call00000", at=1.0),) == words(TWO, first)
    assert ("call00000", "call00001") == tuple(word.call_id for word in words(TWO, [first, second]))  # type: ignore[union-attr]  # pyright: ignore


def test_a_call_whose_arguments_are_no_longer_those_shown_is_refused() -> None:
    first, second = approvals(TWO)
    with pytest.raises(ConfigurationError, match="the call 'call00001' has other arguments than the one shown"):
        words(TWO, [first, evolve(second, args={"amount": 400})])


def test_an_inner_call_whose_arguments_are_no_longer_those_shown_is_refused() -> None:
    record = asking('{"type": "object"}', *INNER)
    inner = approvals(record)[0]
    assert "call00000/call00000" == inner.id
    with pytest.raises(ConfigurationError, match="other arguments than the one shown"):
        words(record, evolve(inner, args={"amount": 400}))

    assert 1 == len(words(record, inner))


def test_other_arguments_take_the_place_of_the_models() -> None:
    (word,) = words(TWO, {"call00000": {"amount": 2, "to": "ü"}})

    assert Approved(call_id="call00000", arguments='{"amount": 2, "to": "ü"}', at=1.0) == word


@pytest.mark.parametrize("arguments", [{"amount": {1}}, {"amount": float("nan")}, {"a": b"x"}])
def test_arguments_that_are_no_json_are_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match="the arguments for 'call00000' can not be written as JSON"):
        words(TWO, {"call00000": arguments})


def test_arguments_that_no_history_can_hold_are_refused() -> None:
    deep: dict[str, object] = {}
    for _ in range(200):
        deep = {"a": deep}
    with pytest.raises(ConfigurationError, match="for 'call00000': the arguments are nested too deeply"):
        words(TWO, {"call00000": deep})


@pytest.mark.parametrize(
    ("deny", "reason"),
    [("call00000", ""), (["call00000"], ""), ({"call00000": "too much"}, "too much"), ({"call00000": ""}, "")],
)
def test_a_call_is_refused_with_a_reason_or_without(deny: Any, reason: str) -> None:
    assert (Denied(call_id="call00000", reason=reason, at=1.0),) == words(TWO, (), deny)


def test_what_is_decided_of_several_calls_is_decided_at_once() -> None:
    both = words(TWO, ["call00001"], {"call00000": "no"})

    assert State.DISPATCHING_TOOLS is after(TWO, *both).state


def test_nothing_decided_is_no_event() -> None:
    assert () == words(TWO) == words(TWO, [], [], {})


@pytest.mark.parametrize(
    ("given_words", "message"),
    [
        ((["nope"],), "no call 'nope' waits for a person; waiting: call00000, call00001"),
        (((), ["nope"]), "no call 'nope' waits for a person"),
        (((), None, {"nope": 1}), "no call 'nope' waits for a person"),
        ((["call00000"], ["call00000"]), "more than one word at once on 'call00000'"),
        ((["call00000", "call00000/x"],), "no call 'call00000/x' waits for a person; waiting there: none"),
        (((), None, {"call00000": True}), "the call 'call00000' waits for a yes or no: approve or deny it"),
    ],
)
def test_a_decision_that_fits_nothing_is_refused(given_words: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        words(TWO, *given_words)


def test_where_nothing_waits_that_is_said() -> None:
    done = after(awaiting_model(), answer())

    with pytest.raises(ConfigurationError, match="waiting: none"):
        words(done, ["call00000"])


def test_to_agree_twice_is_to_agree_once() -> None:
    agreed = after(TWO, *words(TWO, ["call00000"]))
    running = after(agreed, *words(agreed, ["call00001"]))
    sealed = after(running, ToolReturned(call_id="call00000", content="a"), ToolReturned(call_id="call00001", content="b"))

    assert [()] * 3 == [words(record, ["call00000"]) for record in (agreed, running, sealed)]


def test_to_refuse_what_was_agreed_to_is_an_error() -> None:
    agreed = after(TWO, *words(TWO, ["call00000"]))

    with pytest.raises(ConfigurationError, match="no call 'call00000' waits for a person; waiting: call00001"):
        words(agreed, (), ["call00000"])


# --- answers -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "reply", "text"),
    [
        ('{"type": "string"}', "rød", '"rød"'),
        ('{"type": "integer"}', 3, "3"),
        ('{"type": ["string", "null"]}', None, "null"),
        ('{"type": "array"}', ["a"], '["a"]'),
        ("{}", {"a": 1}, '{"a": 1}'),
    ],
)
def test_an_answer_that_fits_is_told_as_json(schema: str, reply: object, text: str) -> None:
    assert (Answered(call_id="call00000", answer=text, at=1.0),) == words(asking(schema), reply={"call00000": reply})


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (3, "for 'call00000', which asks 'Which\\?': the arguments: a string is wanted, not 3"),
        ({1}, "the answer for 'call00000' can not be written as JSON"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(reply: object, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        words(asking('{"type": "string"}'), reply={"call00000": reply})


def test_a_yes_or_no_may_be_answered_by_agreeing() -> None:
    assert (Answered(call_id="call00000", answer="true", at=1.0),) == words(asking('{"type": "boolean"}'), ["call00000"])
    with pytest.raises(ConfigurationError, match="a string is wanted, not true"):
        words(asking('{"type": "string"}'), ["call00000"])


def test_a_question_may_be_left_without_an_answer_for_good() -> None:
    assert (Denied(call_id="call00000", reason="busy", at=1.0),) == words(
        asking('{"type": "string"}'), (), {"call00000": "busy"}
    )


def test_more_than_one_word_on_a_call_is_refused() -> None:
    record = asking('{"type": "boolean"}')
    nested = asking('{"type": "object"}', *INNER)

    several: list[tuple[Any, ...]] = [
        (record, ["call00000"], None, {"call00000": True}),
        (record, (), ["call00000"], {"call00000": True}),
        (nested, ["call00000/call00000"], ["call00000"]),
        (nested, ["call00000/call00001"], None, {"call00000/call00001": "red"}),
    ]
    for given_words in several:
        with pytest.raises(ConfigurationError, match="more than one word"):
            words(*given_words)


# --- calls inside agents that run as tools -------------------------------------------------------------------------------


def test_what_is_decided_of_inner_calls_is_one_answer_to_the_outer() -> None:
    record = asking('{"type": "object"}', *INNER, seq=9)
    (word,) = words(
        record,
        {"call00000/call00000": {"amount": 1}, "call00000/call00002/call00000": None},
        None,
        {"call00000/call00001": "red"},
    )

    expected = (
        '{"seq": 9, "calls": {"call00000": {"approve": {"amount": 1}}, "call00002/call00000": {"approve": null},'
        ' "call00001": {"answer": "red"}}}'
    )
    assert Answered(call_id="call00000", answer=expected, at=1.0) == word


def test_inner_calls_are_refused_with_reasons() -> None:
    (word,) = words(asking('{"type": "object"}', *INNER, seq=2), (), {"call00000/call00000": "no"})

    assert Answered(call_id="call00000", answer='{"seq": 2, "calls": {"call00000": {"deny": "no"}}}', at=1.0) == word


@pytest.mark.parametrize(
    ("given_words", "message"),
    [
        (
            ((), None, {"call00000/call00001": 3}),
            "for 'call00000/call00001', which asks 'Which\\?': .* a string is wanted, not 3",
        ),
        ((["call00000/call00001"],), "a string is wanted, not true"),
        (((), None, {"call00000/call00000": True}), "'call00000/call00000' waits for a yes or no: approve or deny it"),
        (({"call00000/call00000": {"a": {1}}},), "can not be written as JSON"),
        ((["call00000"],), "'call00000' waits for a yes or no"),
    ],
)
def test_what_the_agent_inside_would_refuse_is_refused_at_once(given_words: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        words(asking('{"type": "object"}', *INNER), *given_words)


def test_an_inner_call_that_does_not_wait_is_refused_with_those_that_do() -> None:
    known = "call00000/call00000, call00000/call00001, call00000/call00002/call00000"
    with pytest.raises(ConfigurationError, match=f"no call 'call00000/x' waits for a person; waiting there: {known}"):
        words(asking('{"type": "object"}', *INNER), ["call00000/x"])
    with pytest.raises(ConfigurationError, match="no call 'x/y' waits for a person; waiting there: none"):
        words(TWO, ["x/y"])


# --- any words -----------------------------------------------------------------------------------------------------------

IDS = st.sampled_from(["call00000", "call00001", "call00000/call00000", "call00001/call00001", "x", "x/y", ""])
RECORDS = [
    TWO,
    after(TWO, Approved(call_id="call00001")),
    asking('{"type": "boolean"}'),
    asking('{"type": "object"}', *INNER),
    asking(None),
    after(awaiting_model(), answer()),
    dispatching(call("look"), call("look")),
    after(awaiting_model(), calls(gated("pay"), call("look")), Denied(call_id="call00000")),
]


@given(
    st.sampled_from(RECORDS),
    st.lists(IDS, max_size=2) | st.dictionaries(IDS, st.none() | st.just({"amount": 1}), max_size=2),
    st.lists(IDS, max_size=2) | st.dictionaries(IDS, st.text(max_size=3), max_size=2),
    st.dictionaries(IDS, st.sampled_from([True, None, "x", {"a": 1}]), max_size=2),
)
def test_any_words_are_events_that_fit_or_an_error(record: Conversation, approve: Any, deny: Any, reply: Any) -> None:
    try:
        events = words(record, approve, deny, reply)
    except ConfigurationError:
        return

    assert record.seq + len(events) == after(record, *events).seq
