"""Every answer that real hosts gave, read by the intake and by a plain reading beside it."""

from __future__ import annotations

import json

import pytest
from traffic import Exchange, Reading, read, traffic

from detent.machine.wire.fault import Fault
from detent.machine.wire.intake import read_body
from detent.machine.wire.refusal import read_refusal
from detent.machine.wire.stream import StreamFold
from detent.states.events import Reply
from detent.states.messages import Origin

ORIGIN = Origin("portable", "m")

FAILED_THOUGH_200 = {
    "azure-9c1c396d": "content_filter",
    "azure-e9fa521b": "content_filter",
}
KINDS = {
    400: "bad_request",
    401: "auth",
    403: "auth",
    404: "not_found",
    429: "rate_limited",
    500: "server_error",
    503: "overloaded",
}
ODD_KINDS = {"ollama-cloud-b0b5139c": "context_overflow", "llamacpp-f5cb5435": "bad_request"}
MODEL_MISTAKES = {"groq-317bf797", "groq-b54839bc"}
"""Groq's `tool_use_failed`, as a 400 and in a stream."""
CALLS_AS_TEXT = {"llamacpp-7b007bd2", "huggingface-410e1edf"}
"""Both are what they are taken for; of all other recorded texts none is."""


def offered(exchange: Exchange) -> frozenset[str]:
    return frozenset(tool["name"] for tool in exchange.tools)


def successes(*, streams: bool) -> list[Exchange]:
    odd = FAILED_THOUGH_200.keys() | MODEL_MISTAKES
    return [one for one in traffic() if one.status < 400 and one.is_stream is streams and one.id not in odd]


def reading_of(reply: Reply | Fault) -> Reading:
    assert isinstance(reply, Reply), reply
    plain = [(call.name, json.loads(call.arguments)) for call in reply.calls if call.flaw is None]
    return Reading(text=reply.said.text, calls=plain, other_calls=len(reply.calls) - len(plain))


def test_the_recordings_are_all_there() -> None:
    assert 2172 == len(traffic())
    assert (1545, 559) == (len(successes(streams=False)), len(successes(streams=True)))


def test_each_whole_answer_is_read_as_it_is() -> None:
    for exchange in successes(streams=False):
        reply = read_body(exchange.body, ORIGIN, offered(exchange))

        assert read(exchange) == reading_of(reply), exchange.id
        assert isinstance(reply, Reply)
        assert (exchange.id in CALLS_AS_TEXT) is (reply.problem is not None), exchange.id


@pytest.mark.parametrize("size", [1 << 20, 4096, 997, 64])
def test_each_stream_is_read_as_it_is_however_it_is_split(size: int) -> None:
    for exchange in successes(streams=True):
        body, fold = exchange.body, StreamFold(offered(exchange))
        if size < 997 and len(body) > 40_000:
            continue
        shown = [delta for start in range(0, len(body), size) for delta in fold.feed(body[start : start + size])]
        shown += fold.close()
        reply = fold.finish(ORIGIN)

        assert read(exchange) == reading_of(reply), exchange.id
        assert isinstance(reply, Reply)
        assert (exchange.id in CALLS_AS_TEXT) is (reply.problem is not None), exchange.id
        assert reply.said.text == "".join(delta.text for delta in shown if delta.kind == "text"), exchange.id
        assert reply.said.reasoning == "".join(delta.text for delta in shown if delta.kind == "reasoning"), exchange.id


def test_each_recorded_error_is_the_fault_that_it_is() -> None:
    refused = [one for one in traffic() if one.status >= 400 and one.id not in MODEL_MISTAKES]

    assert 64 == len(refused)
    for exchange in refused:
        fault = read_refusal(exchange.status, exchange.headers, exchange.body, ORIGIN)

        assert isinstance(fault, Fault), exchange.id
        assert ODD_KINDS.get(exchange.id, KINDS[exchange.status]) == fault.kind, (exchange.id, fault)
        assert (fault.kind in ("rate_limited", "server_error", "overloaded")) is fault.retryable, exchange.id


def test_errors_that_came_as_a_success_are_faults() -> None:
    found = {one.id: read_body(one.body, ORIGIN) for one in traffic() if one.id in FAILED_THOUGH_200}

    assert FAILED_THOUGH_200 == {key: fault.kind for key, fault in found.items() if isinstance(fault, Fault)}


def test_mistakes_of_a_model_that_a_host_refused_are_told_to_the_model() -> None:
    for exchange in (one for one in traffic() if one.id in MODEL_MISTAKES):
        refused = exchange.status >= 400
        reply = read_refusal(exchange.status, {}, exchange.body, ORIGIN) if refused else read_body(exchange.body, ORIGIN)

        assert isinstance(reply, Reply), exchange.id
        assert reply.problem is not None
        assert "did not call a tool" in reply.problem
