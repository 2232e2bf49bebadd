"""The entries that stand alone, and what they are made of."""

from __future__ import annotations

import json
import re

import pytest
from history_oracle import judge
from hypothesis import given
from hypothesis import strategies as st
from strategies import BAD_ARGUMENTS, SOUND_ARGUMENTS, texts, user_messages

from detent.states.messages import AssistantMessage, Call, Opaque, Part, Said, UserMessage, call_id


def test_a_call_id_is_nine_letters_and_digits() -> None:
    assert "call00000" == call_id(0)
    assert "call0000z" == call_id(35)
    assert "call00010" == call_id(36)
    assert "callzzzzz" == call_id(36**5 - 1)


@given(st.integers(0, 36**5 - 1))
def test_every_call_id_is_one_that_every_host_accepts(number: int) -> None:
    assert re.fullmatch("[A-Za-z0-9]{9}", call_id(number))


@given(st.integers(0, 36**6), st.integers(0, 36**6))
def test_two_calls_never_have_the_same_id(one: int, other: int) -> None:
    assert (one == other) == (call_id(one) == call_id(other))


def test_a_user_message_of_text_is_one_message() -> None:
    assert ({"role": "user", "content": "hi"},) == UserMessage(content="hi").to_messages()


def test_a_user_message_of_parts_is_one_message() -> None:
    part = Part("image_url", '{"type": "image_url", "image_url": {"url": "data:"}}')

    assert ({"role": "user", "content": [json.loads(part.json)]},) == UserMessage(content=(part,)).to_messages()


@pytest.mark.parametrize("content", ["", " \n", ()])
def test_a_user_message_holds_something(content: str | tuple[Part, ...]) -> None:
    with pytest.raises(ValueError, match="a user's message needs a text or at least one part"):
        UserMessage(content=content)


def test_a_user_message_is_made_well_formed() -> None:
    assert "a\ufffd" == UserMessage(content="a\ud800").content


@given(user_messages)
def test_every_user_message_is_valid(message: UserMessage) -> None:
    assert [] == judge([*message.to_messages()], sendable=True)


@pytest.mark.parametrize("text", ["", "nope", "{", "[]", "7", "null", "{}", '{"type": ""}', '{"type": 7}'])
def test_a_part_that_is_no_typed_object_is_refused_at_once(text: str) -> None:
    with pytest.raises(ValueError):
        UserMessage(content=(Part("image_url", text),))


@pytest.mark.parametrize("hidden", ["\\ud800", "\\u0000"])
def test_a_part_hides_no_surrogate_and_no_nul_in_an_escape(hidden: str) -> None:
    message = UserMessage(content=(Part("text", f'{{"type": "text", "text": "a{hidden}"}}'),))

    assert [] == judge([*message.to_messages()])


def test_an_answer_is_one_message() -> None:
    assert ({"role": "assistant", "content": "done"},) == AssistantMessage(said=Said(text="done")).to_messages()


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_answer_holds_a_text(text: str) -> None:
    with pytest.raises(ValueError, match="an assistant's message without calls needs a text"):
        AssistantMessage(said=Said(text=text, reasoning="because"))


@given(texts)
def test_what_is_said_is_blank_without_a_visible_text(text: str) -> None:
    assert (not Said(text=text).text.strip()) is Said(text=text).is_blank


def test_what_is_said_is_made_well_formed() -> None:
    said = Said(text="\ud800", reasoning="\0", opaque=(Opaque("signature", '"\udc00"'),))

    assert ("\ufffd", "\ufffd", '"\ufffd"') == (said.text, said.reasoning, said.opaque[0].json)


@pytest.mark.parametrize("arguments", SOUND_ARGUMENTS[:6])
def test_sound_arguments_are_sent_byte_for_byte(arguments: str) -> None:
    assert arguments == Call(id="call00000", name="look", arguments=arguments).sendable_arguments


@pytest.mark.parametrize("arguments", BAD_ARGUMENTS[:6])
def test_a_call_with_a_problem_is_sent_with_an_empty_object(arguments: str) -> None:
    assert "{}" == Call(id="call00000", name="look", arguments=arguments, problem="bad").sendable_arguments


def test_a_call_keeps_what_arrived_and_is_shown_under_our_id() -> None:
    call = Call(id="call00000", name="a b", arguments='{"a": 1}', host_id="0\0")

    assert "0\ufffd" == call.host_id
    assert {"id": "call00000", "type": "function", "function": {"name": "a_b", "arguments": '{"a": 1}'}} == call.to_message()


def test_a_call_with_a_flaw_says_so_or_is_refused() -> None:
    with pytest.raises(ValueError, match="call00000: the arguments are not valid JSON"):
        Call(id="call00000", name="look", arguments="{")

    assert "{}" == Call(id="call00000", name="look", arguments="{", problem="cut").sendable_arguments
