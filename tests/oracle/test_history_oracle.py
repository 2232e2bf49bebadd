"""The oracle is judged first: a valid history passes, and each single fault is found by its rule."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from history_oracle import Violation, judge, rules_broken

History = list[dict[str, Any]]


def a_call(call_id: str, name: str = "weather", arguments: str = '{"city": "Oslo"}') -> dict[str, Any]:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def a_result(call_id: str, content: str = "rain") -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": call_id, "content": content}


VALID: History = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "What is the weather?"},
    {"role": "assistant", "content": None, "tool_calls": [a_call("call00001"), a_call("call00002")]},
    a_result("call00001"),
    a_result("call00002", ""),
    {"role": "assistant", "content": "Once more.", "tool_calls": [a_call("call00003", arguments="{}")]},
    a_result("call00003"),
    {"role": "assistant", "content": "Rain."},
    {"role": "user", "content": [{"type": "text", "text": "And this?"}, {"type": "image_url", "image_url": {"url": "data:"}}]},
]


def drop_a_result(history: History) -> None:
    del history[4]


def drop_the_last_result(history: History) -> None:
    del history[6:]


def put_a_result_before_its_call(history: History) -> None:
    history[5], history[6] = history[6], history[5]


def begin_with_a_result(history: History) -> None:
    history.insert(1, a_result("call00001"))


def duplicate_a_result(history: History) -> None:
    history.insert(5, dict(history[4]))


def swap_two_results(history: History) -> None:
    history[3], history[4] = history[4], history[3]


def rename_a_result(history: History) -> None:
    history[3]["tool_call_id"] = "call99999"


def rename_a_call(history: History) -> None:
    history[2]["tool_calls"][0]["id"] = "call99999"


def reuse_an_older_id(history: History) -> None:
    history[5]["tool_calls"][0]["id"] = history[6]["tool_call_id"] = "call00001"


def use_an_id_twice(history: History) -> None:
    history[2]["tool_calls"][1]["id"] = history[4]["tool_call_id"] = "call00001"


def speak_inside_a_group(history: History) -> None:
    history.insert(4, {"role": "user", "content": "wait"})


def answer_inside_a_group(history: History) -> None:
    history.insert(4, {"role": "assistant", "content": "wait"})


def empty_the_calls(history: History) -> None:
    history[7]["tool_calls"] = []


def null_an_answer(history: History) -> None:
    history[7]["content"] = None


def blank_an_answer(history: History) -> None:
    history[7]["content"] = " \n"


def blank_the_text_beside_calls(history: History) -> None:
    history[2]["content"] = ""


def empty_list_beside_calls(history: History) -> None:
    history[2]["content"] = []


def no_content_beside_calls(history: History) -> None:
    del history[2]["content"]


def no_content_in_a_result(history: History) -> None:
    del history[3]["content"]


def null_content_in_a_result(history: History) -> None:
    history[3]["content"] = None


def number_as_content(history: History) -> None:
    history[1]["content"] = 7


def no_parts(history: History) -> None:
    history[8]["content"] = []


def part_without_type(history: History) -> None:
    history[8]["content"] = [{}]


def text_part_without_text(history: History) -> None:
    history[8]["content"] = [{"type": "text"}]


def parts_in_a_result(history: History) -> None:
    history[3]["content"] = [{"type": "text", "text": "rain"}]


def cut_the_arguments(history: History) -> None:
    function = history[2]["tool_calls"][0]["function"]
    function["arguments"] = function["arguments"][:-1]


def with_arguments(text: object) -> Callable[[History], None]:
    def set_the_arguments(history: History) -> None:
        history[2]["tool_calls"][0]["function"]["arguments"] = text

    return set_the_arguments


def with_name(name: object) -> Callable[[History], None]:
    def set_the_name(history: History) -> None:
        history[2]["tool_calls"][0]["function"]["name"] = name

    return set_the_name


def with_id(call_id: object) -> Callable[[History], None]:
    def set_the_id(history: History) -> None:
        history[2]["tool_calls"][0]["id"] = history[3]["tool_call_id"] = call_id

    return set_the_id


def index_in_a_call(history: History) -> None:
    history[2]["tool_calls"][0]["index"] = 0


def custom_call(history: History) -> None:
    history[2]["tool_calls"][0] = {"id": "call00001", "type": "custom", "custom": {"name": "f", "input": "x"}}


def function_without_arguments(history: History) -> None:
    del history[2]["tool_calls"][0]["function"]["arguments"]


def second_system(history: History) -> None:
    history.insert(1, {"role": "system", "content": "Be kind."})


def late_system(history: History) -> None:
    history.append({"role": "system", "content": "Be kind."})


def begin_with_the_assistant(history: History) -> None:
    del history[1]


def end_with_the_assistant(history: History) -> None:
    del history[8]


def reasoning_content(history: History) -> None:
    history[7]["reasoning_content"] = "because"


def function_call(history: History) -> None:
    history[7]["function_call"] = {"name": "f", "arguments": "{}"}


def null_name(history: History) -> None:
    history[1]["name"] = None


def unknown_role(history: History) -> None:
    history[1]["role"] = "developer"


def surrogate_in_content(history: History) -> None:
    history[3]["content"] = "\ud83d"


def surrogate_in_a_part(history: History) -> None:
    history[8]["content"][1]["image_url"]["url"] = "\udc00"


def nul_in_content(history: History) -> None:
    history[1]["content"] = "a\0b"


def too_long(history: History) -> None:
    history[1]["content"] = "a" * 10_485_761


def not_an_object(history: History) -> None:
    history[1] = "hi"  # type: ignore[call-overload]  # the fault itself


def no_result_id(history: History) -> None:
    del history[3]["tool_call_id"]


def everything(history: History) -> None:
    history.clear()


MUTATORS: list[tuple[str, Callable[[History], None]]] = [
    ("V1", unknown_role),
    ("V2", not_an_object),
    ("V2", everything),
    ("V3", no_content_in_a_result),
    ("V3", null_content_in_a_result),
    ("V3", number_as_content),
    ("V3", parts_in_a_result),
    ("V4", null_an_answer),
    ("V4", blank_the_text_beside_calls),
    ("V4", empty_list_beside_calls),
    ("V4", no_content_beside_calls),
    ("V5", blank_an_answer),
    ("V6", empty_the_calls),
    ("V7", null_name),
    ("V8", reasoning_content),
    ("V28", index_in_a_call),
    ("V9", no_parts),
    ("V9", part_without_type),
    ("V9", text_part_without_text),
    ("V10", surrogate_in_content),
    ("V10", surrogate_in_a_part),
    ("V10", nul_in_content),
    ("V10", with_arguments('{"a": "\\ud83d"}')),
    ("V10", with_arguments('{"\\udc00": 1}')),
    ("V11", too_long),
    ("V13", drop_a_result),
    ("V13", drop_the_last_result),
    ("V13", answer_inside_a_group),
    ("V14", put_a_result_before_its_call),
    ("V14", begin_with_a_result),
    ("V15", rename_a_result),
    ("V15", rename_a_call),
    ("V13", rename_a_call),
    ("V15", no_result_id),
    ("V16", duplicate_a_result),
    ("V16", reuse_an_older_id),
    ("V16", use_an_id_twice),
    ("V17", swap_two_results),
    ("V18", speak_inside_a_group),
    ("V19", drop_the_last_result),
    ("V22", second_system),
    ("V22", late_system),
    ("V25", end_with_the_assistant),
    ("V26", begin_with_the_assistant),
    ("V28", custom_call),
    ("V28", function_without_arguments),
    ("V29", with_id("")),
    ("V29", with_id("x" * 41)),
    ("V29", with_id("call 0001")),
    ("V29", with_id("call00001\n")),
    ("V29", with_id(5)),
    ("V30", with_name("")),
    ("V30", with_name("a b")),
    ("V30", with_name("a.b")),
    ("V30", with_name("x" * 65)),
    ("V30", with_name("weather\n")),
    ("V30", with_name(None)),
    ("V31", cut_the_arguments),
    ("V31", with_arguments({"city": "Oslo"})),
    ("V31", with_arguments("")),
    ("V31", with_arguments("null")),
    ("V31", with_arguments("[]")),
    ("V31", with_arguments('{"a": 1}{"b": 2}')),
    ("V31", with_arguments('{"a": 1, "a": 2}')),
    ("V31", with_arguments('{"a": NaN}')),
    ("V32", function_call),
]


def test_a_valid_history_breaks_no_rule() -> None:
    assert [] == judge(VALID, sendable=True)


def test_a_valid_history_breaks_no_rule_wherever_it_is_cut_between_groups() -> None:
    for end in (0, 2, 5, 7, 8, 9):
        assert [] == judge(VALID[:end])


@pytest.mark.parametrize(("rule", "mutate"), MUTATORS, ids=[f"{rule}-{mutate.__name__}" for rule, mutate in MUTATORS])
def test_one_fault_is_found_by_its_rule(rule: str, mutate: Callable[[History], None]) -> None:
    history = copy.deepcopy(VALID)
    mutate(history)

    assert rule in rules_broken(history, sendable=True)


def test_a_stored_history_may_end_with_an_answer_and_may_be_empty() -> None:
    assert [] == judge([])
    assert [] == judge(VALID[:8])


def test_what_is_no_array_is_no_history() -> None:
    assert [Violation("V2", 0, "not an array")] == judge({"role": "user", "content": "hi"})


def test_a_fault_is_reported_with_its_place() -> None:
    history = copy.deepcopy(VALID)
    history[7]["content"] = None

    assert {7} == {violation.index for violation in judge(history)}


def test_all_faults_are_reported() -> None:
    history = copy.deepcopy(VALID)
    unknown_role(history)
    surrogate_in_content(history)
    cut_the_arguments(history)

    assert {"V1", "V10", "V31", "V26"} == rules_broken(history)


def test_judging_changes_nothing() -> None:
    history = copy.deepcopy(VALID)
    judge(history, sendable=True)

    assert VALID == history
