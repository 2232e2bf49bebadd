"""From messages of any origin to a history that every host accepts, saying what was changed."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from history_oracle import judge
from hypothesis import given
from hypothesis import strategies as st
from strategies import BAD_ARGUMENTS, json_values, messages, mutated_histories, texts, valid_histories
from wire_messages import ANSWER, LOST, OPENER, USER, Message, asks, result, results, wire_call

from detent.states import Conversation
from detent.states.repair import read_history
from detent.states.turn import OutcomeKind, SealedTurn


def recorded(history: object) -> tuple[list[Message], tuple[str, ...]]:
    """Return the messages of the record made of *history*, its system text first, and what was changed."""
    read = read_history(history)
    return read.messages, read.changes


def repaired(*history: object) -> list[Message]:
    """Return the repaired history without its system message, once the oracle has passed it."""
    fixed, _ = recorded([*history])
    assert [] == judge(fixed)
    return [message for message in fixed if message["role"] != "system"]


def changes(*history: object) -> tuple[str, ...]:
    return read_history([*history]).changes


# --- what is fine stays ----------------------------------------------------------------------------------------------


def test_a_valid_history_comes_back_with_ids_of_our_own() -> None:
    history = [
        USER,
        asks(wire_call("x"), wire_call("y", arguments='{"a": 1}'), content="hm"),
        result("x"),
        result("y", ""),
        ANSWER,
    ]
    renamed = [
        USER,
        asks(wire_call("call00000"), wire_call("call00001", arguments='{"a": 1}'), content="hm"),
        result("call00000"),
        result("call00001", ""),
        ANSWER,
    ]

    assert renamed == repaired(*history)
    assert () == changes(*history)


def test_an_empty_history_is_one() -> None:
    assert ([], ()) == recorded([])


@given(valid_histories())
def test_nothing_is_changed_in_a_valid_history(history: list[Message]) -> None:
    read = read_history(history)

    assert () == read.changes
    assert [_without_ids(message) for message in history] == [_without_ids(message) for message in read.messages]
    assert sum(len(message.get("tool_calls", ())) for message in history) == read.minted


def test_ids_from_the_host_are_kept_in_the_record() -> None:
    (_, turn) = read_history([USER, asks(wire_call("host id")), result("host id")]).entries

    assert isinstance(turn, SealedTurn)
    assert "host id" == turn.calls[0].host_id


# --- calls and results -----------------------------------------------------------------------------------------------


def test_a_call_without_a_result_is_answered_in_its_place() -> None:
    history = (USER, asks(wire_call("x"), wire_call("y")), result("y"), ANSWER)

    assert [LOST, "4"] == results(repaired(*history))
    assert ("message 1: the call of 'look' had no result: one was put in its place",) == changes(*history)


def test_a_lost_result_is_marked_in_the_record() -> None:
    (_, turn) = read_history([USER, asks(wire_call())]).entries

    assert isinstance(turn, SealedTurn)
    assert [OutcomeKind.LOST] == [outcome.kind for outcome in turn.outcomes]


def test_results_are_put_in_call_order() -> None:
    history = (USER, asks(wire_call("x"), wire_call("y")), result("y", "5"), result("x", "4"))

    assert ["4", "5"] == results(repaired(*history))
    assert () != changes(*history)


def test_what_stood_between_a_call_and_its_result_comes_after_them() -> None:
    history = (USER, asks(wire_call()), {"role": "user", "content": "wait"}, result())

    assert ["user", "assistant", "tool", "user"] == [message["role"] for message in repaired(*history)]
    assert () != changes(*history)


def test_a_result_that_answers_no_call_is_dropped() -> None:
    assert [USER, ANSWER] == repaired(USER, result(), ANSWER)
    assert ("message 1: dropped: a result that answers no call",) == changes(USER, result(), ANSWER)


def test_a_second_result_of_a_call_is_dropped() -> None:
    history = (USER, asks(wire_call()), result(content="4"), result(content="5"))

    assert ["4"] == results(repaired(*history))
    assert ("message 3: dropped: a result that answers no call",) == changes(*history)


def test_an_id_used_again_later_gets_its_own_results() -> None:
    history = (USER, asks(wire_call("0")), result("0", "4"), asks(wire_call("0")), result("0", "5"))

    assert ["4", "5"] == results(repaired(*history))
    assert () == changes(*history)


def test_an_id_used_again_later_takes_no_result_from_the_later_call() -> None:
    history = (USER, asks(wire_call("0")), asks(wire_call("0")), result("0", "5"))

    assert [LOST, "5"] == results(repaired(*history))


def test_an_id_used_twice_in_one_message_gets_the_results_in_order() -> None:
    history = (USER, asks(wire_call("0"), wire_call("0")), result("0", "4"), result("0", "5"))

    assert ["4", "5"] == results(repaired(*history))


def test_calls_without_ids_are_answered_in_order() -> None:
    call: Message = {"function": {"name": "look", "arguments": "{}"}}
    history = (USER, asks(call, call), {"role": "tool", "content": "4"}, {"role": "tool", "content": "5", "tool_call_id": ""})

    assert ["4", "5"] == results(repaired(*history))


@pytest.mark.parametrize("call_id", [5, 0, "a\0b", "\ud800", "x" * 90])
def test_an_odd_id_still_finds_its_result(call_id: object) -> None:
    assert ["4"] == results(repaired(USER, asks(wire_call(call_id)), result(call_id)))


def test_a_result_is_never_parted_from_its_call() -> None:
    history = (USER, asks(wire_call("x")), asks(wire_call("y")), result("y", "5"), ANSWER, result("x", "4"))

    assert ["user", "assistant", "tool", "assistant", "tool", "assistant"] == [each["role"] for each in repaired(*history)]
    assert ["4", "5"] == results(repaired(*history))


# --- the legacy form -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["look", "a b", ""])
def test_a_legacy_function_call_becomes_a_call(name: str) -> None:
    asked = {"role": "assistant", "content": None, "function_call": {"name": name, "arguments": '{"a": 1}'}}
    history = (USER, asked, {"role": "function", "name": name, "content": "4"})

    assert ["4"] == results(repaired(*history))


def test_the_calls_win_over_a_legacy_function_call_beside_them() -> None:
    asked = {**asks(wire_call()), "function_call": {"name": "other", "arguments": "{}"}}
    (_, message, _) = repaired(USER, asked, result())

    assert ["look"] == [call["function"]["name"] for call in message["tool_calls"]]


def test_a_legacy_result_does_not_answer_another_function() -> None:
    asked = {"role": "assistant", "content": None, "function_call": {"name": "look", "arguments": "{}"}}

    assert [LOST] == results(repaired(USER, asked, {"role": "function", "name": "other", "content": "4"}))


# --- arguments and names ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [text for text in BAD_ARGUMENTS if text not in ("", "null")])
def test_bad_arguments_are_kept_in_the_record_and_not_sent(arguments: str) -> None:
    history = (USER, asks(wire_call(arguments=arguments)), result())
    (_, turn) = read_history(history).entries

    assert isinstance(turn, SealedTurn)
    assert turn.calls[0].problem is not None
    assert arguments.replace("\ud800", "\ufffd") == turn.calls[0].arguments
    assert "{}" == repaired(*history)[1]["tool_calls"][0]["function"]["arguments"]
    assert 1 == len(changes(*history))


@pytest.mark.parametrize(
    "arguments",
    ['{"\\ud800": 1, "\\ud801": 2}', '{"\ud800": 1, "\ud801": 2}', '{"a": 1e400, "b": "\\ud800"}', '{"a": "\\ud800"}'],
)
def test_surrogates_in_arguments_never_reach_the_history(arguments: str) -> None:
    assert ["4"] == results(repaired(USER, asks(wire_call(arguments=arguments)), result()))


@pytest.mark.parametrize("arguments", ["", " ", "null", None])
def test_no_arguments_are_an_empty_object(arguments: str | None) -> None:
    assert "{}" == repaired(USER, asks(wire_call(arguments=arguments)), result())[1]["tool_calls"][0]["function"]["arguments"]


def test_arguments_that_are_an_object_are_written_as_text() -> None:
    history = (USER, asks(wire_call(arguments={"a": "é"})), result())

    assert '{"a": "é"}' == repaired(*history)[1]["tool_calls"][0]["function"]["arguments"]
    assert ("message 1: call of 'look': the arguments were not a string",) == changes(*history)


@pytest.mark.parametrize(("expected", "name"), [("a_b", "a b"), ("unnamed", ""), ("unnamed", None), ("x" * 64, "x" * 70)])
def test_a_name_is_made_legal(expected: str, name: str | None) -> None:
    history = (USER, asks(wire_call(name=name)), result())

    assert expected == repaired(*history)[1]["tool_calls"][0]["function"]["name"]
    assert 1 == len(changes(*history))


def test_a_call_written_without_its_function_object_is_read() -> None:
    history = (USER, asks({"id": "x", "name": "look", "arguments": '{"a": 1}'}), result())

    assert '{"a": 1}' == repaired(*history)[1]["tool_calls"][0]["function"]["arguments"]


@pytest.mark.parametrize("calls", [[], None, "look", {}, [None, 7]])
def test_what_are_no_calls_are_left_out(calls: object) -> None:
    assert [USER, ANSWER] == repaired(USER, {**ANSWER, "tool_calls": calls})


def test_a_broken_call_beside_a_good_one_is_left_out_and_named() -> None:
    history = (USER, asks(wire_call(), "look", None), result())

    assert ["4"] == results(repaired(*history))
    assert () != changes(*history)


# --- texts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", ["", " ", None, [], [{"type": "text", "text": ""}], [7]])
def test_an_empty_user_message_is_dropped(content: object) -> None:
    assert [USER] == repaired(USER, {"role": "user", "content": content})
    assert ("message 1: dropped: an empty user message",) == changes(USER, {"role": "user", "content": content})


def test_a_user_message_of_text_parts_becomes_a_text() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]

    assert [{"role": "user", "content": "ab"}] == repaired({"role": "user", "content": parts})


def test_parts_that_are_no_text_are_kept_as_they_are() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "data:", "détail": [1, None]}}]

    assert [{"role": "user", "content": parts}] == repaired({"role": "user", "content": parts})
    assert () == changes({"role": "user", "content": parts})


def test_strings_among_the_parts_are_texts() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:"}}

    assert "ab" in json.dumps(repaired({"role": "user", "content": ["ab", {"type": "text", "text": "c"}]}))
    assert "ab" in json.dumps(repaired({"role": "user", "content": ["ab", image]}))


@pytest.mark.parametrize("part", [{}, {"type": None}, {"type": ""}, {"type": 7, "text": "a"}])
def test_a_part_without_a_type_does_not_reach_the_history(part: Message) -> None:
    repaired({"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:"}}, part]})


@pytest.mark.parametrize(
    "value", [float("nan"), {1, 2}, "\ud800", "\0", 10**5000], ids=["nan", "set", "surrogate", "nul", "long"]
)
def test_a_part_with_what_json_cannot_say_does_not_spoil_the_history(value: object) -> None:
    repaired({"role": "user", "content": [{"type": "image_url", "image_url": value}]})


@pytest.mark.parametrize(
    "value", [7, 7.5, True, {"a": 1}, float("nan"), 10**5000], ids=["int", "float", "bool", "object", "nan", "long"]
)
def test_a_content_that_is_no_text_is_kept_as_one(value: object) -> None:
    assert 1 == len(repaired({"role": "user", "content": value}))
    assert ["tool"] == [message["role"] for message in repaired(USER, asks(wire_call()), result(content=value))[2:]]


def test_a_result_without_content_is_an_empty_text() -> None:
    assert [""] == results(repaired(USER, asks(wire_call()), result(content=None)))


def test_parts_of_a_result_that_are_no_text_are_not_lost_in_silence() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:abc"}}
    history = (USER, asks(wire_call()), result(content=[{"type": "text", "text": "4"}, image]))

    assert "4" in str(results(repaired(*history))[0])
    assert () != changes(*history) or "data:abc" in json.dumps(repaired(*history))


def test_an_assistant_message_without_text_or_calls_is_dropped() -> None:
    empty = {"role": "assistant", "content": " "}

    assert [USER] == repaired(USER, empty)
    assert ("message 1: dropped: an assistant message with neither text nor calls",) == changes(USER, empty)


@pytest.mark.parametrize("content", [None, "", " "])
def test_a_refusal_is_what_the_assistant_said(content: str | None) -> None:
    assert "I will not." == repaired(USER, {"role": "assistant", "content": content, "refusal": "I will not."})[1]["content"]


def test_a_refusal_beside_a_text_is_not_lost_in_silence() -> None:
    history = (USER, {**ANSWER, "refusal": "I will not."})

    assert () != changes(*history) or "I will not." in json.dumps(repaired(*history))


def test_a_refusal_among_the_parts_is_what_the_assistant_said() -> None:
    parts = [{"type": "refusal", "refusal": "I will not."}]

    assert "I will not." == repaired(USER, {"role": "assistant", "content": parts})[1]["content"]


def test_reasoning_is_kept_or_named_as_dropped() -> None:
    history = (USER, {**ANSWER, "reasoning_content": "because"})
    (_, entry) = read_history(history).entries

    assert () != changes(*history) or "because" in str(entry)


def test_other_fields_are_dropped_and_named() -> None:
    assert [USER, ANSWER] == repaired({**USER, "name": "me"}, {**ANSWER, "refusal": None, "audio": None})
    assert ("message 0: fields dropped: a, b", "message 1: fields dropped: audio") == changes(
        {**USER, "b": 1, "a": 2}, {**ANSWER, "audio": None}
    )


@given(texts)
def test_what_is_said_of_the_changes_can_be_written_down(text: str) -> None:
    said = read_history([{**USER, text: 1}, {"role": text}, asks(wire_call(name=text, arguments=text))]).changes

    assert [line.encode("utf-8", "replace").decode() for line in said] == [*said]


# --- the front -------------------------------------------------------------------------------------------------------


def test_system_texts_move_to_the_front() -> None:
    history = ({"role": "system", "content": "a"}, USER, {"role": "developer", "content": [{"type": "text", "text": "b"}]})

    assert {"role": "system", "content": "a\n\nb"} == recorded([*history])[0][0]
    assert ("message 2: a system message moved to the front",) == changes(*history)
    assert "a\n\nb" == read_history(history).system


def test_an_empty_system_text_is_left_out() -> None:
    assert "" == read_history([{"role": "system", "content": ""}]).system


@given(texts)
def test_a_system_text_is_made_well_formed(text: str) -> None:
    assert [] == judge(recorded([{"role": "system", "content": text}, USER])[0])
    assert "\ud800" not in Conversation.from_messages([{"role": "system", "content": "\ud800"}]).system


@pytest.mark.parametrize("first", [ANSWER, asks(wire_call())])
def test_a_history_that_does_not_begin_with_the_user_gets_an_opening_message(first: Message) -> None:
    assert OPENER == repaired(first)[0]
    assert "the history did not begin with the user: an opening message was put before it" in changes(first)[-1]


# --- anything at all -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("odd", [None, 7, "hi", [], {"role": None}, {"role": ["user"]}, {"role": "robot", "content": "x"}, {}])
def test_what_is_no_message_is_dropped_and_named(odd: object) -> None:
    assert [USER] == repaired(USER, odd)
    assert 1 == len(changes(USER, odd))


@pytest.mark.parametrize("odd", [7, "hi", {"role": "user"}, True])
def test_what_is_no_list_is_an_empty_history(odd: object) -> None:
    assert ([], ("not a list of messages: nothing could be read",)) == recorded(odd)


@pytest.mark.parametrize("nothing", [None, "", {}, iter(()), ()])
def test_nothing_is_an_empty_history(nothing: object) -> None:
    assert ([], ()) == recorded(nothing)


def test_any_iterable_of_messages_is_read() -> None:
    assert [USER, ANSWER] == recorded(message for message in (USER, ANSWER))[0]


def test_the_deepest_json_is_read() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    history = [
        {"role": "user", "content": {"a": deep}},
        {"role": "user", "content": [{"type": "image_url", "image_url": deep}]},
        asks(wire_call(arguments=deep), {"function": {"name": deep, "arguments": {"a": deep}}}),
        result(content=deep),
    ]

    assert [] == judge(recorded(history)[0])


@given(json_values)
def test_any_json_becomes_a_valid_history(value: object) -> None:
    assert [] == judge(recorded(value)[0])


@given(st.lists(messages() | json_values, max_size=8))
def test_any_messages_become_a_valid_history(history: list[Any]) -> None:
    before = copy.deepcopy(history)
    conversation = Conversation.from_messages(history)

    assert [] == judge(conversation.messages)
    assert before == history


@given(st.lists(messages(), max_size=8))
def test_a_repaired_history_needs_no_repair(history: list[Message]) -> None:
    once = recorded(history)[0]
    again, said = recorded(once)

    assert () == said
    assert once == again


@given(mutated_histories())
def test_a_nearly_valid_history_becomes_valid_and_stays_so(history: list[Message]) -> None:
    once = recorded(history)[0]

    assert [] == judge(once)
    assert (once, ()) == recorded(once)


@given(mutated_histories() | st.lists(messages(), max_size=8))
def test_every_text_of_the_user_is_kept_in_order(history: list[Message]) -> None:
    spoken = [_scrubbed(each["content"]) for each in history if each.get("role") == "user" and _is_text(each.get("content"))]
    kept = [each["content"] for each in recorded(history)[0] if each["role"] == "user"]
    remaining = iter(kept)

    assert all(text in remaining for text in spoken)


@given(mutated_histories())
def test_every_result_is_kept_or_named_as_dropped(history: list[Message]) -> None:
    read = read_history(history)
    outcomes = [outcome for entry in read.entries if isinstance(entry, SealedTurn) for outcome in entry.outcomes]
    placed = sum(outcome.kind is OutcomeKind.RETURNED for outcome in outcomes)
    dropped = sum("answers no call" in line for line in read.changes)

    assert sum(each.get("role") == "tool" for each in history) == placed + dropped


@given(mutated_histories())
def test_a_result_goes_to_the_call_of_its_id(history: list[Message]) -> None:
    given = [(each.get("tool_call_id") or None, each.get("content")) for each in history if each.get("role") == "tool"]
    for entry in read_history(history).entries:
        for call, outcome in zip(entry.calls, entry.outcomes, strict=True) if isinstance(entry, SealedTurn) else ():
            if outcome.kind is OutcomeKind.RETURNED and outcome.content.startswith("result of"):
                nameless = not call.host_id  # a call that lost its id gets the next result that nobody else claims
                assert nameless or (call.host_id, outcome.content) in given or (None, outcome.content) in given


@given(mutated_histories() | st.lists(messages(), max_size=5))
def test_where_nothing_is_said_to_be_changed_nothing_is(history: list[Message]) -> None:
    read = read_history(history)
    if read.changes:
        return
    body = [message for message in read.messages if message["role"] != "system"]
    given_body = [message for message in history if message["role"] not in ("system", "developer")]

    assert [_outline(message) for message in given_body] == [_outline(message) for message in body]


def _outline(message: Message) -> tuple[object, ...]:
    """Return role, text, and how many calls: texts as the repair may write them without a word."""
    content = message.get("content")
    if isinstance(content, list) and all(isinstance(part, dict) and isinstance(part.get("text"), str) for part in content):
        content = "".join(part["text"] for part in content)
    text = _scrubbed(content) if isinstance(content, str) else "" if content is None else "something else"
    blank_beside_calls = "tool_calls" in message and not text.strip()
    return message["role"], "" if blank_beside_calls else text, len(message.get("tool_calls") or ())


def _without_ids(message: Message) -> Message:
    bare = {key: value for key, value in message.items() if key not in ("tool_call_id", "tool_calls")}
    return bare | {"calls": [call["function"] for call in message.get("tool_calls", ())]}


def _is_text(content: object) -> bool:
    return isinstance(content, str) and bool(content.strip())


def _scrubbed(text: str) -> str:
    paired = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return paired.replace("\0", "\ufffd")
