"""What hosts are known to answer, quirk by quirk, and what must come of it: one table for the pure intake and for HTTP.

The numbers are those of the protocol notes (`Q1` to `Q39`).  Bodies are the bytes that a host would send.
"""

# ruff: noqa: E501  # a table: a quirk a line

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

from detent.machine.wire.fault import Fault
from detent.states.events import Reply

__all__ = ["OFFERED", "QUIRKS", "Asks", "Breaks", "Nudges", "Quirk", "Says", "assert_expected"]

OFFERED: Final = frozenset({"look", "pay", "get_weather", "edit_existing_file"})
"""The tools that the request is taken to have had."""


@frozen
class Says:
    """An answer with this text."""

    text: str
    reasoning: str = ""
    finish: str | None = "stop"


@frozen
class Asks:
    """Calls: name and arguments each; arguments that begin with `!` stand for a flaw whose text holds the rest."""

    calls: tuple[tuple[str, str], ...]
    text: str = ""


@frozen
class Nudges:
    """A reply that can not stand, with a problem that holds *words*."""

    words: str
    text: str = ""


@frozen
class Breaks:
    """A fault."""

    kind: str
    retryable: bool = False
    words: str = ""
    wait: float | None = None


@frozen
class Quirk:
    """One answer of a host and what must come of it."""

    name: str
    body: bytes
    expected: Says | Asks | Nudges | Breaks
    status: int = 200
    headers: Mapping[str, str] = field(factory=dict[str, str])

    @property
    def content_type(self) -> str:
        """What the host calls its body."""
        return "text/event-stream" if self.is_stream else "application/json"

    @property
    def is_stream(self) -> bool:
        """Whether the body is an event stream."""
        return self.body.lstrip(b"\xef\xbb\xbf\r\n").startswith((b"data", b":", b"event"))


def assert_expected(answer: Reply | Fault, expected: Says | Asks | Nudges | Breaks) -> None:
    """Assert that *answer* is what was expected."""
    match expected:
        case Breaks():
            assert isinstance(answer, Fault), answer
            assert (expected.kind, expected.retryable) == (answer.kind, answer.retryable), answer
            assert expected.words in answer.message
            assert expected.wait == answer.retry_after
        case Asks():
            assert isinstance(answer, Reply), answer
            assert expected.text == answer.said.text
            assert answer.problem is None
            assert [name for name, _ in expected.calls] == [call.name for call in answer.calls]
            for (_, arguments), call in zip(expected.calls, answer.calls, strict=True):
                if arguments.startswith("!"):
                    assert call.flaw is not None, call
                    assert arguments[1:] in call.flaw
                else:
                    assert call.flaw is None, call
                    assert arguments == call.arguments
        case Says():
            assert isinstance(answer, Reply), answer
            assert ((), None) == (answer.calls, answer.problem)
            assert expected == Says(answer.said.text, answer.said.reasoning, answer.said.finish)
        case Nudges():
            assert isinstance(answer, Reply), answer
            assert not answer.calls
            assert answer.problem is not None
            assert expected.words in answer.problem
            assert expected.text == answer.said.text


# --- how bodies are written ------------------------------------------------------------------------------------------


def body(message: object, finish: object = "stop", **more: object) -> bytes:
    """Return a completion with one choice."""
    return json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": finish}], **more}).encode()


def text(content: object, finish: object = "stop", **more: object) -> bytes:
    """Return a completion with a text."""
    return body({"role": "assistant", "content": content}, finish, **more)


def call(name: object, arguments: object = "{}", call_id: object = "call_1", **more: object) -> dict[str, object]:
    """Return one entry of `tool_calls`."""
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}, **more}


def calls(*entries: object, finish: object = "tool_calls", content: object = None) -> bytes:
    """Return a completion with calls."""
    return body({"role": "assistant", "content": content, "tool_calls": list(entries)}, finish)


def args(arguments: object) -> bytes:
    """Return a completion that calls `look` with *arguments*."""
    return calls(call("look", arguments))


def event(data: object) -> bytes:
    """Return one server-sent event."""
    return b"data: " + (data if isinstance(data, bytes) else json.dumps(data).encode()) + b"\n\n"


def chunk(delta: object, finish: object = None, **more: object) -> bytes:
    """Return one chunk of a stream."""
    return event({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more})


DONE: Final = b"data: [DONE]\n\n"


def stream(*deltas: object, finish: object = "stop", done: bytes = DONE) -> bytes:
    """Return a stream of *deltas* (bytes are taken as they are), a finish chunk and the end mark."""
    pieces = [piece if isinstance(piece, bytes) else chunk(piece) for piece in deltas]
    return b"".join(pieces) + chunk({}, finish) + done


