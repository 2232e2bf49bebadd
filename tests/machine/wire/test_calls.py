"""Calls as hosts send them whole: what is not in the table of quirks."""

from __future__ import annotations

import json

from detent.machine.wire.calls import RawCall, clean_name, raw_calls, requested_calls

NONE: frozenset[str] = frozenset()
USES = json.dumps(
    {"tool_uses": [{"recipient_name": "functions.a", "parameters": {}}, {"recipient_name": "b", "parameters": {"x": 1}}]}
)


def test_a_bundle_gives_its_signature_to_its_first_call_alone() -> None:
    bundle = RawCall(name="multi_tool_use.parallel", arguments=USES, extra={"s": 1})
    first, second = requested_calls((bundle,), None, NONE)

    assert [("a", "{}"), ("b", '{"x":1}')] == [(call.name, call.arguments) for call in (first, second)]
    assert ['{"s":1}'] == [opaque.json for opaque in first.opaque]
    assert () == second.opaque


def test_a_bundle_that_can_not_be_opened_stays_one_call() -> None:
    for arguments in ('{"tool_uses": []}', '{"tool_uses": [1]}', '{"tool_uses"', "[]"):
        (call,) = requested_calls((RawCall(name="multi_tool_use.parallel", arguments=arguments),), None, NONE)

        assert "multi_tool_use.parallel" == call.name


def test_a_cut_bundle_is_not_run() -> None:
    (call,) = requested_calls((RawCall(name="multi_tool_use.parallel", arguments=USES[:40]),), "length", NONE)

    assert call.flaw is not None
    assert "cut off" in call.flaw


def test_a_call_that_is_whole_is_run_though_the_reply_was_cut() -> None:
    (call,) = requested_calls((RawCall(name="a", arguments="{}"),), "length", NONE)

    assert call.flaw is None


def test_a_name_that_was_offered_is_not_cleaned() -> None:
    assert "functions.a" == clean_name("functions.a", frozenset({"functions.a"}))
    assert "a" == clean_name("functions.a", NONE)
    assert "abab" == clean_name("abab", NONE)
    assert "ab" == clean_name("abab", frozenset({"ab"}))


def test_a_call_without_its_function_wrapper_is_read() -> None:
    (call,) = raw_calls({"tool_calls": {"id": "1", "name": "a", "arguments": "{}"}})

    assert ("a", "{}", "1") == (call.name, call.arguments, call.host_id)


def test_what_is_no_call_is_none() -> None:
    assert () == raw_calls({"tool_calls": [None, 1, "x"], "function_call": {"name": "", "arguments": ""}})
