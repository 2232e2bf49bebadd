"""Every rule: a history or a request that breaks it, and the one beside it that does not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from detent.states.history import PORTABLE, RULES, Rules, judge, judge_request

History = list[dict[str, Any]]
Body = dict[str, Any]


def a_call(call_id: str, arguments: Any = '{"city": "Oslo"}') -> dict[str, Any]:
    return {"id": call_id, "type": "function", "function": {"name": "weather", "arguments": arguments}}


VALID: History = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "What is the weather?"},
    {"role": "assistant", "content": None, "tool_calls": [a_call("call00001"), a_call("call00002")]},
    {"role": "tool", "tool_call_id": "call00001", "content": "rain"},
    {"role": "tool", "tool_call_id": "call00002", "content": ""},
    {"role": "assistant", "content": "Once more.", "tool_calls": [a_call("call00003", "{}")]},
    {"role": "tool", "tool_call_id": "call00003", "content": "rain"},
    {"role": "assistant", "content": "Rain."},
    {"role": "user", "content": [{"type": "text", "text": "And this?"}, {"type": "image_url", "image_url": {"url": "data:"}}]},
]


def a_tool(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}, **more}}


REQUEST: Body = {"model": "m", "messages": VALID, "tools": [a_tool("weather"), a_tool("time")], "tool_choice": "auto"}


def mutated(change: Callable[[History], object]) -> History:
    history = copy.deepcopy(VALID)
    change(history)
    return history


def put(index: int, **fields: Any) -> Callable[[History], object]:
    return lambda history: history[index].update(fields)


def put_in_call(**fields: Any) -> Callable[[History], object]:
    return lambda history: history[2]["tool_calls"][0].update(fields)


def put_in_function(**fields: Any) -> Callable[[History], object]:
    return lambda history: history[2]["tool_calls"][0]["function"].update(fields)


def insert(index: int, **message: Any) -> Callable[[History], object]:
    return lambda history: history.insert(index, message)


def drop(*indexes: int) -> Callable[[History], object]:
    return lambda history: [history.pop(index) for index in sorted(indexes, reverse=True)]


def without(index: int, key: str) -> Callable[[History], object]:
    return lambda history: history[index].pop(key)


def swap(one: int, other: int) -> Callable[[History], object]:
    def change(history: History) -> None:
        history[one], history[other] = history[other], history[one]

    return change


def reuse_an_id(history: History) -> None:
    history[5]["tool_calls"][0]["id"] = history[6]["tool_call_id"] = "call00001"


def name_both_calls_alike(history: History) -> None:
    history[2]["tool_calls"][1]["id"] = history[4]["tool_call_id"] = "call00001"


def rename_a_call_and_its_result(history: History) -> None:
    history[2]["tool_calls"][0]["id"] = history[3]["tool_call_id"] = "functions.weather:" + "0" * 50


DEEP: Any = json.loads("[" * 120 + "]" * 120)

MUTATORS: dict[str, tuple[str, int | None, Callable[[History], object]]] = {
    "a developer speaks": ("V1", 0, put(0, role="developer")),
    "a role that is no text": ("V1", 1, put(1, role=["user"])),
    "a role in the old form": ("V1", 3, put(3, role="function")),
    "no role": ("V1", 1, without(1, "role")),
    "a message that is none": ("V2", 1, lambda history: history.insert(1, "hi")),  # type: ignore[arg-type]
    "a result without content": ("V3", 3, without(3, "content")),
    "a user without content": ("V3", 1, without(1, "content")),
    "a result of null": ("V3", 3, put(3, content=None)),
    "a result of an object": ("V3", 3, put(3, content={"a": 1})),
    "a result of parts": ("V3", 3, put(3, content=[{"type": "text", "text": "rain"}])),
    "null and no calls": ("V4", 7, put(7, content=None)),
    "no content and no calls": ("V4", 7, without(7, "content")),
    "a blank text and no calls": ("V5", 7, put(7, content=" \n")),
    "an empty list of parts": ("V4", 7, put(7, content=[])),
    "an empty text beside calls": ("V4", 2, put(2, content="")),
    "no content beside calls": ("V4", 2, without(2, "content")),
    "no calls in tool_calls": ("V6", 7, put(7, tool_calls=[])),
    "tool_calls that are an object": ("V6", 7, put(7, tool_calls={})),
    "tool_calls that are null": ("V7", 7, put(7, tool_calls=None)),
    "a tool_call_id that is null": ("V7", 3, put(3, tool_call_id=None)),
    "a key nobody knows": ("V8", 1, put(1, timestamp=1)),
    "a name": ("V8", 3, put(3, name="weather")),
    "what a stream leaves in a call": ("V8", 2, put_in_call(index=0)),
    "what a stream leaves in a function": ("V8", 2, put_in_function(index=0)),
    "a list without parts": ("V9", 8, put(8, content=[])),
    "a part without a type": ("V9", 8, put(8, content=[{"text": "hi"}])),
    "a part that is a text": ("V9", 8, put(8, content=["hi"])),
    "a text part without text": ("V9", 8, put(8, content=[{"type": "text"}])),
    "a lone surrogate": ("V10", 1, put(1, content="a\ud83d")),
    "a lone surrogate in a part": ("V10", 8, put(8, content=[{"type": "text", "text": "\udc00"}])),
    "a lone surrogate in an id": ("V10", 3, put(3, tool_call_id="\ud83d")),
    "a lone surrogate in an escape of the arguments": ("V10", 2, put_in_function(arguments='{"a": "\\ud83d"}')),
    "a lone surrogate in a key of the arguments": ("V10", 2, put_in_function(arguments='{"\\udc00": 1}')),
    "a NUL": ("V10", 1, put(1, content="a\0")),
    "a NUL in an escape of the arguments": ("V10", 2, put_in_function(arguments='{"a": "\\u0000"}')),
    "a text that is too long": ("V11", 1, put(1, content="x" * 10_485_761)),
    "a part that is too deep": ("V11", 8, put(8, content=[{"type": "image_url", "image_url": DEEP}])),
    "a result is missing before the next turn": ("V13", 4, drop(4)),
    "all results are missing": ("V13", 3, drop(3, 4)),
    "a result before its call": ("V14", 5, swap(5, 6)),
    "a result behind the user": ("V14", 2, insert(2, role="tool", tool_call_id="x", content="")),
    "a result of another id": ("V15", 3, put(3, tool_call_id="call99999")),
    "a call of another id": ("V15", 3, put_in_call(id="call99999")),
    "a result without an id": ("V15", 3, without(3, "tool_call_id")),
    "a second result": ("V16", 5, insert(5, role="tool", tool_call_id="call00002", content="")),
    "an id used before": ("V16", 5, reuse_an_id),
    "an id used twice": ("V16", 2, name_both_calls_alike),
    "results in another order": ("V17", 3, swap(3, 4)),
    "the user speaks inside a group": ("V18", 4, insert(4, role="user", content="wait")),
    "the system speaks inside a group": ("V18", 4, insert(4, role="system", content="wait")),
    "the history ends inside a group": ("V19", 3, drop(4, 5, 6, 7, 8)),
    "a second system message": ("V22", 1, insert(1, role="system", content="And polite.")),
    "a late system message": ("V22", 8, insert(8, role="system", content="Soon done.")),
    "the assistant begins": ("V26", 1, drop(1)),
    "a call that is a text": ("V28", 2, lambda history: history[2]["tool_calls"].append("call")),
    "a call without a function": ("V28", 2, put_in_call(function=None)),
    "a call without an id": ("V28", 2, lambda history: history[2]["tool_calls"][0].pop("id")),
    "a call without a type": ("V28", 2, lambda history: history[2]["tool_calls"][0].pop("type")),
    "a custom call": ("V28", 2, put_in_call(type="custom")),
    "an empty id": ("V29", 2, put_in_call(id="")),
    "an id of 41 characters": ("V29", 2, put_in_call(id="x" * 41)),
    "an id with a colon": ("V29", 2, put_in_call(id="functions.weather:0")),
    "an id that is a number": ("V29", 2, put_in_call(id=7)),
    "an id that ends its line": ("V29", 2, put_in_call(id="call00001\n")),
    "a name with a space": ("V30", 2, put_in_function(name="the weather")),
    "a name with a dot": ("V30", 2, put_in_function(name="functions.weather")),
    "a name of 65 characters": ("V30", 2, put_in_function(name="x" * 65)),
    "an empty name": ("V30", 2, put_in_function(name="")),
    "no name": ("V30", 2, lambda history: history[2]["tool_calls"][0]["function"].pop("name")),
    "arguments cut by a character": ("V31", 2, put_in_function(arguments='{"city": "Oslo"')),
    "arguments that are an object": ("V31", 2, put_in_function(arguments={"city": "Oslo"})),
    "arguments that hold a list": ("V31", 2, put_in_function(arguments="[]")),
    "arguments that hold a text": ("V31", 2, put_in_function(arguments='"{}"')),
    "empty arguments": ("V31", 2, put_in_function(arguments="")),
    "no arguments": ("V31", 2, lambda history: history[2]["tool_calls"][0]["function"].pop("arguments")),
    "two objects as arguments": ("V31", 2, put_in_function(arguments="{}{}")),
    "a key of the arguments twice": ("V31", 2, put_in_function(arguments='{"a": 1, "a": 2}')),
    "arguments with NaN": ("V31", 2, put_in_function(arguments='{"a": NaN}')),
    "arguments that are too deep": ("V31", 2, put_in_function(arguments='{"a": ' + "[" * 100 + "]" * 100 + "}")),
    "arguments that are hopelessly deep": ("V31", 2, put_in_function(arguments="[" * 10**5)),
    "a number of 5000 digits in the arguments": ("V31", 2, put_in_function(arguments='{"a": ' + "9" * 5000 + "}")),
    "a call in the old form": ("V32", 7, put(7, function_call={"name": "weather", "arguments": "{}"})),
    "reasoning": ("V47", 7, put(7, reasoning_content="Because.")),
}
"""What is done to a valid history, the rule it breaks, and where."""


def test_a_valid_history_is_accepted_as_stored_and_as_sent() -> None:
    assert [] == judge(VALID)
    assert [] == judge(VALID, sendable=True)
    assert [] == judge_request(REQUEST)


@pytest.mark.parametrize(("rule", "index", "change"), MUTATORS.values(), ids=MUTATORS)
def test_each_fault_is_found_by_its_rule(rule: str, index: int, change: Callable[[History], object]) -> None:
    assert (rule, index) in [(finding.rule, finding.index) for finding in judge(mutated(change))]


def test_no_fault_of_one_message_is_laid_at_another() -> None:
    shape = {"V1", "V3", "V4", "V5", "V6", "V7", "V8", "V9", "V10", "V11", "V28", "V29", "V30", "V31", "V32", "V47"}
    for rule, index, change in MUTATORS.values():
        wrong = [each for each in judge(mutated(change)) if each.rule in shape and each.index != index]
        assert [] == wrong, rule


@pytest.mark.parametrize(("expected", "levels"), [([], 99), (["V11"], 100)])
def test_a_part_of_a_hundred_levels_is_accepted_and_no_deeper_one(expected: list[str], levels: int) -> None:
    part = {"type": "x", "x": json.loads("[" * levels + "]" * levels)}

    assert expected == [each.rule for each in judge(mutated(put(8, content=[part])))]


@pytest.mark.parametrize(("expected", "levels"), [([], 99), (["V31"], 100)])
def test_arguments_of_a_hundred_levels_are_accepted_and_no_deeper_ones(expected: list[str], levels: int) -> None:
    arguments = '{"a": ' + "[" * levels + "]" * levels + "}"

    assert expected == [each.rule for each in judge(mutated(put_in_function(arguments=arguments)))]


@pytest.mark.parametrize(("expected", "calls"), [("'x0', 'x1', 'x2'", 3), ("'x0', 'x1', 'x2' and 1 more", 4)])
def test_of_many_missing_results_three_are_named(expected: str, calls: int) -> None:
    made = [a_call(f"x{number}") for number in range(calls)]
    history = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": None, "tool_calls": made}]

    assert f"{expected} of message 1 has no result at all" in [each.detail for each in judge(history)]


@pytest.mark.parametrize(
    ("rule", "messages"),
    [("V2", None), ("V2", {}), ("V2", "hi"), ("V2", 7), ("V2", [None]), ("V2", [[]]), ("V2", [{1: "user"}])],
)
def test_what_is_no_list_of_messages_is_no_history(rule: str, messages: object) -> None:
    assert [rule] == [finding.rule for finding in judge(messages) if finding.rule != "V26"]


# --- as stored, and as sent ------------------------------------------------------------------------------------------


def test_an_empty_history_can_be_stored_and_not_sent() -> None:
    assert [] == judge([])
    assert [("V2", None)] == [(each.rule, each.index) for each in judge([], sendable=True)]


@pytest.mark.parametrize("last", [7, 0])
def test_a_history_that_ends_with_an_answer_or_the_system_can_be_stored_and_not_sent(last: int) -> None:
    history = VALID[: last + 1]

    assert [] == judge(history)
    assert [("V25", last)] == [(each.rule, each.index) for each in judge(history, sendable=True)]


def test_a_history_that_ends_with_a_result_can_be_sent() -> None:
    assert [] == judge(VALID[:7], sendable=True)


# --- what hosts differ in --------------------------------------------------------------------------------------------


def differing(**changes: Any) -> Rules:
    return evolve(PORTABLE, name="some", **changes)


NAMED = {role: keys | {"name"} for role, keys in PORTABLE.keys.items()}

PROFILES: dict[str, tuple[str, Rules, Callable[[History], object]]] = {
    "ids of nine": ("V29", differing(id_pattern="[a-zA-Z0-9]{9}"), put_in_call(id="call_0001")),
    "a text where calls are alone": ("V4", differing(empty_content="empty"), put(2, content=None)),
    "a text or calls": ("V5", differing(text_xor_calls=True), put(2, content="Let me see.")),
    "turns of the user": ("V23", differing(alternate=True), insert(1, role="user", content="Hi.")),
    "turns of the assistant": ("V23", differing(alternate=True), insert(7, role="assistant", content="Hm.")),
    "a bridge": ("V24", differing(bridge_after_tool=True), drop(7)),
    "reasoning that must be there": (
        "V41",
        differing(reasoning="required", reasoning_keys=frozenset({"thoughts"})),
        without(5, "thoughts"),
    ),
    "reasoning that must not be there": ("V47", differing(reasoning_keys=frozenset({"thoughts"})), put(7, thoughts="Hm.")),
    "a name that is none": ("V12", differing(keys=NAMED), put(1, name="the user")),
    "null for a key": ("V7", differing(keys=NAMED), put(1, name=None)),
    "another part than text": (
        "V9",
        differing(),
        put(3, content=[{"type": "image_url", "image_url": {"url": "data:"}}]),
    ),
}


@pytest.mark.parametrize(("rule", "profile", "change"), PROFILES.values(), ids=PROFILES)
def test_what_one_host_refuses_is_found_with_its_profile(
    rule: str, profile: Rules, change: Callable[[History], object]
) -> None:
    history = copy.deepcopy(VALID)
    history[2]["content"] = {"empty": "", "null": None}[profile.empty_content]
    for message in (history[2], history[5]):
        message |= {"thoughts": "Hm."} if profile.reasoning == "required" else {}
    if profile.text_xor_calls:
        history[5]["content"] = None

    assert [] == judge(history, profile)
    change(history)
    assert rule in [finding.rule for finding in judge(history, profile)]


TOLERATED: dict[str, tuple[Rules, Callable[[History], object]]] = {
    "a developer": (differing(roles=PORTABLE.roles | {"developer"}), put(0, role="developer")),
    "several system messages": (differing(single_system=False), insert(8, role="system", content="Soon done.")),
    "a name": (differing(keys=NAMED), put(1, name="me")),
    "a key of a call": (differing(call_keys=frozenset({"extra_content"})), put_in_call(extra_content={})),
    "a longer id": (differing(id_pattern=".+"), rename_a_call_and_its_result),
    "reasoning": (differing(reasoning="allowed", reasoning_keys=frozenset({"thoughts"})), put(7, thoughts="Hm.")),
    "no text written as an empty one": (differing(), put(2, content="")),
    "no text written as nothing": (differing(), without(2, "content")),
    "parts in a result": (differing(), put(3, content=[{"type": "text", "text": "rain"}])),
    "parts in an answer": (differing(), put(7, content=[{"type": "text", "text": "Rain."}])),
}


@pytest.mark.parametrize(("profile", "change"), TOLERATED.values(), ids=TOLERATED)
def test_what_a_host_takes_is_no_fault_with_its_profile(profile: Rules, change: Callable[[History], object]) -> None:
    assert [] == judge(mutated(change), profile)


def test_reasoning_of_a_call_is_looked_for_in_its_first_call() -> None:
    profile = differing(
        reasoning="required",
        reasoning_keys=frozenset({"extra_content"}),
        call_keys=PORTABLE.call_keys | {"extra_content"},
    )
    history = copy.deepcopy(VALID)
    for message in (history[2], history[5]):
        message["tool_calls"][0]["extra_content"] = {"google": {"thought_signature": "x"}}

    assert [] == judge(history, profile)
    del history[5]["tool_calls"][0]["extra_content"]
    assert [("V41", 5)] == [(each.rule, each.index) for each in judge(history, profile)]


# --- requests --------------------------------------------------------------------------------------------------------

STRICT = {
    "type": "object",
    "properties": {
        "a": {"type": ["string", "null"], "format": "date"},
        "b": {"type": "array", "items": {"anyOf": [{"$ref": "#/$defs/c"}, {"type": "number"}]}},
    },
    "required": ["a", "b"],
    "additionalProperties": False,
    "$defs": {"c": {"type": "object", "properties": {}, "required": [], "additionalProperties": False}},
}


def strict(**changes: Any) -> dict[str, Any]:
    return {"tools": [a_tool("weather", strict=True, parameters=STRICT | changes)]}


def strict_property(**schema: Any) -> dict[str, Any]:
    return strict(properties={"a": schema, "b": {"type": "string"}})


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"a": schema}, "required": ["a"], "additionalProperties": False}
    return schema


REQUESTS: dict[str, tuple[str, dict[str, Any]]] = {
    "no tools in tools": ("V6", {"tools": []}),
    "tools that are null": ("V6", {"tools": None}),
    "a name with a space": ("V30", {"tools": [a_tool("the weather")]}),
    "a tool without a name": ("V30", {"tools": [{"type": "function", "function": {}}]}),
    "129 tools": ("V33", {"tools": [a_tool(f"tool_{number}") for number in range(129)]}),
    "a tool that is none": ("V33", {"tools": [7]}),
    "a tool of the host's own": ("V33", {"tools": [{"type": "web_search"}]}),
    "two tools of one name": ("V33", {"tools": [a_tool("weather"), a_tool("weather")]}),
    "parameters that are no object": ("V33", {"tools": [a_tool("weather", parameters={"type": "string"})]}),
    "parameters that are null": ("V33", {"tools": [a_tool("weather", parameters=None)]}),
    "a lone surrogate in a description": ("V10", {"tools": [a_tool("weather", description="\ud83d")]}),
    "a choice without tools": ("V34", {"tools": None}),
    "parallel calls without tools": ("V34", {"tools": None, "parallel_tool_calls": False}),
    "no tools while the history has calls": ("V35", {"tools": None}),
    "a choice nobody knows": ("V36", {"tool_choice": "any"}),
    "a choice that is a number": ("V36", {"tool_choice": 7}),
    "a tool that is not offered": ("V36", {"tool_choice": {"type": "function", "function": {"name": "other"}}}),
    "a named tool without a type": ("V36", {"tool_choice": {"function": {"name": "weather"}}}),
    "a strict tool with anyOf": ("V37", strict(anyOf=[])),
    "a strict tool with an optional property": ("V37", strict(required=["a"])),
    "a strict tool that may have more": ("V37", strict(additionalProperties=True)),
    "a strict tool with oneOf": ("V37", strict_property(oneOf=[])),
    "a strict tool with an unknown format": ("V37", strict_property(type="string", format="uri")),
    "a strict tool with a format that is none": ("V37", strict_property(type="string", format=["date"])),
    "a strict tool with an array of anything": ("V37", strict_property(type="array")),
    "a strict tool with something beside a reference": ("V37", strict_property(**{"$ref": "#/$defs/c", "title": "x"})),
    "a strict tool that is too deep": ("V37", {"tools": [a_tool("weather", strict=True, parameters=nested(11))]}),
    "a strict tool of 5001 properties": (
        "V37",
        strict(properties={f"p{number}": {} for number in range(5001)}, required=[f"p{number}" for number in range(5001)]),
    ),
    "a chat of Open WebUI": ("V40", {"chat_id": "x"}),
    "two answers": ("V40", {"n": 2}),
    "no messages": ("V2", {"messages": []}),
    "messages that are null": ("V2", {"messages": None}),
    "an answer at the end": ("V25", {"messages": VALID[:8]}),
}


@pytest.mark.parametrize(("rule", "changes"), REQUESTS.values(), ids=REQUESTS)
def test_each_fault_of_a_request_is_found_by_its_rule(rule: str, changes: Body) -> None:
    assert rule in [finding.rule for finding in judge_request({**REQUEST, **changes})]


@pytest.mark.parametrize(
    "changes",
    [
        {"tools": [a_tool(f"tool_{number}") for number in range(128)]},
        {"tools": [{"type": "function", "function": {"name": "weather"}}]},
        {"tool_choice": "none", "parallel_tool_calls": False},
        {"tool_choice": {"type": "function", "function": {"name": "time"}}},
        {"tool_choice": None},
        {"tools": [a_tool("weather", strict=True, parameters=STRICT)]},
        {"tools": [a_tool("weather", strict=True, parameters=nested(10))]},
        {"tools": [a_tool("weather", strict=False, parameters={"type": "object", "oneOf": []})]},
        {"n": 1, "stream": True, "temperature": 0.5},
    ],
)
def test_a_request_without_a_fault_is_accepted(changes: Body) -> None:
    assert [] == judge_request({**REQUEST, **changes})


@pytest.mark.parametrize("body", [None, [], "hi", 7])
def test_what_is_no_object_is_no_request(body: object) -> None:
    assert ["V2"] == [finding.rule for finding in judge_request(body)]


@pytest.mark.parametrize(
    ("rule", "profile", "changes"),
    [
        ("V40", differing(body_keys=frozenset(REQUEST)), {"store": True}),
        ("V33", differing(max_tools=1), {}),
        ("V36", differing(tool_choices=frozenset({"auto"})), {"tool_choice": "none"}),
        (
            "V36",
            differing(tool_choices=frozenset({"auto"})),
            {"tool_choice": {"type": "function", "function": {"name": "weather"}}},
        ),
        ("V40", evolve(PORTABLE, name="ollama"), {"n": 2}),
    ],
)
def test_what_one_host_refuses_of_a_request_is_found_with_its_profile(rule: str, profile: Rules, changes: Body) -> None:
    assert [rule] == [finding.rule for finding in judge_request({**REQUEST, **changes}, profile)]


def test_what_a_host_takes_of_a_request_is_no_fault_with_its_profile() -> None:
    bare = {"model": "m", "messages": VALID, "n": 2}

    assert [] == judge_request(bare, differing(sticky_tools=False))
    assert [] == judge_request(bare | {"store": True}, differing(sticky_tools=False, body_keys=frozenset({*bare, "store"})))


# --- the rules themselves --------------------------------------------------------------------------------------------


def test_every_rule_is_shown_to_be_broken_somewhere_here() -> None:
    broken = {rule for rule, *_ in (*MUTATORS.values(), *PROFILES.values(), *REQUESTS.values())}

    assert broken == set(RULES)


def test_every_rule_says_what_it_asks_in_one_sentence() -> None:
    for name, rule in RULES.items():
        assert name == rule.name
        assert rule.asks.endswith(".") and "\n" not in rule.asks


def test_a_finding_says_how_its_own_host_words_it_and_else_how_another_does() -> None:
    history = mutated(drop(3, 4))
    (portable,) = [each.hosts_say for each in judge(history) if each.rule == "V13"]
    (mistral,) = [each.hosts_say for each in judge(history, evolve(PORTABLE, name="mistral")) if each.rule == "V13"]

    assert portable.startswith("openai: An assistant message with 'tool_calls' must be followed by tool messages")
    assert "mistral: Not the same number of function calls and responses" == mistral


def test_where_no_host_is_known_to_say_anything_nothing_is_said() -> None:
    assert {""} == {each.hosts_say for each in judge(mutated(swap(3, 4))) if each.rule == "V17"}


def test_every_finding_can_be_written_down_in_one_line() -> None:
    for _, _, change in MUTATORS.values():
        for finding in judge(mutated(change)):
            assert "\n" not in finding.detail
            assert len(finding.detail) < 300
            json.dumps(finding.detail, ensure_ascii=False).encode()
