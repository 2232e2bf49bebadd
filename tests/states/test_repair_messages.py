"""The same history as messages: valid for every host, with as little changed as can be, and every change said."""

from __future__ import annotations

import copy
import json
from typing import Any

import history_oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import BAD_ARGUMENTS, json_values, messages, mutated_histories, texts, valid_histories
from wire_messages import ANSWER, LOST, OPENER, USER, Message, asks, result, results, wire_call

from detent.states.history import judge
from detent.states.history import repair as repair_any
from detent.states.repair import read_history


def repair(messages: object) -> tuple[list[Message], tuple[str, ...]]:
    """Return what the library makes of *messages*, with types that a test can look into."""
    fixed, said = repair_any(messages)
    return [{**message} for message in fixed], said


# --- what is valid stays ---------------------------------------------------------------------------------------------


VALID: list[Message] = [
    {"role": "system", "content": "Be brief."},
    USER,
    asks(wire_call("x"), wire_call("y", arguments='{"a": 1}'), content="hm"),
    result("x"),
    result("y", ""),
    ANSWER,
]


def test_a_valid_history_comes_back_as_it_is() -> None:
    assert (VALID, ()) == repair(VALID)


@pytest.mark.parametrize(
    "message",
    [
        {"role": "user", "content": ""},
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": ""}]},
        {"role": "user", "content": [{"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}}]},
    ],
)
def test_what_is_valid_is_not_made_better(message: Message) -> None:
    assert ([USER, message], ()) == repair([USER, message])


def test_what_is_given_is_neither_changed_nor_handed_out() -> None:
    parts: list[Any] = [{"type": "image_url", "image_url": {"url": "data:"}}]
    given: list[Any] = [{"role": "user", "content": parts}]
    fixed: Any = repair(given)[0]
    fixed[0]["content"][0]["image_url"]["url"] = "changed"

    assert [{"type": "image_url", "image_url": {"url": "data:"}}] == parts


@given(valid_histories())
def test_no_valid_history_is_changed(history: list[Message]) -> None:
    assert (history, ()) == repair(history)


# --- arguments and texts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [text for text in BAD_ARGUMENTS if text not in ("", "null")])
def test_bad_arguments_are_kept_in_an_object_of_their_own(arguments: str) -> None:
    fixed, said = repair([USER, asks(wire_call(arguments=arguments)), result()])
    kept: Any = fixed[1]["tool_calls"]

    assert {"INVALID_JSON": arguments.replace("\ud800", "\ufffd")} == json.loads(kept[0]["function"]["arguments"])
    assert 1 == len(said)


@pytest.mark.parametrize("arguments", ["", " ", "null", None])
def test_no_arguments_are_an_empty_object(arguments: str | None) -> None:
    history = [USER, asks(wire_call(arguments=arguments)), result()]

    assert ([USER, asks(wire_call()), result()], ("message 1: call of 'look': no arguments became an empty object",)) == repair(
        history
    )


def test_half_a_character_in_the_arguments_is_replaced_and_named() -> None:
    fixed, said = repair([USER, asks(wire_call(arguments='{"a": "\\ud800"}')), result()])

    assert [USER, asks(wire_call(arguments='{"a": "\ufffd"}')), result()] == fixed
    assert ("message 1: call of 'look': characters that are none were replaced in the arguments",) == said


@given(texts)
def test_no_text_of_the_user_is_lost(text: str) -> None:
    ((message,), said) = repair([{"role": "user", "content": text}])
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "\ufffd")

    assert {"role": "user", "content": whole} == message
    assert bool(said) is (whole != text)


@pytest.mark.parametrize("content", [None, [], [7]])
def test_a_user_message_that_says_nothing_in_no_valid_way_is_dropped(content: object) -> None:
    history = [USER, {"role": "user", "content": content}]

    assert ([USER], ("message 1: dropped: an empty user message",)) == repair(history)


@pytest.mark.parametrize("first", [ANSWER, asks(wire_call())])
def test_what_does_not_begin_with_the_user_gets_an_opening_message(first: Message) -> None:
    fixed, said = repair([{"role": "system", "content": "Be brief."}, first])

    assert OPENER == fixed[1]
    assert "message 1: the history did not begin with the user: an opening message was put before it" in said


@pytest.mark.parametrize("odd", [7, "hi", {"role": "user"}, True])
def test_what_is_no_list_is_an_empty_history(odd: object) -> None:
    assert ([], ("not a list of messages: nothing could be read",)) == repair(odd)


@pytest.mark.parametrize("nothing", [None, "", {}, iter(()), ()])
def test_nothing_is_an_empty_history(nothing: object) -> None:
    assert ([], ()) == repair(nothing)


def test_the_deepest_json_is_repaired() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    history = [
        {"role": "user", "content": {"a": deep}},
        {"role": "user", "content": [{"type": "image_url", "image_url": deep}]},
        asks(wire_call(deep, arguments=deep), {"function": {"name": deep, "arguments": {"a": deep}}}),
        result(deep, content=deep),
        {"role": deep, deep_key(): deep},
    ]

    assert [] == judge(repair(history)[0])


def deep_key() -> str:
    return "[" * 100_000


# --- ids in the messages ---------------------------------------------------------------------------------------------


def ids(history: list[Message]) -> list[object]:
    return [message["tool_call_id"] for message in history if message["role"] == "tool"]


@pytest.mark.parametrize(
    ("given_id", "why"),
    [
        ("x" * 41, f"had the id {'x' * 41!r}, which hosts refuse"),
        ("functions.look:0", "had the id 'functions.look:0', which hosts refuse"),
        ("", "had no id"),
        (None, "had no id"),
        (7, "had the id '7', which hosts refuse"),
    ],
)
def test_an_id_that_hosts_refuse_is_renewed_on_both_sides(given_id: object, why: str) -> None:
    fixed, said = repair([USER, asks(wire_call(given_id)), result(given_id)])

    assert ["call00000"] == ids(fixed)
    assert (f"message 1: the call of 'look' {why}: it is 'call00000' now",) == said


def test_an_id_that_comes_again_is_renewed_and_the_first_one_stays() -> None:
    history = [USER, asks(wire_call("0")), result("0", "4"), asks(wire_call("0")), result("0", "5")]
    fixed, said = repair(history)

    assert ["0", "call00000"] == ids(fixed)
    assert ["4", "5"] == results(fixed)
    assert ("message 3: the call of 'look' had the id '0', which was used before: it is 'call00000' now",) == said


def test_a_new_id_is_none_that_is_there_already() -> None:
    history = [USER, asks(wire_call("")), result(""), asks(wire_call("call00000")), result("call00000", "5")]

    assert ["call00001", "call00000"] == ids(repair(history)[0])


def test_a_result_without_an_id_goes_to_the_call_it_stands_behind() -> None:
    history = [USER, asks(wire_call("x"), wire_call("y")), result("x"), {"role": "tool", "content": "5"}]

    assert ([*history[:3], result("y", "5")], ("message 3: the result was given the id of its call",)) == repair(history)


def test_a_call_without_an_id_gets_the_result_behind_it() -> None:
    fixed, _ = repair([USER, asks(wire_call(None)), result("whose")])

    assert ["4"] == results(fixed)


def test_a_result_of_another_id_is_not_guessed_to_be_meant() -> None:
    fixed, said = repair([USER, asks(wire_call("x")), result("y")])

    assert [LOST] == results(fixed)
    assert "message 2: dropped: a result that answers no call" == said[-1]


def test_a_result_before_its_call_is_moved_behind_it() -> None:
    fixed, said = repair([USER, result("x"), asks(wire_call("x")), ANSWER])

    assert ([USER, asks(wire_call("x")), result("x"), ANSWER]) == fixed
    assert ("message 1: the result was moved to its call in message 2",) == said


def test_results_that_the_user_parted_from_their_calls_are_moved() -> None:
    more: Message = {"role": "user", "content": "and?"}
    fixed, said = repair([USER, asks(wire_call("x"), wire_call("y")), result("x"), more, result("y", "5")])

    assert [USER, asks(wire_call("x"), wire_call("y")), result("x"), result("y", "5"), more] == fixed
    assert ("message 4: the result was moved to its call in message 1",) == said


def test_an_open_group_at_the_end_is_closed() -> None:
    fixed, said = repair([USER, asks(wire_call("x"))])

    assert [USER, asks(wire_call("x")), result("x", LOST)] == fixed
    assert 1 == len(said)


# --- what the messages can not hold ----------------------------------------------------------------------------------


def test_an_image_in_a_result_becomes_a_message_of_the_users_after_the_group() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:"}}
    seen = result("x", [{"type": "text", "text": "a cat"}, image])
    fixed, said = repair([USER, asks(wire_call("x"), wire_call("y")), seen, result("y", [image]), ANSWER])

    assert ["a cat", "(What it returned follows in the next message.)"] == results(fixed)
    assert ["user", "assistant", "tool", "tool", "user", "user", "assistant"] == [message["role"] for message in fixed]
    assert [image, image] == [fixed[index]["content"][-1] for index in (4, 5)]
    assert "message 2: what a result can not hold (image_url) became a message of the user's after it" in said
    assert json.dumps(read_history([USER, asks(wire_call("x")), seen]).messages[3]).count("data:") == 1


@pytest.mark.parametrize("role", ["assistant", "system"])
def test_an_image_that_is_not_the_users_is_dropped_and_named(role: str) -> None:
    content = [{"type": "text", "text": "a cat"}, {"type": "image_url", "image_url": {"url": "data:"}}]
    fixed, said = repair([{"role": role, "content": content}, USER])

    assert "a cat" in [message["content"] for message in fixed]
    assert "message 0: parts dropped: image_url" in said


@pytest.mark.parametrize("content", ["", " ", [], [{"type": "text", "text": ""}]])
def test_a_content_that_says_nothing_beside_calls_is_null(content: object) -> None:
    fixed, said = repair([USER, asks(wire_call(), content=content), result()])

    assert None is fixed[1]["content"]
    assert 1 <= len(said)


@pytest.mark.parametrize("message", [{**ANSWER, "tool_calls": []}, {**ANSWER, "tool_calls": None}, {**ANSWER, "refusal": None}])
def test_a_key_without_a_value_is_left_out_and_named(message: Message) -> None:
    fixed, said = repair([USER, message])

    assert [USER, ANSWER] == fixed
    assert said[0].startswith("message 1: fields dropped: ")


def test_what_a_stream_left_in_a_call_is_dropped_and_named() -> None:
    fixed, said = repair([USER, asks({**wire_call(), "index": 0}), result()])

    assert [USER, asks(wire_call()), result()] == fixed
    assert ("message 1: fields of a call dropped: index",) == said


@pytest.mark.parametrize(
    ("expected", "key"), [((), "index"), (("message 1: fields of a call dropped: signature",), "signature")]
)
def test_of_a_call_the_record_names_what_may_be_missed(expected: tuple[str, ...], key: str) -> None:
    assert expected == read_history([USER, asks({**wire_call(), key: 0}), result()]).changes


@pytest.mark.parametrize(("kept", "levels"), [(True, 99), (False, 100)])
def test_a_part_is_kept_as_deep_as_it_may_be(kept: bool, levels: int) -> None:
    part = {"type": "x", "x": json.loads("[" * levels + "]" * levels)}

    assert kept is bool(repair([{"role": "user", "content": [part]}])[0])


def test_a_custom_call_becomes_a_call_of_a_function() -> None:
    fixed, said = repair([USER, asks({"id": "x", "type": "custom", "custom": {"name": "sql", "input": "select 1"}}), result()])

    assert {"name": "sql", "arguments": '{"input": "select 1"}'} == fixed[1]["tool_calls"][0]["function"]
    assert "message 1: a custom call became a call of a function" in said


def test_a_developer_at_the_front_is_the_system() -> None:
    fixed, said = repair([{"role": "developer", "content": "Be brief."}, USER])

    assert [{"role": "system", "content": "Be brief."}, USER] == fixed
    assert ("message 0: the role 'developer' became 'system'",) == said


def test_a_system_message_that_says_nothing_stays_at_the_front_and_nowhere_else() -> None:
    empty: Message = {"role": "system", "content": ""}

    assert ([empty, USER], ()) == repair([empty, USER])
    assert ([USER], ("message 1: dropped: an empty system message",)) == repair([USER, empty])


@pytest.mark.parametrize("content", [{"a": 1}, 7, ["a", {"type": "text", "text": "b"}]])
def test_the_system_is_heard_in_whatever_form_it_speaks(content: object) -> None:
    (system, _), said = repair([{"role": "system", "content": content}, USER])

    assert isinstance(system["content"], str) and system["content"]
    assert 1 <= len(said)


@pytest.mark.parametrize(("expected", "text"), [('{"a": 1}', {"a": 1}), ("7", 7)])
def test_a_text_part_with_something_else_for_a_text_says_it(expected: str, text: object) -> None:
    fixed, said = repair([{"role": "user", "content": [{"type": "text", "text": text}, {"type": "text", "text": None}]}])

    assert [{"role": "user", "content": [{"type": "text", "text": expected}]}] == fixed
    assert ("message 0: a part was written anew", "message 0: a part that is none was dropped") == said


def test_a_part_that_is_too_deep_is_dropped() -> None:
    deep: Any = "x"
    for _ in range(120):
        deep = [deep]
    content = [{"type": "text", "text": "a"}, {"type": "x", "x": deep}]

    assert [{"role": "user", "content": content[:1]}] == repair([{"role": "user", "content": content}])[0]


def test_two_repairs_of_one_message_are_two_lines_of_it() -> None:
    history = [USER, asks({**wire_call("x", name="a b"), "index": 0}, content=""), ANSWER]

    assert 4 == len(repair(history)[1])
    assert all(line.startswith("message 1: ") for line in repair(history)[1])


@given(mutated_histories() | st.lists(messages() | json_values, max_size=6))
def test_every_change_is_said_in_one_line_that_names_its_message(history: list[Any]) -> None:
    for line in repair(history)[1]:
        where, _, what = line.partition(": ")
        assert 0 <= int(where.removeprefix("message ")) < len(history)
        assert what and "\n" not in repr(what)
        line.encode()


@given(mutated_histories() | st.lists(messages() | json_values, max_size=6))
def test_the_record_and_the_messages_tell_the_same_story(history: list[Any]) -> None:
    told = [message for message in repair(history)[0] if message["role"] in ("assistant", "tool")]
    recorded = [message for message in read_history(history).messages if message["role"] in ("assistant", "tool")]

    assert [(each["role"], each["content"]) for each in told] == [(each["role"], each["content"]) for each in recorded]


@given(mutated_histories())
def test_ids_that_may_stay_do(history: list[Message]) -> None:
    kept = {call["id"] for message in repair(history)[0] for call in message.get("tool_calls", ())}
    given_ids = {
        call.get("id")
        for message in history
        if message.get("role") == "assistant" and isinstance(message.get("tool_calls"), list)
        for call in message["tool_calls"]
        if isinstance(call, dict)
    }

    assert {each for each in given_ids if isinstance(each, str) and each.startswith("id_")} <= kept


@given(mutated_histories() | st.lists(messages() | json_values, max_size=6) | json_values)
def test_whatever_is_repaired_is_valid_and_stays_so(value: Any) -> None:
    before = copy.deepcopy(value)
    fixed, _ = repair(value)

    assert [] == history_oracle.judge(fixed)
    assert [] == judge(fixed)
    assert (fixed, ()) == repair(fixed)
    assert before == value


@given(mutated_histories())
def test_every_result_is_kept_or_named_as_dropped(history: list[Message]) -> None:
    fixed, said = repair(history)
    kept = sum(text != LOST for text in results(fixed))
    dropped = sum("answers no call" in line for line in said)

    assert sum(message.get("role") == "tool" for message in history) == kept + dropped
