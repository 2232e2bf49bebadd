"""The judge beside two others: one written by somebody else from the same rules, and that of Mistral's own package."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any, cast

import history_oracle
import pytest
from attrs import exceptions, fields
from hypothesis import given
from hypothesis import strategies as st
from strategies import json_values, messages, mutated_histories, texts, valid_histories

from detent.machine.wire import HOSTS
from detent.states import history as history_module
from detent.states.history import PORTABLE, Finding, Profile, Rules, judge, judge_request, repair, window

History = list[dict[str, Any]]

PROFILES = [PORTABLE, *(cast("Profile", host) for host in HOSTS.values())]

KEYWORDS = ("type", "properties", "items", "anyOf", "$defs", "$ref", "format", "required", "additionalProperties", "oneOf")
anything = json_values | st.lists(messages() | json_values, max_size=6) | mutated_histories()


# --- what a finding and a profile are --------------------------------------------------------------------------------


def test_a_finding_can_not_be_changed() -> None:
    (finding,) = judge(None)

    with pytest.raises(exceptions.FrozenInstanceError):
        finding.rule = "V1"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    assert finding == Finding("V2", None, "the messages are null, not an array", finding.hosts_say)


def test_the_portable_profile_of_the_hosts_is_the_one_that_is_taken_for_granted() -> None:
    for attribute in fields(Rules):
        assert getattr(PORTABLE, attribute.name) == getattr(HOSTS["portable"], attribute.name), attribute.name


def test_everything_that_is_public_is_there() -> None:
    assert all(hasattr(history_module, name) for name in history_module.__all__)


def test_the_judge_shares_no_code_with_what_repairs_or_what_writes_requests() -> None:
    paths = list((Path(history_module.__file__).parent / "judging").glob("*.py"))
    own = {f".{path.stem}" for path in paths}
    assert 9 < len(paths)
    for path in paths:
        imported = re.findall(r"^(?:from|import) (\S+)", path.read_text("utf-8"), re.MULTILINE)
        ours = {name for name in imported if name.startswith((".", "detent"))}

        assert ours <= own, path.name


# --- total -----------------------------------------------------------------------------------------------------------


@given(anything, st.sampled_from(PROFILES))
def test_any_json_is_judged_at_any_host_and_left_as_it_is(value: Any, profile: Profile) -> None:
    before = copy.deepcopy(value)

    assert all(isinstance(finding, Finding) for finding in judge(value, profile))
    assert len(judge(value, profile, sendable=True)) >= len(judge(value, profile))
    assert all(isinstance(finding, Finding) for finding in judge_request(value, profile))
    assert before == value


@given(anything | st.dictionaries(texts, json_values), st.sampled_from(PROFILES))
def test_every_finding_can_be_written_down_in_a_line(value: Any, profile: Profile) -> None:
    for finding in judge(value, profile, sendable=True) + judge_request({"messages": value, "tools": [value]}, profile):
        assert not [each for each in finding.detail if not each.isprintable()]
        assert len(finding.detail) < 400
        finding.detail.encode()


@given(
    st.dictionaries(st.sampled_from(("messages", "tools", "tool_choice", "n", "parallel_tool_calls", "x")), json_values),
    st.sampled_from(PROFILES),
)
def test_any_request_is_judged_at_any_host(body: dict[str, Any], profile: Profile) -> None:
    before = copy.deepcopy(body)

    assert {"V2"} <= {finding.rule for finding in judge_request(body, profile)} or isinstance(body["messages"], list)
    assert before == body


@given(st.recursive(json_values, lambda inner: st.dictionaries(st.sampled_from(KEYWORDS), inner | st.lists(inner, max_size=2))))
def test_any_schema_of_a_strict_tool_is_judged(schema: Any) -> None:
    function = {"name": "f", "strict": True, "parameters": {"type": "object", "properties": {"a": schema}}}

    judge_request({"messages": [{"role": "user", "content": "hi"}], "tools": [{"type": "function", "function": function}]})


def test_the_deepest_json_is_judged() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]

    assert ["V9"] == [each.rule for each in judge([{"role": "user", "content": deep}])]
    assert "V11" in [each.rule for each in judge([{"role": "user", "content": [{"type": "image_url", "image_url": deep}]}])]
    assert ["V2"] == [each.rule for each in judge(deep) if each.rule != "V26"]


def test_what_is_not_even_json_is_judged() -> None:
    odd: Any = [{"role": "user", "content": [{"type": "x", 1: {2}}]}, {"role": {"user"}, "content": float("nan")}, object()]

    assert {"V1", "V2", "V9"} == {each.rule for each in judge(odd)}
    assert [] == judge(({"role": "user", "content": "a tuple is an array"},))


# --- beside the judge that somebody else wrote ------------------------------------------------------------------------


@given(mutated_histories() | valid_histories() | st.lists(messages() | json_values, max_size=6) | json_values, st.booleans())
def test_both_judges_agree_on_what_is_accepted(value: Any, sendable: bool) -> None:
    assert [] != history_oracle.judge(value, sendable=sendable) or [] == judge(value, sendable=sendable)
    assert [] == history_oracle.judge(value, sendable=sendable) or [] != judge(value, sendable=sendable)


@given(mutated_histories())
def test_both_judges_name_the_same_rules_of_order(history: History) -> None:
    order = {"V13", "V14", "V16", "V17", "V18", "V19", "V22", "V26"}
    theirs = {(each.rule, each.index) for each in history_oracle.judge(history) if each.rule in order - {"V13"}}
    ours = {(each.rule, each.index) for each in judge(history) if each.rule in order - {"V13"}}

    assert theirs == ours


DIFFERENCES: dict[str, tuple[str, History]] = {
    # A NUL is replaced wherever a text is taken in; one that hides in an escape is no better than one in the open.
    "a NUL hidden in the arguments": (
        "V10",
        [
            {"role": "user", "content": "hi"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "x", "type": "function", "function": {"name": "f", "arguments": '{"a": "\\u0000"}'}}],
            },
            {"role": "tool", "tool_call_id": "x", "content": ""},
        ],
    ),
    # Parsers stop at some depth, and not all at the same.
    "a part that is very deep": (
        "V11",
        [{"role": "user", "content": [{"type": "x", "x": json.loads("[" * 120 + "]" * 120)}]}],
    ),
}


@pytest.mark.parametrize(("rule", "history"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_what_only_this_judge_refuses(rule: str, history: History) -> None:
    assert [] == history_oracle.judge(history)
    assert [rule] == [finding.rule for finding in judge(history)]


# --- the three together ----------------------------------------------------------------------------------------------


@given(anything)
def test_what_is_accepted_is_not_repaired_and_what_is_repaired_is_accepted(value: Any) -> None:
    repaired, changes = repair(value)

    assert [] == judge(repaired)
    assert (repaired, ()) == repair(repaired)
    if [] == judge(value):
        assert (value, ()) == (repaired, changes)
    elif value:
        assert changes


@given(valid_histories() | mutated_histories().map(lambda history: repair(history)[0]), st.none() | st.integers(-1, 12))
def test_a_window_of_an_accepted_history_is_accepted(history: History, keep: int | None) -> None:
    assert [] == judge(window(history, keep))
