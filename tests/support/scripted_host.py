"""A chat-completions host on real loopback HTTP that answers from a script and keeps what it was asked.

It stands in for hosts only where a test needs an answer that no real one gives on demand; the HTTP is real.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from attrs import field, frozen

__all__ = ["Answer", "ScriptedHost", "asks", "hangs", "raw", "refuses", "says", "sse", "streams"]

Body = dict[str, Any]


@frozen(kw_only=True)
class Answer:
    """One HTTP answer.  *chunks* go out one by one; with *gate* nothing goes out until it is set."""

    status: int = 200
    headers: Mapping[str, str] = field(factory=lambda: dict[str, str]({"Content-Type": "application/json"}))
    chunks: Sequence[bytes] = ()
    gate: threading.Event | None = None
    breaks_off: bool = False


Script = Answer | Callable[[Body], Answer]


def raw(
    body: bytes, *, status: int = 200, content_type: str = "application/json", headers: Mapping[str, str] | None = None
) -> Answer:
    """Answer with these bytes."""
    return Answer(status=status, headers={"Content-Type": content_type, **(headers or {})}, chunks=[body])


def says(text: str | None, *, finish: str = "stop", gate: threading.Event | None = None, **message: object) -> Answer:
    """Answer with a text."""
    body = _completion({"role": "assistant", "content": text, **message}, finish)
    return Answer(chunks=[json.dumps(body).encode()], gate=gate)


def asks(*calls: tuple[str, str], text: str | None = None, ids: Sequence[str] = (), finish: str = "tool_calls") -> Answer:
    """Answer with calls: name and argument text each."""
    listed = [
        {
            "id": ids[place] if ids else f"call_host_{id(calls)}_{place}",
            "type": "function",
            "function": {"name": name, "arguments": arguments},
        }
        for place, (name, arguments) in enumerate(calls)
    ]
    body = _completion({"role": "assistant", "content": text, "tool_calls": listed}, finish)
    return Answer(chunks=[json.dumps(body).encode()])


def refuses(status: int, message: str, *, headers: Mapping[str, str] | None = None, **error: object) -> Answer:
    """Answer with an error in OpenAI's form."""
    body = json.dumps({"error": {"message": message, "type": "error", "param": None, "code": None, **error}}).encode()
    return raw(body, status=status, headers=headers)


def hangs(gate: threading.Event) -> Answer:
    """Answer nothing until *gate* is set."""
    return says("too late", gate=gate)


def sse(*events: object, done: bool = True) -> list[bytes]:
    """Return *events* as server-sent events, a chunk each."""
    chunks = [b"data: " + json.dumps(event).encode() + b"\n\n" for event in events]
    return [*chunks, b"data: [DONE]\n\n"] if done else chunks


def streams(
    *deltas: Mapping[str, object],
    finish: str | None = "stop",
    done: bool = True,
    breaks_off: bool = False,
    with_usage: bool = False,
) -> Answer:
    """Answer with a stream of deltas."""
    events: list[object] = [{"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    if finish is not None:
        events.append({"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
    if with_usage:
        events.append({"choices": [], "usage": _USAGE})
    return Answer(headers={"Content-Type": "text/event-stream"}, chunks=sse(*events, done=done), breaks_off=breaks_off)


_USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}


def _completion(message: Mapping[str, object], finish: str) -> Body:
    return {
        "id": "x",
        "object": "chat.completion",
        "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": _USAGE,
    }


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256  # many may call at the same moment

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that is gone, as one that was killed is."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class ScriptedHost:
    """Answers the requests in order from *script*; the last entry answers all that follow.  A context manager."""

    def __init__(self, *script: Script) -> None:
        """Take the script: answers, or functions from a request's body to an answer."""
        self.script = list(script)
        self.requests: list[Body] = []
        self.raw_requests: list[bytes] = []
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def root(self) -> str:
        """The address without a path."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def base_url(self) -> str:
        """The address to give a model."""
        return f"{self.root}/v1"

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, letting go of whoever still waits."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self, path: str, headers: dict[str, str], data: bytes) -> Answer:
        """Keep the request and return its answer."""
        body = json.loads(data)
        with self._lock:
            self.paths.append(path)
            self.headers.append(headers)
            self.raw_requests.append(data)
            self.requests.append(body)
            entry = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        return entry if isinstance(entry, Answer) else entry(body)

    def wait_for(self, gate: threading.Event) -> bool:
        """Wait until *gate* is set; false when the host closes first."""
        while not gate.wait(0.02):
            if self._closing.is_set():
                return False
        return True


def _handler(host: ScriptedHost) -> type[BaseHTTPRequestHandler]:  # noqa: C901  # one class, with the host at hand
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body go out apart: on a kept connection that costs 40 ms else

        def do_POST(self) -> None:  # the name the server calls
            data = self._read(int(self.headers.get("Content-Length", 0)))
            answer = host.take(self.path, {key.lower(): value for key, value in self.headers.items()}, data)
            if answer.gate is not None and not host.wait_for(answer.gate):
                self.close_connection = True
                return
            try:
                self._answer(answer)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _read(self, length: int) -> bytes:
            data = self.rfile.read(length)
            if len(data) < length:
                raise ConnectionError("the client is gone")
            return data

        def _answer(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if len(answer.chunks) == 1 and not answer.breaks_off:
                self.send_header("Content-Length", str(len(answer.chunks[0])))
                self.end_headers()
                self.wfile.write(answer.chunks[0])
                return
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for chunk in answer.chunks:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
                self.wfile.flush()
            if answer.breaks_off:
                self.close_connection = True
            else:
                self.wfile.write(b"0\r\n\r\n")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the server's own signature
            """Say nothing."""

    return Handler
