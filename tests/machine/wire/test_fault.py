"""Errors of hosts: any body, any status, any header comes to a fault; what it says decides what can be done."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detent.machine.wire.complaint import Complaint, complaint_in, complaint_of
from detent.machine.wire.fault import Fault, fault_of
from detent.machine.wire.refusal import read_refusal, retry_after
from detent.states.events import Reply
from detent.states.messages import Origin

ORIGIN = Origin("portable", "m")
NOW = 1_790_000_000.0

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                [
                    "error",
                    "errors",
                    "message",
                    "detail",
                    "code",
                    "status",
                    "type",
                    "metadata",
                    "raw",
                    "loc",
                    "object",
                    "choices",
                    "msg",
                ]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@given(JSON)
def test_any_json_holds_a_complaint_or_none(body: object) -> None:
    found = complaint_in(json.loads(json.dumps(body)))

    assert found is None or (found.message and (found.status is None or 400 <= found.status < 600))


@given(st.integers(300, 999), st.binary(max_size=60) | JSON.map(lambda body: json.dumps(body).encode()), st.text(max_size=12))
def test_any_refusal_comes_to_a_fault(status: int, body: bytes, wait: str) -> None:
    answer = read_refusal(status, {"retry-after": wait}, body, ORIGIN, now=NOW)

    assert isinstance(answer, Fault | Reply)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": {"message": "a"}}, "a"),
        ({"error": "a"}, "a"),
        ([{"error": {"message": "a"}}], "a"),
        ([[], {}, {"error": "a"}], "a"),
        ({"error": [{"message": "a"}]}, "a"),
        ({"error": {"error": {"message": "a"}}}, "a"),
        ({"errors": [{"message": "a"}]}, "a"),
        ({"object": "error", "message": "a", "code": "3230"}, "a"),
        ({"object": "error", "message": {"detail": [{"loc": ["body", 0], "msg": "a"}]}}, "body.0: a"),
        ({"detail": "a"}, "a"),
        ({"detail": [{"loc": ["body"], "msg": "a"}, {"msg": "b"}]}, "body: a; b"),
        ({"error": {"code": "bad_thing"}}, "bad_thing"),
        ({"error": {"message": "a", "metadata": {"raw": '{"error":{"message":"b"}}'}}}, "a b"),
        ({"error": {"message": "a", "metadata": {"raw": "b"}}}, "a b"),
        ({"error": {"message": "a", "metadata": {"raw": {"x": 1}}}}, 'a {"x":1}'),
    ],
)
def test_the_words_of_an_error_are_found(body: object, message: str) -> None:
    found = complaint_in(body)

    assert found is not None
    assert message == found.message


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "", "code": None}, "choices": []},
        {"error": None},
        {"error": {}},
        {"choices": [], "message": "all is well"},
        {"id": "x"},
        [],
        None,
        3,
    ],
)
def test_what_is_no_error_is_none(body: object) -> None:
    assert complaint_in(body) is None


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ({"message": "a", "code": 429}, 429),
        ({"message": "a", "code": "502"}, 502),
        ({"message": "a", "status_code": 400}, 400),
        ({"message": "a", "code": 1}, None),
        ({"message": "a", "code": True}, None),
        ({"message": "a", "type": "overloaded_error"}, 529),
        ({"message": "a", "type": "rate_limit_error"}, 429),
        ({"message": "a", "type": "invalid_request_error"}, 400),
        ({"message": "a", "code": 400, "status": "RESOURCE_EXHAUSTED"}, 400),
    ],
)
def test_a_status_is_read_or_inferred(error: object, status: int | None) -> None:
    found = complaint_in({"error": error})

    assert found is not None
    assert status == found.status


def test_an_error_nested_without_end_is_one_all_the_same() -> None:
    body = b'{"error":' * 900 + b'"deep"' + b"}" * 900

    assert isinstance(read_refusal(500, {}, body, ORIGIN), Fault)
    assert isinstance(read_refusal(500, {}, b"[" * 900 + b"]" * 900, ORIGIN), Fault)
    assert isinstance(read_refusal(500, {}, b"[" * 90_000, ORIGIN), Fault)


def test_a_bare_text_is_its_own_complaint() -> None:
    assert Complaint(message="upstream\ufffd died") == complaint_of(b" upstream\xff died\n")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "1.57"}, 1.57),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after-ms": "250", "retry-after": "3"}, 0.25),
        ({"retry-after-ms": "x", "retry-after": "3"}, 3.0),
        ({"retry-after": "Mon, 21 Sep 2026 14:14:00 GMT"}, 40.0),
        ({"retry-after": "Mon, 99 Sep 99999 14:14:00 GMT"}, None),
        ({"retry-after": "soon"}, None),
    ],
)
def test_the_wait_is_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert seconds == retry_after(headers, NOW)


def test_a_date_too_far_off_is_not_waited_for() -> None:
    fault = read_refusal(429, {"retry-after": "Mon, 21 Sep 2026 15:14:00 GMT"}, b"", ORIGIN, now=NOW)

    assert isinstance(fault, Fault)
    assert (False, 3640.0) == (fault.retryable, fault.retry_after)


def test_a_rate_limit_on_tokens_is_no_overflow() -> None:
    fault = fault_of(429, Complaint(message="Rate limit reached: exceeds the limit of 6000 tokens per minute"))

    assert ("rate_limited", True) == (fault.kind, fault.retryable)


def test_a_fault_enters_the_record_well_formed() -> None:
    assert "a\ufffdb" == Fault(kind="server_error", message="a\0b").failure.message


def test_a_long_error_is_cut() -> None:
    assert 700 > len(fault_of(500, Complaint(message="x" * 10_000)).message)


@pytest.mark.parametrize("written", ["", "maybe", "[1]", '{"x": 1}', "<function=>", '{"name": "look"'])
def test_a_refused_step_that_is_no_call_is_told_in_words(written: str) -> None:
    body = json.dumps(
        {"error": {"message": "Failed to call a function", "code": "tool_use_failed", "failed_generation": written}}
    )
    reply = read_refusal(400, {}, body.encode(), ORIGIN)

    assert isinstance(reply, Reply)
    assert reply.problem is not None
    assert written in reply.problem
