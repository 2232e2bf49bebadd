"""A chat-completions host that costs next to nothing: what it answers stands in the address it is asked at.

    /say/v1             a text
    /work-10x1/v1       ten replies with one call each, then a text
    /stream-1000/v1     a text as a stream of a thousand deltas
    /work-4x1_pause-50/v1   the same with four, each reply after fifty milliseconds
    /stream-5_rest-50/v1    a stream whose first piece comes at once, and the rest after fifty milliseconds (on loopback)

In this process it is an `httpx2` transport (`StubTransport`); `python -m benchmarks.stub` serves the same on loopback.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from functools import cache

import httpx2
from attrs import frozen

__all__ = ["ANSWER", "Script", "StubTransport", "base_url", "events_of", "script_of"]

ANSWER = "That is all there is to say."

_CALL = re.compile(rb'"round_(\d+)_\d+"')
_TAIL = 32_768


@frozen
class Script:
    """What an address asks for: *rounds* replies with *width* calls each before the answer, or a stream, or a pause.

    *rest* is the pause, in seconds, after the first piece of a stream.
    """

    rounds: int = 0
    width: int = 1
    deltas: int = 0
    pause: float = 0.0
    rest: float = 0.0


def base_url(script: str, root: str = "http://stub.invalid") -> str:
    """Return the address at which *script* (`"say"`, `"work-10x1"`, ...) is answered."""
    return f"{root}/{script}/v1"


@cache
def script_of(path: str) -> Script:
    """Return the script that the first part of *path* names."""
    found = dict.fromkeys(("work", "stream", "pause", "rest"), "")
    found |= {kind: size for kind, _, size in (part.partition("-") for part in path.strip("/").split("/")[0].split("_"))}
    rounds, _, width = found["work"].partition("x")
    return Script(
        rounds=int(rounds or 0),
        width=int(width or 1),
        deltas=int(found["stream"] or 0),
        pause=int(found["pause"] or 0) / 1000,
        rest=int(found["rest"] or 0) / 1000,
    )


def reply_to(script: Script, body: bytes) -> bytes:
    """Return the answer.  How far the run is can be read off the newest call id in the request: nothing is kept here."""
    if not script.rounds:
        return _text()
    newest = _CALL.findall(body, max(0, len(body) - _TAIL))
    done = int(newest[-1]) + 1 if newest else 0
    return _text() if done >= script.rounds else _calls(done, script.width)


@cache
def _text() -> bytes:
    return _completion({"role": "assistant", "content": ANSWER, "refusal": None, "annotations": []}, "stop")


@cache
def _calls(done: int, width: int) -> bytes:
    calls = [
        {
            "id": f"round_{done}_{place}",
            "type": "function",
            "function": {"name": "repeat", "arguments": json.dumps({"text": f"the {place}th thing of round {done}"})},
        }
        for place in range(width)
    ]
    return _completion({"role": "assistant", "content": None, "refusal": None, "tool_calls": calls}, "tool_calls")


def _completion(message: dict[str, object], finish: str) -> bytes:
    usage = {"prompt_tokens": 90, "completion_tokens": 10, "total_tokens": 100, "prompt_tokens_details": {"cached_tokens": 0}}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
    whole = {
        "id": "c1",
        "object": "chat.completion",
        "created": 1_780_000_000,
        "model": "m",
        "choices": [choice],
        "usage": usage,
    }
    return json.dumps(whole).encode()


@cache
def events_of(deltas: int) -> tuple[bytes, ...]:
    """Return a stream of *deltas* pieces of text as server-sent events, one each, as a slow host sends them."""
    pieces = [_event({"role": "assistant", "content": ""})]
    pieces += [_event({"content": f" piece{number % 7}"}) for number in range(deltas)]
    usage = {"prompt_tokens": 90, "completion_tokens": deltas, "total_tokens": 90 + deltas}
    return (*pieces, _event({}, "stop"), _sse({**_CHUNK, "choices": [], "usage": usage}), b"data: [DONE]\n\n")


_CHUNK = {"id": "c1", "object": "chat.completion.chunk", "created": 1_780_000_000, "model": "m"}


def _event(delta: dict[str, object], finish: str | None = None) -> bytes:
    return _sse({**_CHUNK, "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]})


def _sse(value: object) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"


@frozen
class _Pieces(httpx2.AsyncByteStream):
    events: tuple[bytes, ...]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for event in self.events:
            yield event


class StubTransport(httpx2.AsyncBaseTransport):
    """Answers in this process, without a socket."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return what the address asks for."""
        script = script_of(request.url.path)
        if script.pause:
            await asyncio.sleep(script.pause)
        if script.deltas:
            return httpx2.Response(200, headers={"content-type": "text/event-stream"}, stream=_Pieces(events_of(script.deltas)))
        return httpx2.Response(200, headers={"content-type": "application/json"}, content=reply_to(script, request.content))


class _Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, as little of it as the clients here need."""

    def __init__(self) -> None:
        self._received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (request := self._whole_request()) is not None:
            path, body = request
            script = script_of(path)
            answer = _chunked(events_of(script.deltas)) if script.deltas else _sized(reply_to(script, body))
            if script.rest:
                first = _first_pieces(script.deltas)
                self._write(first)
                asyncio.get_running_loop().call_later(script.rest, self._write, answer[len(first) :])
            elif script.pause:
                asyncio.get_running_loop().call_later(script.pause, self._write, answer)
            else:
                self._write(answer)

    def _whole_request(self) -> tuple[str, bytes] | None:
        head, separator, _ = self._received.partition(b"\r\n\r\n")
        if not separator:
            return None
        found = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        end = len(head) + 4 + (int(found[1]) if found else 0)
        if len(self._received) < end:
            return None
        body = bytes(self._received[len(head) + 4 : end])
        del self._received[:end]
        return head.split(b" ", 2)[1].decode(), body

    def _write(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


def _sized(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)


@cache
def _chunked(events: tuple[bytes, ...]) -> bytes:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%s\r\n" % (len(event), event) for event in events) + b"0\r\n\r\n"


@cache
def _first_pieces(deltas: int) -> bytes:
    """Return how the stream begins: its head, who speaks, and the first words."""
    begin = _chunked(events_of(deltas)[:2])
    return begin.removesuffix(b"0\r\n\r\n")


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Connection, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve())
