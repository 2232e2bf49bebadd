"""The request around the messages: tools, the choice among them, parameters under the host's names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from detent.machine.wire.encoding import encode
from detent.machine.wire.host_profile import overridden
from detent.machine.wire.hosts import HOSTS
from detent.machine.wire.request import Offer, offer, request_body
from detent.states import Conversation, Run
from detent.states.history import judge_request
from detent.states.messages import Call, Said, UserMessage, call_id
from detent.states.turn import Outcome, OutcomeKind, SealedTurn

PORTABLE = HOSTS["portable"]
OWN = encode([{"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}])
MESSAGES = b'[{"role":"user","content":"hi"}]'
EMPTY = Conversation(history=(UserMessage(content="hi"),))


def with_calls(*names: str) -> Conversation:
    calls = tuple(Call(id=call_id(place), name=name) for place, name in enumerate(names))
    outcomes = tuple(Outcome(kind=OutcomeKind.RETURNED, content="r") for _ in names)
    return Conversation(history=(UserMessage(content="hi"), SealedTurn(said=Said(), calls=calls, outcomes=outcomes)))


def body(**options: Any) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(pairs) == len({key for key, _ in pairs}), pairs
        return dict(pairs)

    read = json.loads(request_body("m", MESSAGES, **options), object_pairs_hook=once)
    assert isinstance(read, dict)
    return read


# --- what is offered -----------------------------------------------------------------------------


def test_an_agents_tools_are_offered_and_the_model_may_choose() -> None:
    assert Offer(OWN, "auto") == offer(PORTABLE, EMPTY, OWN, closing=False)


@pytest.mark.parametrize("name", ["portable", "openai", "anthropic", "bedrock", "vllm", "groq"])
def test_for_closing_words_the_same_tools_are_sent_and_switched_off(name: str) -> None:
    assert Offer(OWN, "none") == offer(HOSTS[name], with_calls("look"), OWN, closing=True)


@pytest.mark.parametrize("name", ["mistral", "ollama", "zai"])
def test_for_closing_words_tools_are_left_out_where_they_can_not_be_switched_off(name: str) -> None:
    assert Offer(None, None) == offer(HOSTS[name], with_calls("look"), OWN, closing=True)


def test_tools_that_must_be_there_are_not_left_out_for_closing_words() -> None:
    host = overridden(PORTABLE, {"closing": "drop"})

    assert Offer(OWN, "none") == offer(host, with_calls("look"), OWN, closing=True)


def test_a_choice_that_the_host_does_not_know_is_left_out() -> None:
    host = overridden(PORTABLE, {"tool_choices": []})

    assert Offer(OWN, None) == offer(host, EMPTY, OWN, closing=False)


@pytest.mark.parametrize("closing", [False, True])
@pytest.mark.parametrize("name", ["portable", "bedrock", "anthropic", "gemini", "litellm"])
def test_calls_without_tools_are_declared_where_a_host_asks_for_it(name: str, closing: bool) -> None:
    """ "The toolConfig field must be defined when using toolUse and toolResult content blocks." """
    offered = offer(HOSTS[name], with_calls("look", "find", "look"), None, closing=closing)

    assert "none" == offered.choice
    declared = json.loads(offered.tools or b"")
    assert ["look", "find"] == [each["function"]["name"] for each in declared]
    request = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "tools": declared, "tool_choice": "none"}
    assert [] == judge_request(request, HOSTS[name])


def test_nothing_is_declared_where_it_need_not_be() -> None:
    none = Offer(None, None)
    windowed = Conversation(history=with_calls("look").history, run=Run(window=2))

    assert none == offer(HOSTS["openai"], with_calls("look"), None, closing=False)
    assert none == offer(PORTABLE, EMPTY, None, closing=False) == offer(PORTABLE, windowed, None, closing=False)


# --- the body ------------------------------------------------------------------------------------


def test_a_request_holds_the_model_and_the_messages_as_they_are_and_no_more() -> None:
    assert b'{"model":"m \\"x\\"","messages":' + MESSAGES + b"}" == request_body('m "x"', MESSAGES)


def test_messages_in_pieces_give_the_same_body() -> None:
    pieces = [b'[{"role":"user","content":"a"}', b'{"role":"user","content":"b"}]']
    options: dict[str, Any] = {"stream": True, "tools": OWN, "parameters": {"temperature": 0}}

    assert request_body("m", b",".join(pieces), **options) == request_body("m", pieces, **options)
    assert request_body("m", b",".join(pieces)) == request_body("m", pieces)
    assert [b'[{"role":"user","content":"a"}', b'{"role":"user","content":"b"}]'] == pieces


def test_tools_go_with_a_choice_unless_there_is_none() -> None:
    assert (json.loads(OWN), "auto") == (body(tools=OWN)["tools"], body(tools=OWN)["tool_choice"])
    assert "tool_choice" not in body(tools=OWN, tool_choice=None)
    assert {"model", "messages"} == set(body())


def test_a_stream_is_asked_for_its_usage_where_the_host_can_tell() -> None:
    assert (True, {"include_usage": True}) == (body(stream=True)["stream"], body(stream=True)["stream_options"])
    assert {"model", "messages", "stream"} == set(body(stream=True, host=HOSTS["mistral"]))
    assert "stream" not in body()


@pytest.mark.parametrize("given", ["max_tokens", "max_completion_tokens"])
@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("openai", "max_completion_tokens"),
        ("azure", "max_completion_tokens"),
        ("groq", "max_completion_tokens"),
        ("cerebras", "max_completion_tokens"),
        ("mistral", "max_tokens"),
        ("openrouter", "max_tokens"),
        ("ollama", "max_tokens"),
        ("portable", "max_tokens"),
    ],
)
def test_a_limit_of_the_reply_goes_under_the_hosts_name(given: str, name: str, sent: str) -> None:
    assert {"model", "messages", sent} == set(body(host=HOSTS[name], parameters={given: 5}))
    assert 5 == body(host=HOSTS[name], parameters={given: 5})[sent]


def test_a_limit_given_under_both_names_is_sent_once() -> None:
    assert 6 == body(parameters={"max_tokens": 5, "max_completion_tokens": 6})["max_tokens"]


def test_parameters_about_tools_go_with_tools_alone() -> None:
    """ "'parallel_tool_calls' is only allowed when 'tools' are specified." """
    given = {"tool_choice": "required", "parallel_tool_calls": False, "temperature": 0}

    assert {"model", "messages", "temperature"} == set(body(parameters=given))
    assert ("required", False) == (
        body(tools=OWN, parameters=given)["tool_choice"],
        body(tools=OWN, parameters=given)["parallel_tool_calls"],
    )
    assert "required" == body(tools=OWN, tool_choice=None, parameters=given)["tool_choice"]


def test_a_callers_choice_gives_way_where_tools_are_switched_off() -> None:
    sent = body(tools=OWN, tool_choice="none", parameters={"tool_choice": "required", "parallel_tool_calls": False})

    assert {"model", "messages", "tools", "tool_choice"} == set(sent)
    assert "none" == sent["tool_choice"]
