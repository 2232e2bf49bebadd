"""A stream comes to the same reply however it is split, and to a reply or a fault whatever it holds."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from quirks import OFFERED, STREAMED, chunk, event, piece, stream
from traffic import traffic

from detent.machine.wire import Delta, StreamFold, read_body
from detent.machine.wire.fault import Fault
from detent.states import Usage
from detent.states.events import Reply
from detent.states.messages import Origin

ORIGIN = Origin("portable", "m")

SMALL = [quirk.body for quirk in STREAMED] + [
    stream({"role": "assistant"}, {"reasoning_content": "é…"}, {"content": "größer \U0001f600\u2028"}, {"tool_calls": []}),
    stream({"content": "<think>a</think> b"}, piece(0, "look", '{"x":"\u00e9"}', "a"), finish="tool_calls"),
]
TWO_LINES = b'data: {"choices":[{"index":0,\ndata: "delta":{"content":"hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
RECORDED = sorted((one for one in traffic() if one.is_stream), key=lambda one: len(one.body))
CHOSEN = [one.body for one in (*RECORDED[:12], *RECORDED[40::90])]


def fold(*pieces: bytes) -> tuple[Reply | Fault, list[Delta]]:
    stream = StreamFold(OFFERED)
    shown = [delta for part in pieces for delta in stream.feed(part)]
    shown += stream.close()
    return stream.finish(ORIGIN), shown


def joined(shown: list[Delta], kind: str) -> str:
    return "".join(delta.text for delta in shown if delta.kind == kind)


@pytest.mark.parametrize("body", SMALL)
def test_a_stream_may_be_split_anywhere(body: bytes) -> None:
    whole, shown = fold(body)

    for place in range(len(body) + 1):
        assert (whole, shown) == fold(body[:place], body[place:]), place


@pytest.mark.parametrize("body", [body.replace(b"\n", end) for body in [*SMALL[:40:8], TWO_LINES] for end in (b"\r\n", b"\r")])
def test_a_stream_with_other_line_ends_may_be_split_anywhere(body: bytes) -> None:
    whole = fold(body)

    for place in range(len(body) + 1):
        assert whole == fold(body[:place], body[place:]), place


@given(st.data())
def test_a_stream_may_be_split_in_many_places(data: st.DataObject) -> None:
    body = data.draw(st.sampled_from(SMALL + CHOSEN))
    places = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=40)))
    pieces = [body[start:end] for start, end in zip([0, *places], [*places, len(body)], strict=True)]

    assert fold(body) == fold(*pieces)


MARKS = [
    b"data: ",
    b"data:",
    b"\n",
    b"\n\n",
    b"\r",
    b"\r\n",
    b": c\n\n",
    b"event: error\n",
    b"{",
    b"}",
    b"[DONE]",
    b"\xef\xbb\xbf",
]
ODD: list[object] = [None, [1], {"choices": [1, None, {"delta": 3}]}, {"choices": {"a": 1}}, {"error": [3]}]
DELTAS: list[object] = [
    {"content": "hi"},
    None,
    {"content": [{"type": "text"}], "tool_calls": [None, 1, {"function": 3}, {"index": {}, "id": []}]},
    {"reasoning_details": [1, {"text": 3}], "thinking_blocks": {"a": 1}, "extra_content": "x"},
]
SNIPPETS = st.sampled_from(
    [*MARKS, *map(event, ODD), *map(chunk, DELTAS), chunk({}, "stop"), chunk({}, 7, usage={"cost": "a"})]
)


@given(st.lists(SNIPPETS | st.binary(max_size=12), max_size=12))
@example([b"data: " + b"[" * 100_000, b"\n\n"])
@example([event({"error": {"error": {"error": {"error": {"error": {"error": {"error": {"error": "deep"}}}}}}}})])
@example(
    [
        chunk({}, usage={"prompt_tokens": 1e308, "cost": True, "prompt_tokens_details": [1]}),
        b'data: {"usage":{"prompt_tokens":1e999}}\n\n',
    ]
)
def test_any_bytes_come_to_a_reply_or_a_fault(pieces: list[bytes]) -> None:
    body = b"".join(pieces)

    assert isinstance(fold(*pieces)[0], Reply | Fault)
    assert fold(body)[0] == fold(*pieces)[0]
    assert isinstance(read_body(body, ORIGIN), Reply | Fault)


def test_what_is_shown_is_what_is_said() -> None:
    reply, shown = fold(
        stream({"content": " <thin"}, {"content": "king>a</think"}, {"content": "ing>\n\n"}, {"content": "b <think>"})
    )

    assert isinstance(reply, Reply)
    assert ("b <think>", "a") == (reply.said.text, reply.said.reasoning)
    assert (reply.said.text, reply.said.reasoning) == (joined(shown, "text"), joined(shown, "reasoning"))


def test_a_text_that_only_looks_like_a_tag_is_shown_at_the_end() -> None:
    reply, shown = fold(stream({"content": "<thi"}))

    assert isinstance(reply, Reply)
    assert "<thi" == reply.said.text == joined(shown, "text")


def test_the_last_usage_counts() -> None:
    first, last = {"prompt_tokens": 3, "completion_tokens": 1}, {"prompt_tokens": 3, "completion_tokens": 9}
    reply, _ = fold(
        stream(
            chunk({"content": "a"}, usage=first), chunk({}, usage=last), event({"choices": [], "usage": {"prompt_tokens": 0}})
        )
    )

    assert isinstance(reply, Reply)
    assert Usage(prompt=3, completion=9) == reply.usage


def test_blocks_of_reasoning_are_put_together_as_the_whole_message_has_them() -> None:
    pieces = [
        {"type": "reasoning.text", "index": 0, "text": "Let", "format": "x"},
        {"type": "reasoning.text", "index": 0, "text": " me"},
        {"type": "reasoning.text", "index": 0, "signature": "s"},
        {"type": "reasoning.encrypted", "index": 1, "data": "e"},
    ]
    reply, _ = fold(stream(*({"reasoning_details": [one]} for one in pieces), {"content": "hi"}))

    assert isinstance(reply, Reply)
    (opaque,) = reply.said.opaque
    assert "reasoning_details" == opaque.key
    assert [
        {"type": "reasoning.text", "index": 0, "text": "Let me", "format": "x", "signature": "s"},
        {"type": "reasoning.encrypted", "index": 1, "data": "e"},
    ] == json.loads(opaque.json)


def test_signed_blocks_stay_apart() -> None:
    pieces = [{"type": "thinking", "thinking": "a", "signature": "1"}, {"type": "thinking", "thinking": "b", "signature": "2"}]
    reply, _ = fold(stream(*({"thinking_blocks": [one]} for one in pieces), {"content": "hi"}))

    assert isinstance(reply, Reply)
    assert pieces == json.loads(reply.said.opaque[0].json)


def test_a_signature_in_a_delta_of_its_own_is_the_calls_or_the_messages() -> None:
    signature = {"google": {"thought_signature": "x"}}
    with_call, _ = fold(stream(piece(None, "look", "{}", "a"), {"extra_content": signature}))
    without, _ = fold(stream({"content": "hi"}, {"content": "", "extra_content": signature}))

    assert isinstance(with_call, Reply)
    assert isinstance(without, Reply)
    assert ["extra_content"] == [opaque.key for opaque in with_call.calls[0].opaque]
    assert signature == json.loads(with_call.calls[0].opaque[0].json)
    assert ["extra_content"] == [opaque.key for opaque in without.said.opaque]


def test_progress_is_what_belongs_to_the_reply() -> None:
    stream = StreamFold()
    stream.feed(b": PROCESSING\n\n" + chunk({"role": "assistant", "content": ""}) + event({"choices": []}))
    assert 0 == stream.progress

    stream.feed(chunk(piece(0, "look", "", "a")))
    assert 1 == stream.progress
    assert not stream.is_done

    stream.feed(b"data: [DONE]\n\n")
    assert stream.is_done


def test_a_host_that_answers_in_json_is_understood() -> None:
    body = json.dumps({"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]}).encode()
    reply, shown = fold(b"\n\n  ", body[:9], body[9:])

    assert isinstance(reply, Reply)
    assert ("hi", []) == (reply.said.text, shown)


def test_what_is_neither_is_shown_in_the_fault() -> None:
    fault, _ = fold(b"upstream request timeout")

    assert isinstance(fault, Fault)
    assert ("bad_response", True) == (fault.kind, fault.retryable)
    assert "upstream request timeout" in fault.message


def test_a_stream_that_broke_off_tells_what_stood_in_it() -> None:
    fault, _ = fold(chunk({"content": "hi"}) + event(b"internal failure"))

    assert isinstance(fault, Fault)
    assert "connection" == fault.kind
    assert "internal failure" in fault.message


def test_an_error_in_a_choice_is_a_fault() -> None:
    choice = {"index": 0, "delta": {}, "finish_reason": "error", "error": {"message": "bad upstream", "code": 502}}
    fault, _ = fold(event({"choices": [choice]}))

    assert isinstance(fault, Fault)
    assert "bad upstream" in fault.message


def test_a_field_of_an_odd_form_is_kept_too() -> None:
    reply, _ = fold(
        stream({"reasoning": {"text": "hm"}}, {"reasoning_details": [{"type": "x", "data": None}]}, {"content": "hi"})
    )

    assert isinstance(reply, Reply)
    assert {"reasoning": '{"text":"hm"}', "reasoning_details": '[{"type":"x","data":null}]'} == {
        opaque.key: opaque.json for opaque in reply.said.opaque
    }