def piece(
    index: object = 0, name: object = None, arguments: object = None, call_id: object = None, **more: object
) -> dict[str, object]:
    """Return a delta with one entry of `tool_calls`, which has only what is given."""
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    entry: dict[str, object] = {key: value for key, value in (("index", index), ("id", call_id)) if value is not None}
    return {"tool_calls": [{**entry, **({"function": function} if function else {}), **more}]}


def streamed(*deltas: object, finish: object = "tool_calls") -> bytes:
    """Return a stream that ends with calls."""
    return stream(*deltas, finish=finish)


def error(message: str, **more: object) -> bytes:
    """Return an error body in OpenAI's form."""
    return json.dumps({"error": {"message": message, **more}}).encode()


LOOK: Final = Asks((("look", "{}"),))
OSLO: Final = '{"city":"Oslo"}'
WEATHER: Final = Asks((("get_weather", OSLO),))
PARIS: Final = '{"city":"Paris"}'
BOTH: Final = Asks((("get_weather", OSLO), ("get_weather", PARIS)))
HI: Final = Says("hi")

WHOLE: Final = (
    Quirk("Q01 error inside a 200", json.dumps({"id": None, "choices": None, "error": {"message": "Provider returned error", "code": 429, "metadata": {"raw": "Too Many Requests", "provider_name": "Hyperbolic"}}}).encode(), Breaks("rate_limited", retryable=True, words="Too Many Requests")),
    Quirk("Q01 error inside a 200, code as text", error("upstream", code="502"), Breaks("server_error", retryable=True)),
    Quirk("Q01 error inside a 200, raw is JSON text", error("Provider returned error", code=400, metadata={"raw": '{"error":{"message":"maximum context length is 8192 tokens"}}'}), Breaks("context_overflow", words="8192")),
    Quirk("Q01 error beside a begun reply", text("half a", "error", error={"message": "went away", "code": 502}), Breaks("server_error", retryable=True)),
    Quirk("Q01 error inside the choice", json.dumps({"choices": [{"index": 0, "message": {"content": ""}, "finish_reason": "error", "error": {"message": "bad upstream", "code": 502}}]}).encode(), Breaks("server_error", retryable=True, words="bad upstream")),
    Quirk("Q01 nested error", json.dumps({"error": {"error": {"message": "inner", "code": 429}}}).encode(), Breaks("rate_limited", retryable=True, words="inner")),
    Quirk("Q02 choices null", json.dumps({"id": "x", "choices": None}).encode(), Breaks("bad_response", retryable=True)),
    Quirk("Q02 choices empty", json.dumps({"id": "x", "choices": []}).encode(), Breaks("bad_response", retryable=True)),
    Quirk("Q03 completion under provider", b'{"provider":' + text("hi") + b"}", HI),
    Quirk("Q04 empty error object on a success", text("hi", error={"message": "", "code": None}), HI),
    Quirk("Q04 null error on a success", text("hi", error=None), HI),
    Quirk("Q05 not JSON", b"<html>502 Bad Gateway</html>", Breaks("bad_response", retryable=True, words="Bad Gateway")),
    Quirk("Q05 nothing at all", b"", Breaks("bad_response", retryable=True, words="empty")),
    Quirk("Q05 error in a list", b"[" + error("quota", code=429, status="RESOURCE_EXHAUSTED") + b"]", Breaks("rate_limited", retryable=True)),
    Quirk("Q05 error is a text", b'{"code":"Client specified an invalid argument","error":"no such field"}', Breaks("server_error", retryable=True, words="no such field")),
    Quirk("Q05 error without wrapper", b'{"object":"error","message":"Not the same number of function calls and responses","type":"invalid_request_message_order","code":"3230"}', Breaks("bad_request", words="Not the same number")),
    Quirk("Q06 stop although there are calls", calls(call("look"), finish="stop"), LOOK),
    Quirk("Q07 tool_calls without calls, with a text", text("hi", "tool_calls"), Says("hi", finish="tool_calls")),
    Quirk("Q07 tool_calls with an empty list", body({"content": "hi", "tool_calls": []}, "tool_calls"), Says("hi", finish="tool_calls")),
    Quirk("Q07 tool_calls and nothing", body({"content": None, "tool_calls": []}, "tool_calls"), Says("", finish="tool_calls")),
    Quirk("Q08 no finish reason", text("hi", None), Says("hi", finish=None)),
    Quirk("Q08 finish error", text("hal", "error"), Breaks("server_error", retryable=True)),
    Quirk("Q08 insufficient_system_resource", text("", "insufficient_system_resource"), Breaks("server_error", retryable=True)),
    Quirk("Q08 model_length", text("hi", "model_length"), Says("hi", finish="model_length")),
    Quirk("Q08 eos", text("hi", "eos"), Says("hi", finish="eos")),
    Quirk("Q08 function_call", body({"content": None, "function_call": {"name": "look", "arguments": "{}"}}, "function_call"), LOOK),
    Quirk("Q08 model_context_window_exceeded", text("", "model_context_window_exceeded"), Breaks("context_overflow")),
    Quirk("Q08 MALFORMED_FUNCTION_CALL", text(None, "function_call_filter: MALFORMED_FUNCTION_CALL"), Nudges("malformed")),
    Quirk("Q09 length with cut arguments", calls(call("look", '{"a": "b'), finish="length"), Asks((("look", "!cut off (length)"),))),
    Quirk("Q09 length before the arguments", calls(call("look", ""), finish="length"), Asks((("look", "!cut off"),))),
    Quirk("Q09 length, the first call is whole", calls(call("look"), call("pay", '{"a'), finish="length"), Asks((("look", "{}"), ("pay", "!cut off")))),
    Quirk("Q09 cut, as only the host behind says", json.dumps({"choices": [{"message": {"tool_calls": [call("look", '{"a')]}, "finish_reason": "tool_calls", "native_finish_reason": "max_output_tokens"}]}).encode(), Asks((("look", "!cut off"),))),
    Quirk("Q09 error with cut arguments", calls(call("look", '{"a'), finish="error"), Asks((("look", "!cut off (error)"),))),
    Quirk("Q09 content_filter with cut arguments", calls(call("look", '{"a'), finish="content_filter"), Asks((("look", "!cut off (content_filter)"),))),
    Quirk("Q09 length with a text", text("half an ans", "length"), Says("half an ans", finish="length")),
    Quirk("Q09 length before any text", text("", "length"), Says("", finish="length")),
    Quirk("Q10 content_filter and nothing", text(None, "content_filter"), Breaks("content_filter")),
    Quirk("Q10 content_filter without a message", json.dumps({"choices": [{"finish_reason": "content_filter", "index": 0}]}).encode(), Breaks("content_filter")),
    Quirk("Q10 Azure's prompt filter", error("The response was filtered", code="content_filter", status=400, innererror={"code": "ResponsibleAIPolicyViolation"}), Breaks("content_filter"), status=400),
    Quirk("Q11 refusal", body({"content": None, "refusal": "I will not."}), Says("I will not.", finish="refusal")),
    Quirk("Q12 id missing", calls({"type": "function", "function": {"name": "look", "arguments": "{}"}}), LOOK),
    Quirk("Q12 id empty", calls(call("look", call_id="")), LOOK),
    Quirk("Q12 id null", calls(call("look", call_id=None)), LOOK),
    Quirk("Q12 ids alike", calls(call("look"), call("pay")), Asks((("look", "{}"), ("pay", "{}")))),
    Quirk("Q13 arguments empty", args(""), LOOK),
    Quirk("Q13 arguments null", args(None), LOOK),
    Quirk("Q13 arguments the text null", args("null"), LOOK),
    Quirk("Q13 arguments absent", calls({"id": "1", "function": {"name": "look"}}), LOOK),
    Quirk("Q13 arguments an object", args({"city": "Oslo"}), Asks((("look", '{"city":"Oslo"}'),))),
    Quirk("Q13 arguments encoded twice", args(json.dumps('{"city":"Oslo"}')), Asks((("look", OSLO),))),
    Quirk("Q13 arguments with quotes behind", args('{}""'), LOOK),
    Quirk("Q13 arguments concatenated", args('{"q":"A"}{"q":"B"}'), Asks((("look", "!not valid JSON"),))),
    Quirk("Q13 keys wrapped in quotes", args('{"\\"city\\"":"Oslo"}'), Asks((("look", '{"\\"city\\"":"Oslo"}'),))),
    Quirk("Q13 a number", args("3"), Asks((("look", "!one JSON object"),))),
    Quirk("Q13 a list", args("[1]"), Asks((("look", "!one JSON object"),))),
    Quirk("Q13 a list that is none of text", args([1]), Asks((("look", "!one JSON object"),))),
    Quirk("Q13 a raw line feed in a string", args('{"a":"b\nc"}'), Asks((("look", "!not valid JSON"),))),
    Quirk("Q13 NaN", args('{"a":NaN}'), Asks((("look", "!NaN"),))),
    Quirk("Q13 bytes kept", args('{ "city" : "Oslo" }'), Asks((("look", '{ "city" : "Oslo" }'),))),
    Quirk("Q14 harmony residue", calls(call("look<|channel|>commentary")), LOOK),
    Quirk("Q14 functions prefix", calls(call("functions.look")), LOOK),
    Quirk("Q14 functions prefix and counter", calls(call("functions.look:0")), LOOK),
    Quirk("Q14 default_api prefix", calls(call("default_api:look")), LOOK),
    Quirk("Q14 doubled name", calls(call("get_weatherget_weather", OSLO)), WEATHER),
    Quirk("Q14 name empty", calls(call("")), Asks((("", "{}"),))),
    Quirk("Q14 name unknown", calls(call("lookup")), Asks((("lookup", "{}"),))),
    Quirk("Q14 multi_tool_use.parallel", calls(call("multi_tool_use.parallel", json.dumps({"tool_uses": [{"recipient_name": "functions.get_weather", "parameters": {"city": "Oslo"}}, {"recipient_name": "functions.look", "parameters": {}}]}))), Asks((("get_weather", OSLO), ("look", "{}")))),
    Quirk("Q14 custom call", calls({"id": "1", "type": "custom", "custom": {"name": "look", "input": "4 + 4"}}), Asks((("look", "!custom"),))),
    Quirk("Q15 Hermes markup", text('<tool_call>\n{"name": "look", "arguments": {"x": 2}}\n</tool_call>'), Nudges("look", '<tool_call>\n{"name": "look", "arguments": {"x": 2}}\n</tool_call>')),
    Quirk("Q15 Kimi markup", text("<|tool_calls_section_begin|><|tool_call_begin|>functions.look:0<|tool_call_argument_begin|>{}<|tool_call_end|>"), Nudges("look", "<|tool_calls_section_begin|><|tool_call_begin|>functions.look:0<|tool_call_argument_begin|>{}<|tool_call_end|>")),
    Quirk("Q15 fenced JSON", text('```json\n{"name": "look", "arguments": {}}\n```'), Nudges("look", '```json\n{"name": "look", "arguments": {}}\n```')),
    Quirk("Q15 bare JSON", text('{"name": "look", "parameters": {"x": 1}}'), Nudges("look", '{"name": "look", "parameters": {"x": 1}}')),
    Quirk("Q15 harmony leftovers", text('assistantcommentary to=functions.look json{"x":1}'), Nudges("look", 'assistantcommentary to=functions.look json{"x":1}')),
    Quirk("Q15 assistantcode", text('assistantcode{"x":1}'), Nudges("a tool", 'assistantcode{"x":1}')),
    Quirk("Q16 tool_use_failed, the call is rebuilt", error("Failed to call a function. Please adjust your prompt.", type="invalid_request_error", code="tool_use_failed", failed_generation='<function=look>{"x": 1}</function>'), Asks((("look", "!Failed to call a function"),)), status=400),
    Quirk("Q16 tool_use_failed, JSON", error("tool call validation failed: attempted to call tool 'listFiles' which was not in request.tools", code="tool_use_failed", failed_generation='{"name": "listFiles", "arguments": {"x": 1}}'), Asks((("listFiles", "!not in request.tools"),)), status=400),
    Quirk("Q16 tool_use_failed, no call", error("Tool choice is required, but model did not call a tool", code="tool_use_failed", failed_generation="maybe"), Nudges("did not call a tool"), status=400),
    Quirk("Q17 tool_calls null", body({"content": "hi", "tool_calls": None}), HI),
    Quirk("Q18 content null", body({"content": None}), Says("")),
    Quirk("Q18 content in parts", text([{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "hi"}]), Says("hi", "hm")),
    Quirk("Q18 thoughts that are written as text", text([{"type": "reasoning", "text": "hm"}, {"type": "text", "text": "hi"}, "!"]), Says("hi!", "hm")),
    Quirk("Q18 a raw line feed in the text", b'{"choices":[{"message":{"content":"a\nb"},"finish_reason":"stop"}]}', Says("a\nb")),
    Quirk("Q19 role missing", body({"content": "hi"}), HI),
    Quirk("Q20 reasoning_content", body({"content": "hi", "reasoning_content": "hm"}), Says("hi", "hm")),
    Quirk("Q20 reasoning, twice the same", body({"content": "hi", "reasoning": "hm", "reasoning_content": "hm"}), Says("hi", "hm")),
    Quirk("Q20 reasoning_details alone", body({"content": "hi", "reasoning_details": [{"type": "reasoning.text", "text": "hm"}]}), Says("hi", "hm")),
    Quirk("Q20 thinking_blocks", body({"content": "hi", "thinking_blocks": [{"type": "thinking", "thinking": "hm", "signature": "s"}]}), Says("hi", "hm")),
    Quirk("Q20 reasoning is no text", body({"content": "hi", "reasoning": {"a": 1}}), HI),
    Quirk("Q20 think tags", text("<think>hm</think>\n\nhi"), Says("hi", "hm")),
    Quirk("Q20 think tags that never end", text("<think>hm", "length"), Says("", "hm", "length")),
    Quirk("Q20 the template opened the tag", text("hm\n</think>\n\nhi"), Says("hi", "hm")),
    Quirk("Q20 a text about the tag", text("Put it between <think> and </think>."), Says("Put it between <think> and </think>.")),
    Quirk("Q21 usage null", text("hi", usage=None), HI),
    Quirk("Q22 metadata holes", text("hi", id=None, created=0, model="", service_tier="odd"), HI),
    Quirk("Q22 several choices", json.dumps({"choices": [{"index": 1, "message": {"content": "no"}}, {"index": 0, "message": {"content": "hi"}, "finish_reason": "stop"}]}).encode(), HI),
    Quirk("Q23 task_ids", b'{"status":true,"task_ids":["a"],"chat_id":"c"}', Breaks("bad_response", words="chat_id")),
    Quirk("Q24 TGI's id", calls(call("look", call_id="0")), LOOK),
)  # fmt: skip

