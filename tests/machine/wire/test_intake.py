"""A whole body comes to a reply or a fault, whatever it holds; usage is found in all its places."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detent.machine.wire import read_body
from detent.machine.wire.fault import Fault
from detent.states import Usage
from detent.states.events import Reply
from detent.states.messages import Origin

ORIGIN = Origin("portable", "m")
KEYS = st.sampled_from(
    [
        "choices",
        "message",
        "content",
        "tool_calls",
        "function",
        "name",
        "arguments",
        "id",
        "finish_reason",
        "error",
        "usage",
        "index",
        "reasoning",
        "reasoning_details",
        "thinking_blocks",
        "refusal",
        "type",
        "text",
        "provider",
        "prompt_tokens",
        "cost",
        "extra_content",
    ]
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["length", "stop", "{}", "thinking"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)


@given(JSON | st.builds(lambda message, usage: {"choices": [{"message": message}], "usage": usage}, JSON, JSON))
def test_any_json_comes_to_a_reply_or_a_fault(body: object) -> None:
    assert isinstance(read_body(json.dumps(body).encode(), ORIGIN, frozenset({"a"})), Reply | Fault)


@given(st.binary())
def test_any_bytes_come_to_a_reply_or_a_fault(body: bytes) -> None:
    assert isinstance(read_body(body, ORIGIN), Reply | Fault)


def test_bottomless_nesting_is_a_fault_or_a_flaw() -> None:
    deep: Any = "[" * 3000 + "]" * 3000
    assert isinstance(read_body(deep.encode(), ORIGIN), Fault)
    nested = '{"a":' * 400 + "1" + "}" * 400
    body = f'{{"choices":[{{"message":{{"tool_calls":[{{"function":{{"name":"a","arguments":{nested}}}}}]}}}}]}}'
    assert isinstance(read_body(body.encode(), ORIGIN), Reply)


@pytest.mark.parametrize(
    ("body", "usage"),
    [
        ({}, Usage()),
        ({"usage": None}, Usage()),
        ({"usage": {"prompt_tokens": 3, "completion_tokens": 2}}, Usage(prompt=3, completion=2)),
        ({"usage": {"input_tokens": 3, "output_tokens": 2}}, Usage(prompt=3, completion=2)),
        ({"usage": {"prompt_tokens": 3, "completion_tokens": 2, "input_tokens": 30}}, Usage(prompt=3, completion=2)),
        ({"x_groq": {"usage": {"prompt_tokens": 3}}}, Usage(prompt=3)),
        ({"usage": {"prompt_tokens": None, "completion_tokens": -1, "cost": None}}, Usage()),
        ({"usage": {"prompt_tokens": True, "completion_tokens": "7", "cost": True}}, Usage()),
        ({"usage": {"prompt_tokens": 3, "cost": 0.5}}, Usage(prompt=3, cost=0.5)),
        ({"usage": {"prompt_tokens": 3, "cost": {"total_cost": 0.5}}}, Usage(prompt=3, cost=0.5)),
        ({"usage": {"prompt_tokens": 3, "prompt_tokens_details": {"cached_tokens": 2}}}, Usage(prompt=3, cached=2)),
        ({"usage": {"prompt_tokens": 3, "prompt_cache_hit_tokens": 2}}, Usage(prompt=3, cached=2)),
        (
            {"usage": {"completion_tokens": 3, "completion_tokens_details": {"reasoning_tokens": 9}}},
            Usage(completion=3, reasoning=9),
        ),
    ],
)
def test_usage_is_found_where_hosts_put_it(body: dict[str, object], usage: Usage) -> None:
    whole = {**body, "choices": [{"message": {"content": "hi"}}]}
    reply = read_body(json.dumps(whole).encode(), ORIGIN)

    assert isinstance(reply, Reply)
    assert usage == reply.usage


def test_usage_may_stand_in_the_choice() -> None:
    body = {"choices": [{"message": {"content": "hi"}, "usage": {"prompt_tokens": 3}}]}
    reply = read_body(json.dumps(body).encode(), ORIGIN)

    assert isinstance(reply, Reply)
    assert Usage(prompt=3) == reply.usage


def test_the_fields_that_a_host_wants_back_are_kept_as_they_were() -> None:
    details = [{"type": "reasoning.text", "text": "hm", "signature": "s", "index": 0}]
    body = {
        "choices": [{"message": {"content": "hi", "reasoning_details": details, "reasoning": "hm", "reasoning_content": None}}]
    }
    reply = read_body(json.dumps(body).encode(), ORIGIN)

    assert isinstance(reply, Reply)
    assert {"reasoning_details": details, "reasoning": "hm"} == {one.key: json.loads(one.json) for one in reply.said.opaque}
    assert ORIGIN == reply.said.origin


def test_what_has_no_text_in_json_is_kept_as_null() -> None:
    body = b'{"choices":[{"message":{"content":"hi","reasoning_details":[{"a":NaN}]}}]}'
    reply = read_body(body, ORIGIN)

    assert isinstance(reply, Reply)
    assert "null" == reply.said.opaque[0].json
