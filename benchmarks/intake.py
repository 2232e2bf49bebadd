"""What reading a reply costs: CPU microseconds for one delta of a stream, and for a whole body, beside the SDK's own models.

Run `python benchmarks/intake.py`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

from openai._streaming import SSEDecoder
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from detent.machine.wire import StreamFold, read_body
from detent.states.messages import Origin

ORIGIN = Origin("openai", "m")
DELTAS = 2000


def chunk(delta: dict[str, object], finish: str | None = None) -> bytes:
    """Return one chunk as OpenAI sends it."""
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    whole = {
        "id": "chatcmpl-BG7OTM3ub2HDuZ1PCj137Me5EGRPt",
        "object": "chat.completion.chunk",
        "created": 1743181369,
        "model": "gpt-5-mini",
        "service_tier": "default",
        "system_fingerprint": None,
        "choices": [choice],
        "usage": None,
        "obfuscation": "wTQ9zFhbY",
    }
    return b"data: " + json.dumps(whole).encode() + b"\n\n"


def of_text() -> list[bytes]:
    """Return a stream of words."""
    return [chunk({"content": " word"}) for _ in range(DELTAS)] + [chunk({}, "stop"), b"data: [DONE]\n\n"]


def of_arguments() -> list[bytes]:
    """Return a stream of argument fragments."""
    opening = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "write", "arguments": '{"text": "'}}
    pieces = [{"index": 0, "function": {"arguments": "word "}} for _ in range(DELTAS)]
    closing = {"index": 0, "function": {"arguments": '"}'}}
    return [chunk({"tool_calls": [call]}) for call in (opening, *pieces, closing)] + [chunk({}, "tool_calls")]


def fold(chunks: list[bytes]) -> None:
    """Read a stream as detent does."""
    stream = StreamFold()
    for part in chunks:
        stream.feed(part)
    stream.finish(ORIGIN)


def decode(chunks: list[bytes]) -> None:
    """Read a stream as the SDK does: events, JSON, a model for each chunk; nothing is put together yet."""

    def parts() -> Iterator[bytes]:
        yield from chunks

    for event in SSEDecoder().iter_bytes(parts()):
        if event.data != "[DONE]":
            ChatCompletionChunk.construct(**event.json())


def cpu(work: Callable[[], object], times: int = 7) -> float:
    """Return the least CPU seconds that *work* took."""

    def once() -> float:
        began = time.process_time()
        work()
        return time.process_time() - began

    return min(once() for _ in range(times))


def main() -> None:
    """Print the numbers."""
    for name, chunks in (("text", of_text()), ("arguments", of_arguments())):
        ours, theirs = cpu(lambda: fold(chunks)), cpu(lambda: decode(chunks))  # noqa: B023  # used at once
        print(f"a delta of {name}: {ours / DELTAS * 1e6:.1f} us; the SDK's decoding alone {theirs / DELTAS * 1e6:.1f} us")
    call = {"id": "call_1", "type": "function", "function": {"name": "write", "arguments": json.dumps({"text": "word " * 400})}}
    message = {"role": "assistant", "content": None, "tool_calls": [call] * 3}
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    body = json.dumps(
        {"id": "x", "object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": usage}
    ).encode()
    ours = cpu(lambda: [read_body(body, ORIGIN) for _ in range(1000)])
    theirs = cpu(lambda: [ChatCompletion.construct(**json.loads(body)) for _ in range(1000)])
    print(f"a whole body of {len(body)} bytes: {ours * 1e3:.1f} us; json and the SDK's models {theirs * 1e3:.1f} us")


if __name__ == "__main__":
    main()