STREAMED: Final = (
    Quirk("Q26 no index", streamed(piece(None, "get_weather", OSLO, "a"), piece(None, "get_weather", PARIS, "b")), BOTH),
    Quirk("Q26 no index, no ids", streamed(piece(None, "get_weather", OSLO), piece(None, "get_weather", PARIS)), BOTH),
    Quirk("Q26 no index, fragments", streamed(piece(None, "get_weather", "", "a"), piece(None, None, OSLO[:5]), piece(None, None, OSLO[5:])), WEATHER),
    Quirk("Q26 no index, ids repeated", streamed(piece(None, "get_weather", OSLO[:5], "a"), piece(None, None, OSLO[5:], "a"), piece(None, "look", "{}", "b")), Asks((("get_weather", OSLO), ("look", "{}")))),
    Quirk("Q26 index null, id empty", streamed({"tool_calls": [{"index": None, "id": "", "function": {"name": "get_weather", "arguments": OSLO}}]}, {"tool_calls": [{"index": None, "id": "", "function": {"name": "look", "arguments": "{}"}}]}), Asks((("get_weather", OSLO), ("look", "{}")))),
    Quirk("Q26 all indexes 0", streamed(piece(0, "get_weather", OSLO, "a"), piece(0, "get_weather", PARIS, "b")), BOTH),
    Quirk("Q26 all indexes 0, fragments", streamed(piece(0, "get_weather", "", "a"), piece(0, None, OSLO), piece(0, "get_weather", "", "b"), piece(0, None, PARIS)), BOTH),
    Quirk("Q26 all indexes 0, no ids", streamed(piece(0, "look", "{}"), piece(0, "get_weather", OSLO)), Asks((("look", "{}"), ("get_weather", OSLO)))),
    Quirk("Q26 index does not begin at 0", streamed(piece(3, "look", "", "a"), piece(3, None, "{}")), LOOK),
    Quirk("Q26 indexes with a gap, interleaved", streamed(piece(0, "get_weather", OSLO[:4], "a"), piece(2, "get_weather", PARIS[:6], "b"), piece(0, None, OSLO[4:]), piece(2, None, PARIS[6:])), BOTH),
    Quirk("Q27 name late", streamed(piece(0, None, "", "a"), piece(0, "get_weather", OSLO)), WEATHER),
    Quirk("Q27 name repeated", streamed(piece(0, "get_weather", "", "a"), piece(0, "get_weather", OSLO[:6]), piece(0, "get_weather", OSLO[6:])), WEATHER),
    Quirk("Q27 name and id repeated", streamed(piece(0, "get_weather", OSLO[:6], "a"), piece(0, "get_weather", OSLO[6:], "a")), WEATHER),
    Quirk("Q27 name repeated, no index", streamed(piece(None, "get_weather", OSLO[:6]), piece(None, "get_weather", OSLO[6:])), WEATHER),
    Quirk("Q27 name split", streamed(piece(0, "edit_ex", "", "a"), piece(0, "isting_file", "{}")), Asks((("edit_existing_file", "{}"),))),
    Quirk("Q27 name empty later", streamed(piece(0, "look", "", "a"), piece(0, "", "{}")), LOOK),
    Quirk("Q28 id repeated", streamed(piece(0, "look", "", "a"), piece(0, None, "{", "a"), piece(0, None, "}", "a")), LOOK),
    Quirk("Q28 id empty later", streamed(piece(0, "look", "", "a"), piece(0, None, "{}", "")), LOOK),
    Quirk("Q28 another id on every chunk", streamed(piece(0, "get_weather", "", "a"), piece(0, None, OSLO[:6], "b"), piece(0, None, OSLO[6:], "c")), WEATHER),
    Quirk("Q28 another id on every chunk, no index", streamed(piece(None, "get_weather", "", "a"), piece(None, None, OSLO[:6], "b"), piece(None, None, OSLO[6:], "c")), WEATHER),
    Quirk("Q28 another id and the name on every chunk", streamed(piece(0, "get_weather", "", "a"), piece(0, "get_weather", OSLO[:6], "b"), piece(0, "get_weather", OSLO[6:], "c"), piece(0, "get_weather", "", "d")), WEATHER),
    Quirk("Q29 whole in one chunk", streamed(piece(0, "get_weather", OSLO, "a")), WEATHER),
    Quirk("Q29 sent again whole", streamed(piece(0, "get_weather", OSLO, "a"), piece(0, None, OSLO)), WEATHER),
    Quirk("Q29 sent again whole, after fragments", streamed(piece(0, "get_weather", OSLO[:3], "a"), piece(0, None, OSLO[3:]), piece(0, "get_weather", OSLO)), WEATHER),
    Quirk("Q29 null", streamed({"tool_calls": [{"index": 0, "id": "a", "function": {"name": "look", "arguments": None}}]}), LOOK),
    Quirk("Q29 an object", streamed(piece(0, "get_weather", {"city": "Oslo"}, "a")), WEATHER),
    Quirk("Q29 split inside an escape", streamed(piece(0, "look", '{"a":"\\u00', "a"), piece(0, None, 'e9"}')), Asks((("look", '{"a":"\\u00e9"}'),))),
    Quirk("Q30 what parses may go on", streamed(piece(0, "look", "{}", "a"), piece(0, None, '""')), LOOK),
    Quirk("Q30 cut short", streamed(piece(0, "look", '{"a', "a"), finish="length"), Asks((("look", "!cut off (length)"),))),
    Quirk("Q31 choices empty or null, delta null", stream(event({"choices": [], "prompt_filter_results": []}), event({"choices": None}), event({"choices": [{"index": 0, "delta": None}]}), {"content": "hi"}, event({"choices": [], "usage": {"prompt_tokens": 1}})), HI),
    Quirk("Q33 comments", b": OPENROUTER PROCESSING\n\n" + stream({"content": "h"}, b": OPENROUTER PROCESSING\n\n", {"content": "i"}), HI),
    Quirk("Q33 data over several lines", stream(b'data: {"choices":[{"index":0,\ndata: "delta":{"content":"hi"}}]}\n\n'), HI),
    Quirk("Q33 no space after the colon", stream({"content": "hi"}).replace(b"data: ", b"data:"), HI),
    Quirk("Q33 CR LF", stream({"content": "hi"}).replace(b"\n", b"\r\n"), HI),
    Quirk("Q33 CR", stream({"content": "hi"}).replace(b"\n", b"\r"), HI),
    Quirk("Q33 byte order mark", b"\xef\xbb\xbf" + stream({"content": "hi"}), HI),
    Quirk("Q33 event and id lines", stream(b"event: message\nid: 1\nretry: 5\n", {"content": "hi"}), HI),
    Quirk("Q33 no empty lines between events", stream({"content": "h"}, {"content": "i"}).replace(b"\n\n", b"\n"), HI),
    Quirk("Q33 keep-alives", stream(event(b"ping"), b"event: ping\ndata: {}\n\n", {"content": "hi"}), HI),
    Quirk("Q33 half a surrogate pair in each of two events", stream(event(b'{"choices":[{"index":0,"delta":{"content":"\\ud83d"}}]}'), event(b'{"choices":[{"index":0,"delta":{"content":"\\ude00"}}]}')), Says("\U0001f600")),
    Quirk("Q33 an error in the middle", chunk({"content": ""}) + chunk(piece(0, "look", "{}", "a")) + event({"error": {"message": "overloaded", "code": 503}}) + DONE, Breaks("overloaded", retryable=True)),
    Quirk("Q33 an error in the middle, with choices", event({"error": {"message": "away", "code": "502"}, "choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}]}), Breaks("server_error", retryable=True)),
    Quirk("Q33 an error event", b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n', Breaks("overloaded", retryable=True)),
    Quirk("Q33 an error event that is no JSON", b"event: error\ndata: upstream died\n\n", Breaks("server_error", retryable=True, words="upstream died")),
    Quirk("Q33 context overflow in a stream", event({"error": {"message": "This model's maximum context length is 4096 tokens", "code": 400}}), Breaks("context_overflow")),
    Quirk("Q33 a garbled event", chunk({"role": "assistant"}) + event(b'{"choices":[{"delta":{"con') + DONE, Breaks("bad_response", retryable=True)),
    Quirk("Q33 tool_use_failed in a stream", b'event: error\ndata: {"error":{"message":"Tool choice is required, but model did not call a tool","code":"tool_use_failed","failed_generation":"","status_code":400}}\n\n', Nudges("did not call a tool")),
    Quirk("Q34 early end", chunk({"role": "assistant"}) + chunk(piece(0, "look", "{}", "a")), Breaks("connection", retryable=True)),
    Quirk("Q34 no DONE", stream({"content": "hi"}, done=b""), HI),
    Quirk("Q34 no DONE, no last empty line", stream({"content": "hi"}, done=b"").rstrip(b"\n"), HI),
    Quirk("Q34 DONE without a finish reason", chunk({"content": "hi"}) + DONE, Says("hi", finish=None)),
    Quirk("Q35 calls in the finish chunk", chunk(piece(0, "look", "{}", "a"), "tool_calls") + DONE, LOOK),
    Quirk("Q35 calls after the finish chunk", chunk({}, "stop") + chunk(piece(0, "look", "{}", "a")) + DONE, LOOK),
    Quirk("Q37 usage in every chunk", stream(chunk({"content": "h"}, usage={"prompt_tokens": 3, "completion_tokens": 1}), chunk({"content": "i"}, usage={"prompt_tokens": 3, "completion_tokens": 2})), HI),
    Quirk("Q06 stop although there are calls, streamed", streamed(piece(0, "look", "{}", "a"), finish="stop"), LOOK),
    Quirk("Q10 content_filter, streamed", stream(finish="content_filter"), Breaks("content_filter")),
    Quirk("Q11 refusal, streamed", stream({"refusal": "I will"}, {"refusal": " not."}), Says("I will not.", finish="refusal")),
    Quirk("Q14 harmony residue, streamed", streamed(piece(0, "look<|channel|>commentary", "{}", "a")), LOOK),
    Quirk("Q15 Hermes markup, streamed", stream({"content": "<tool_call>\n"}, {"content": '{"name": "look", "arguments": {}}'}), Nudges("look", '<tool_call>\n{"name": "look", "arguments": {}}')),
    Quirk("Q18 content in parts, streamed", stream({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]}, {"content": "hi"}), Says("hi", "hm")),
    Quirk("Q20 think tags, streamed", stream({"content": "<th"}, {"content": "ink>h"}, {"content": "m</thi"}, {"content": "nk>\n"}, {"content": "\nhi"}), Says("hi", "hm")),
    Quirk("Q20 reasoning in two fields, streamed", stream({"reasoning": "hm", "reasoning_content": "hm"}, {"content": "hi"}), Says("hi", "hm")),
    Quirk("Q22 several choices, streamed", stream(event({"choices": [{"index": 1, "delta": {"content": "no"}}, {"index": 0, "delta": {"content": "hi"}}]}), event({"choices": [{"index": 1, "delta": {"content": "no"}}]})), HI),
    Quirk("Q08 function_call, streamed", stream({"function_call": {"name": "look", "arguments": ""}}, {"function_call": {"arguments": "{}"}}, finish="function_call"), LOOK),
    Quirk("Q33 a whole message in one event", event({"object": "chat.completion", "choices": [{"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}]}) + DONE, HI),
)  # fmt: skip

REFUSED: Final = (
    Quirk("Q38 408", error("slow"), Breaks("timeout", retryable=True), status=408),
    Quirk("Q38 409", error("locked"), Breaks("server_error", retryable=True), status=409),
    Quirk("Q38 429 with seconds", error("slow down"), Breaks("rate_limited", retryable=True, wait=7.0), status=429, headers={"Retry-After": "7"}),
    Quirk("Q38 429 with milliseconds", error("slow down"), Breaks("rate_limited", retryable=True, wait=0.25), status=429, headers={"Retry-After": "7", "Retry-After-Ms": "250"}),
    Quirk("Q38 429 with too long a wait", error("slow down"), Breaks("rate_limited", wait=121.0), status=429, headers={"Retry-After": "121"}),
    Quirk("Q38 429 with a date gone by", error("slow down"), Breaks("rate_limited", retryable=True, wait=0.0), status=429, headers={"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}),
    Quirk("Q38 429 with nonsense", error("slow down"), Breaks("rate_limited", retryable=True), status=429, headers={"Retry-After": "soon"}),
    Quirk("Q38 429 that says no", error("slow down"), Breaks("rate_limited"), status=429, headers={"X-Should-Retry": "false"}),
    Quirk("Q38 400 that says yes", error("odd"), Breaks("bad_request", retryable=True), status=400, headers={"X-Should-Retry": "true"}),
    Quirk("Q38 500", error("oops"), Breaks("server_error", retryable=True, words="oops"), status=500),
    Quirk("Q38 502, HTML", b"<html>bad gateway</html>", Breaks("server_error", retryable=True, words="bad gateway"), status=502),
    Quirk("Q38 503", b"upstream connect error", Breaks("overloaded", retryable=True), status=503),
    Quirk("Q38 529", error("Overloaded", type="overloaded_error"), Breaks("overloaded", retryable=True), status=529),
    Quirk("Q38 402", error("Insufficient credits", code=402), Breaks("no_credit"), status=402),
    Quirk("Q38 402 with a wait", error("Insufficient credits", code=402), Breaks("no_credit", retryable=True, wait=3.0), status=402, headers={"Retry-After": "3"}),
    Quirk("Q38 403", error("Forbidden"), Breaks("auth"), status=403),
    Quirk("Q38 403 of a moderation", error("Your chosen model requires moderation and your input was flagged", code=403), Breaks("content_filter"), status=403),
    Quirk("Q38 401", error("Incorrect API key", code="invalid_api_key"), Breaks("auth", words="check the API key"), status=401),
    Quirk("Q38 400 of a bad key", b"[" + error("API key not valid. Please pass a valid API key.", code=400, status="INVALID_ARGUMENT") + b"]", Breaks("auth"), status=400),
    Quirk("Q38 404", error("no such model"), Breaks("not_found"), status=404),
    Quirk("Q38 422, FastAPI", b'{"detail":[{"loc":["body","messages",0],"msg":"field required","type":"missing"}]}', Breaks("bad_request", words="body.messages.0: field required"), status=422),
    Quirk("Q38 llama.cpp 500 of bad arguments", error("Failed to parse tool call arguments as JSON: [json.exception.parse_error.101]", code=500), Breaks("bad_request"), status=500),
    Quirk("Q38 llama.cpp 500 of a template", error("System message must be at the beginning.", code=500), Breaks("bad_request"), status=500),
    *(
        Quirk(f"Q39 overflow, {host}", error(message, code=status), Breaks("context_overflow"), status=status)
        for host, status, message in (
            ("OpenAI", 400, "Your input exceeds the context window of this model."),
            ("vLLM", 400, "This model's maximum context length is 4096 tokens."),
            ("Anthropic", 400, "prompt is too long: 213462 tokens > 200000 maximum"),
            ("Bedrock", 400, "Input is too long for requested model."),
            ("Gemini", 400, "The input token count (1196265) exceeds the maximum number of tokens allowed (1048575)."),
            ("xAI", 400, "This model's maximum prompt length is 131072 but the request contains 537812 tokens."),
            ("Groq", 400, "Please reduce the length of the messages or completion."),
            ("llama.cpp", 400, "the request exceeds the available context size. try increasing it"),
            ("LM Studio", 400, "tokens to keep from the initial prompt is greater than the context length"),
            ("Mistral", 400, "Prompt contains 65673 tokens and 0 draft tokens, too large for model with 32768 maximum context length"),
            ("Kimi", 400, "Your request exceeded model token limit: 262144 (requested: 291351)"),
            ("MiniMax", 400, "invalid params, context window exceeds limit"),
            ("Copilot", 400, "prompt token count of 150000 exceeds the limit of 128000"),
            ("Ollama", 400, "prompt too long; exceeded max context length by 1119046 tokens"),
            ("llama.cpp as 500", 500, "the request exceeds the available context size"),
        )
    ),
    Quirk("Q39 overflow, by its code", error("too long", code="context_length_exceeded"), Breaks("context_overflow"), status=400),
    Quirk("Q39 overflow, 413 without a body", b"", Breaks("context_overflow"), status=413),
    Quirk("Q39 overflow, 400 without a body", b"", Breaks("context_overflow"), status=400),
)  # fmt: skip

QUIRKS: Final = WHOLE + STREAMED + REFUSED
