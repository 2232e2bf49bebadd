"""What the practice endpoint refuses: a mutator for each rule, applied alone to a history that is accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, TypeAlias, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detent.practice.validity import refusal

Body: TypeAlias = dict[str, Any]  # the mutators reach deep into plain JSON
Mutator: TypeAlias = Callable[[Body], object]

TOOL: Body = {"type": "function", "function": {"name": "add", "parameters": {"type": "object", "properties": {}}}}


def call(identity: str, arguments: str = '{"a": 1}') -> Body:
    return {"id": identity, "type": "function", "function": {"name": "add", "arguments": arguments}}


def good() -> Body:
    """Return a request that is accepted: two groups of calls, an answer between, a user at the end."""
    return {
        "model": "practice-rules",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "Add."}]},
            {"role": "assistant", "content": None, "tool_calls": [call("c1"), call("c2")]},
            {"role": "tool", "tool_call_id": "c2", "content": ""},
            {"role": "tool", "tool_call_id": "c1", "content": "2"},
            {"role": "assistant", "content": "Two."},
            {"role": "user", "content": "Again."},
            {"role": "assistant", "tool_calls": [call("c3", "{}")]},
            {"role": "tool", "tool_call_id": "c3", "content": "3"},
        ],
        "tools": [TOOL],
        "tool_choice": "auto",
        "parallel_tool_calls": True,
    }


def at(index: int, **changes: object) -> Mutator:
    return lambda body: body["messages"][index].update(changes)


def of_call(**changes: object) -> Mutator:
    return lambda body: body["messages"][2]["tool_calls"][0].update(changes)


def of_function(**changes: object) -> Mutator:
    return lambda body: body["messages"][2]["tool_calls"][0]["function"].update(changes)


def of_body(**changes: object) -> Mutator:
    return lambda body: body.update(changes)


def of_tool(**changes: object) -> Mutator:
    return of_body(tools=[{"type": "function", "function": {"name": "add", **changes}}])


def without(key: str, index: int | None = None) -> Mutator:
    return lambda body: (body if index is None else body["messages"][index]).pop(key)


def drop(index: int) -> Mutator:
    return lambda body: body["messages"].pop(index)


def put(index: int, message: Body) -> Mutator:
    return lambda body: body["messages"].insert(index, message)


def both(one: Mutator, other: Mutator) -> Mutator:
    return lambda body: (one(body), other(body))


UNANSWERED = (
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
    "The following tool_call_ids did not have response messages: "
)
ORPHAN = "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."
NO_TEXT = "Invalid value for 'content': expected a string, got null."
UNPARSED = "Failed to parse tool call arguments as JSON: "
NAMED = "string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'."
CALL = "messages[2].tool_calls[0]"
EMPTY = "empty array. Expected an array with minimum length 1, but got an empty array instead."
SURROGATE = "The request body is not valid JSON: no low surrogate in string"
IMAGE = {"type": "image_url", "image_url": {"url": "data:,"}}


@pytest.mark.parametrize(
    ("mutate", "message", "param"),
    [
        (without("messages"), "'messages' is required", "messages"),
        (of_body(messages={}), "Expected 'messages' to be an array", "messages"),
        (of_body(messages=[]), f"Invalid 'messages': {EMPTY}", "messages"),
        (at(0, role="wizard"), "Invalid value: 'wizard'.", "messages.[0].role"),
        (of_body(messages=["hi"]), "Invalid value: None.", "messages.[0].role"),
        (at(5, content=None), NO_TEXT, "messages.[5].content"),
        (without("content", 4), NO_TEXT, "messages.[4].content"),
        (at(6, content=7), "Invalid value for 'content': expected a string.", "messages.[6].content"),
        (at(6, content=[]), f"Invalid 'messages[6].content': {EMPTY}", "messages.[6].content"),
        (at(6, content="x" * 10_485_761), "Invalid 'messages[6].content': string too long.", "messages.[6].content"),
        (at(6, content=[{"type": "text"}]), "Invalid part in 'messages[6].content' of role 'user'.", "messages.[6].content"),
        (at(3, content=[IMAGE]), "Invalid 'messages[3]'. Image URLs are only allowed for", "messages.[3]"),
        (at(6, content="\ud83d"), SURROGATE, "messages.[6]"),
        (of_function(arguments='{"a": "\\ud83d"}'), SURROGATE, "messages.[2]"),
        (at(5, tool_calls=[]), f"Invalid 'messages[5].tool_calls': {EMPTY}", "messages[5].tool_calls"),
        (at(5, tool_calls=None), "Invalid type for 'messages[5].tool_calls'", "messages[5].tool_calls"),
        (at(6, tool_calls=[call("c9")]), "'tool_calls' is only allowed for", "messages.[6].tool_calls"),
        (at(2, function_call={"name": "add"}), "messages[2] has both 'function_call' and 'tool_calls'.", "messages.[2]"),
        (drop(4), f"{UNANSWERED}c1", "messages.[2].tool_calls"),
        (drop(8), f"{UNANSWERED}c3", "messages.[7].tool_calls"),
        (put(4, {"role": "user", "content": "Wait."}), f"{UNANSWERED}c1", "messages.[2].tool_calls"),
        (drop(2), ORPHAN, "messages.[2].role"),
        (put(0, {"role": "tool", "tool_call_id": "c1", "content": ""}), ORPHAN, "messages.[0].role"),
        (at(4, tool_call_id="c8"), "Unexpected tool call id c8 in tool results", "messages.[4].tool_call_id"),
        (
            put(5, {"role": "tool", "tool_call_id": "c1", "content": "2"}),
            "Invalid parameter: Duplicate value for 'tool_call_id' of 'c1', in messages[4] and messages[5].",
            "messages.[5].tool_call_id",
        ),
        (
            both(at(7, tool_calls=[call("c1")]), at(8, tool_call_id="c1")),
            "Invalid parameter: Duplicate value for 'tool_call_id' of 'c1', in messages[2] and messages[7].",
            "messages.[7].tool_call_id",
        ),
        (of_call(id="c2"), "Duplicate tool call id c2 in assistant message", "messages.[2].tool_calls"),
        (of_call(id=""), "Missing required parameter: 'messages[2].tool_calls[0].id'.", "messages[2].tool_calls[0].id"),
        (
            of_call(id="c" * 43),
            "Invalid 'messages[2].tool_calls[0].id': string too long. "
            "Expected a string with maximum length 40, but got a string with length 43 instead.",
            "messages[2].tool_calls[0].id",
        ),
        (of_call(type="custom"), "Invalid value for 'messages[2].tool_calls[0].type'", "messages[2].tool_calls[0].type"),
        (of_function(name="a b"), f"Invalid '{CALL}.function.name': {NAMED}", f"{CALL}.function.name"),
        (of_function(name="a\n"), f"Invalid '{CALL}.function.name': {NAMED}", f"{CALL}.function.name"),
        (of_function(name="a" * 65), f"Invalid '{CALL}.function.name': string too long.", f"{CALL}.function.name"),
        (of_function(name=None), "Missing required parameter", f"{CALL}.function.name"),
        (of_function(arguments='{"a": '), UNPARSED, f"{CALL}.function.arguments"),
        (of_function(arguments=""), UNPARSED, f"{CALL}.function.arguments"),
        (of_function(arguments="[1]"), f"{UNPARSED}not an object", f"{CALL}.function.arguments"),
        (of_function(arguments={}), "Invalid type for", f"{CALL}.function.arguments"),
        (of_body(tools={}), "Invalid type for 'tools': expected an array of objects.", "tools"),
        (of_body(tools=[]), f"Invalid 'tools': {EMPTY}", "tools"),
        (
            of_body(tools=[TOOL] * 129),
            "Invalid 'tools': array too long. "
            "Expected an array with maximum length 128, but got an array with length 129 instead.",
            "tools",
        ),
        (of_body(tools=[TOOL, TOOL]), "Tool names must be unique: 'add' is given twice.", "tools"),
        (of_body(tools=[{**TOOL, "type": "web_search"}]), "Invalid value for 'tools[0].type'", "tools[0].type"),
        (of_tool(name="a.b"), f"Invalid 'tools[0].function.name': {NAMED}", "tools[0].function.name"),
        (of_tool(parameters={"type": "string"}), "Invalid schema for function 'add'", "tools[0].function.parameters"),
        (of_tool(parameters=[]), "Invalid schema for function 'add'", "tools[0].function.parameters"),
        (
            both(without("tools"), without("tool_choice")),
            "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified.",
            "parallel_tool_calls",
        ),
        (
            without("tools"),
            "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
            "tool_choice",
        ),
        (of_body(tool_choice="always"), "Invalid value: 'always'.", "tool_choice"),
        (of_body(tool_choice={"function": {"name": "add"}}), "Invalid value for 'tool_choice'", "tool_choice"),
        (of_body(tool_choice={**TOOL, "function": {"name": "sub"}}), "Invalid value for 'tool_choice'", "tool_choice"),
        (of_body(n=2), "Invalid value for 'n'", "n"),
    ],
)  # fmt: skip
def test_one_fault_is_refused_by_its_rule(mutate: Mutator, message: str, param: str) -> None:
    body = good()
    mutate(body)

    found = refusal(body)
    assert found is not None
    assert found.message.startswith(message)
    assert param == found.param
    assert found.type == "invalid_request_error"


def test_a_good_request_is_accepted() -> None:
    assert refusal(good()) is None


@pytest.mark.parametrize(
    "mutate",
    [
        of_body(tool_choice={"type": "function", "function": {"name": "add"}}),
        of_body(tool_choice="required", n=1),
        of_tool(description="no parameters at all"),
        of_tool(parameters={}),
        of_function(arguments='{"a": "\\ud83d\\ude00"}'),
        at(6, content=[{"type": "text", "text": "See:"}, IMAGE]),
        at(0, role="developer"),
    ],
)
def test_what_is_unusual_but_allowed_is_accepted(mutate: Mutator) -> None:
    body = good()
    mutate(body)

    assert refusal(body) is None


def test_the_error_has_the_shape_of_openais() -> None:
    found = refusal({**good(), "tools": []})

    assert found is not None
    error = {"message": found.message, "type": "invalid_request_error", "param": "tools", "code": "empty_array"}
    assert found.to_json() == {"error": error}


@pytest.mark.parametrize("body", [None, [], "x", 1])
def test_what_is_not_an_object_is_refused(body: object) -> None:
    assert refusal(body) is not None


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["role", "content", "id"]), inner, max_size=3),
    max_leaves=8,
)


@given(ANY, st.data())
@settings(max_examples=200, deadline=None)
def test_any_json_in_any_place_is_judged(value: object, data: st.DataObject) -> None:
    body = deepcopy(good())
    places = list(containers(body))
    place = data.draw(st.sampled_from(places))
    place[data.draw(st.sampled_from(keys(place)))] = value

    found = refusal(body)
    assert found is None or found.message


def containers(value: Any) -> Iterator[Any]:
    """Yield every object and array in *value* that has something in it."""
    if keys(value):
        yield value
    for key in keys(value):
        yield from containers(value[key])


def keys(value: Any) -> list[Any]:
    """Return what *value* can be indexed with: the keys of an object, the positions of an array."""
    if isinstance(value, dict):
        return list(cast("dict[str, object]", value))
    return list(range(len(cast("list[object]", value)))) if isinstance(value, list) else []
