"""The one place with a socket: every quirk over real HTTP, silence, broken connections, and connections used again."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress

import httpx2
import pytest
from anyio import create_task_group, fail_after, sleep
from openai import AsyncOpenAI, OpenAIError
from quirks import DONE, OFFERED, QUIRKS, Breaks, Quirk, assert_expected, chunk, error, event, piece, stream
from scripted_host import Answer, ScriptedHost, hangs, raw, says, streams

from detent import Agent
from detent.machine import clients
from detent.machine.endpoint import ask, close_clients
from detent.machine.model import Model
from detent.machine.wire import Delta
from detent.machine.wire.fault import Fault
from detent.states.events import Reply

pytestmark = pytest.mark.anyio

BODY = b'{"messages":[]}'


def model_at(host: ScriptedHost) -> Model:
    return Model("m", base_url=host.base_url, api_key="x")


async def hear(host: ScriptedHost, first_token_timeout: float | None = None) -> tuple[Reply | Fault, str]:
    shown: list[Delta] = []
    answer = await ask(model_at(host), BODY, shown.append, offered=OFFERED, first_token_timeout=first_token_timeout)
    return answer, "".join(delta.text for delta in shown if delta.kind != "call")


def answer_of(quirk: Quirk) -> Answer:
    return raw(quirk.body, status=quirk.status, content_type=quirk.content_type, headers=quirk.headers)


async def test_every_quirk_is_met_over_http_streamed_or_not() -> None:
    for quirk in QUIRKS:
        with ScriptedHost(answer_of(quirk)) as host:
            assert_expected(await ask(model_at(host), BODY, offered=OFFERED), quirk.expected)
            answer, shown = await hear(host)
            assert_expected(answer, quirk.expected)
            assert not (shown and isinstance(quirk.expected, Breaks)), quirk.name


async def test_a_stream_may_come_in_any_pieces() -> None:
    body = stream({"content": "grö"}, {"content": "ßer"}, piece(0, "look", "{}", "a"))
    with ScriptedHost(Answer(headers={"Content-Type": "text/event-stream"}, chunks=[bytes([byte]) for byte in body])) as host:
        answer, shown = await hear(host)

    assert isinstance(answer, Reply)
    assert ("größer", "größer") == (answer.said.text, shown)
    assert ["look"] == [call.name for call in answer.calls]


# --- silence ---------------------------------------------------------------------------------------------------------


@contextmanager
def a_host_that_says(*parts: bytes | float) -> Generator[str]:
    """Serve one connection: bytes are sent as they are, a number is a pause in seconds; at the end the connection closes."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(5)
    port = listening.getsockname()[1]
    done = threading.Event()

    def serve() -> None:
        try:
            connection, _ = listening.accept()
        except OSError:  # nobody came
            return
        finally:
            listening.close()
        with connection:
            connection.recv(65536)
            for part in parts:
                if isinstance(part, bytes):
                    connection.sendall(part)
                elif done.wait(part):
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        done.set()
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        thread.join()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
LONG = 30.0


async def listen(
    url: str, first_token_timeout: float | None = None, between_tokens_timeout: float | None = None
) -> tuple[Reply | Fault, str]:
    shown: list[Delta] = []
    with fail_after(5):
        answer = await ask(
            Model("m", base_url=url, api_key="x"),
            BODY,
            shown.append,
            first_token_timeout=first_token_timeout,
            between_tokens_timeout=between_tokens_timeout,
        )
    return answer, "".join(delta.text for delta in shown if delta.kind != "call")


@pytest.mark.parametrize(
    "parts",
    [
        (LONG,),
        (HEAD, LONG),
        (HEAD, b": PROCESSING\n\n", LONG),
        (HEAD, chunk({"role": "assistant", "content": ""}), LONG),
    ],
    ids=["no answer", "no body", "comments", "only a role"],
)
async def test_a_reply_that_does_not_begin_is_not_waited_for(parts: tuple[bytes | float, ...]) -> None:
    with a_host_that_says(*parts) as url:
        answer, _ = await listen(url, first_token_timeout=0.15, between_tokens_timeout=LONG)

    assert Fault(kind="timeout", message="no reply had begun after 0.15 seconds", retryable=True) == answer


async def test_comments_do_not_keep_a_silent_host_alive() -> None:
    with a_host_that_says(HEAD, *(b": PROCESSING\n\n", 0.05) * 20, LONG) as url:
        began = time.monotonic()
        answer, _ = await listen(url, first_token_timeout=0.2)

    assert isinstance(answer, Fault)
    assert 0.8 > time.monotonic() - began


async def test_a_reply_that_stops_is_not_waited_for_nor_asked_for_again() -> None:
    with a_host_that_says(HEAD, chunk({"content": "half a "}), LONG) as url:
        answer, shown = await listen(url, first_token_timeout=LONG, between_tokens_timeout=0.15)

    assert "half a " == shown
    assert Fault(kind="timeout", message="the reply stopped: nothing came for 0.15 seconds", retryable=False) == answer


async def test_calls_that_stop_may_be_asked_for_again_since_nothing_was_shown() -> None:
    with a_host_that_says(HEAD, chunk(piece(0, "look", '{"x', "a")), LONG) as url:
        answer, _ = await listen(url, between_tokens_timeout=0.15)

    assert isinstance(answer, Fault)
    assert ("timeout", True) == (answer.kind, answer.retryable)


async def test_a_slow_reply_that_keeps_coming_is_heard_to_its_end() -> None:
    parts = (chunk({"content": "a"}), 0.1) * 5
    with a_host_that_says(HEAD, 0.3, *parts, chunk({}, "stop") + DONE) as url:
        answer, shown = await listen(url, first_token_timeout=2.0, between_tokens_timeout=0.4)

    assert isinstance(answer, Reply)
    assert "aaaaa" == shown == answer.said.text


async def test_a_host_that_does_not_hang_up_after_the_end_is_left() -> None:
    with a_host_that_says(HEAD, stream({"content": "hi"}), LONG) as url:
        answer, _ = await listen(url)

    assert isinstance(answer, Reply)
    assert "hi" == answer.said.text


async def test_being_cancelled_is_no_fault() -> None:
    with a_host_that_says(HEAD, LONG) as url:
        async with create_task_group() as tasks:

            async def wait() -> None:
                await listen(url, first_token_timeout=LONG)
                raise AssertionError("it was to be cancelled")

            tasks.start_soon(wait)
            await sleep(0.2)
            tasks.cancel_scope.cancel()


# --- connections that break ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        ((), "connection"),
        ((b"HTTP/1.1 200 OK\r\nContent-Le",), "connection"),
        ((b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{",), "connection"),
        ((b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",), "connection"),
        ((b"HTTP/1.1 500 Oops\r\nContent-Length: 99\r\n\r\n{",), "connection"),
        ((b"SSH-2.0-OpenSSH_9.6\r\n",), "connection"),
        ((b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",), "connection"),
        ((b"HTTP/1.1 302 Found\r\nLocation: /v1/other\r\nContent-Length: 0\r\n\r\n",), "connection"),
        ((b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",), "bad_request"),
        ((b"HTTP/1.1 204 No Content\r\n\r\n",), "bad_response"),
        (
            (b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=nonsense\r\nContent-Length: 3\r\n\r\n\xff\xfe<",),
            "bad_response",
        ),
    ],
)
async def test_whatever_a_host_does_is_a_fault(parts: tuple[bytes, ...], kind: str) -> None:
    for streamed in (False, True):
        with a_host_that_says(*parts) as url, fail_after(5):
            answer = await ask(Model("m", base_url=url, api_key="x"), BODY, (lambda _: None) if streamed else None)

        assert isinstance(answer, Fault), answer
        assert kind == answer.kind, answer


async def test_nobody_there_is_a_fault_that_says_where() -> None:
    with a_host_that_says() as url:
        pass
    answer = await ask(Model("m", base_url=url, api_key="x"), BODY)

    assert isinstance(answer, Fault)
    assert ("connection", True) == (answer.kind, answer.retryable)
    assert url in answer.message


async def test_a_stream_that_breaks_off_is_asked_for_again_only_if_nothing_was_shown() -> None:
    with ScriptedHost(streams({"content": "hal"}, finish=None, done=False, breaks_off=True)) as host:
        shown, _ = await hear(host)
    with ScriptedHost(streams({"tool_calls": []}, finish=None, done=False, breaks_off=True)) as host:
        not_shown, _ = await hear(host)

    assert isinstance(shown, Fault)
    assert isinstance(not_shown, Fault)
    assert [("connection", False), ("connection", True)] == [(fault.kind, fault.retryable) for fault in (shown, not_shown)]


async def test_a_stream_that_breaks_off_after_its_end_is_whole() -> None:
    with ScriptedHost(streams({"content": "hi"}, breaks_off=True)) as host:
        answer, _ = await hear(host)

    assert isinstance(answer, Reply)


async def test_an_error_after_words_were_shown_is_not_asked_for_again() -> None:
    body = chunk({"content": "hal"}) + event({"error": {"message": "overloaded", "code": 503}})
    with ScriptedHost(raw(body, content_type="text/event-stream")) as host:
        answer, shown = await hear(host)

    assert isinstance(answer, Fault)
    assert ("overloaded", False, "hal") == (answer.kind, answer.retryable, shown)


# --- connections that are kept ---------------------------------------------------------------------------------------


async def connections_of(host: ScriptedHost, model: Model, *, times: int) -> int:
    """Return how many connections the host sees for calls one after the other."""
    seen: set[object] = set()
    take = host.take

    def note(path: str, headers: dict[str, str], data: bytes) -> Answer:
        seen.add(threading.get_ident())
        return take(path, headers, data)

    host.take = note  # type: ignore[method-assign]  # the server has a thread for each connection: nothing else tells
    for turn in range(times):
        await ask(model, BODY, (lambda _: None) if turn % 2 else None)
    return len(seen)


async def test_one_connection_serves_all_calls() -> None:
    with ScriptedHost(says("hi")) as host:
        assert 1 == await connections_of(host, model_at(host), times=5)
    with ScriptedHost(streams({"content": "hi"})) as host:
        assert 1 == await connections_of(host, model_at(host), times=5)
    with ScriptedHost(raw(error("no"), status=429)) as host:
        assert 1 == await connections_of(host, model_at(host), times=5)


async def test_models_of_one_endpoint_share_a_client_and_other_keys_do_not() -> None:
    one = Model("a", base_url="http://localhost:1/v1", api_key="x")
    other = Model("b", base_url="http://localhost:1/v1", api_key="x")
    keyed = Model("a", base_url="http://localhost:1/v1", api_key="y")

    assert await clients.pool_for(one) is await clients.pool_for(other)
    assert await clients.pool_for(one) is not await clients.pool_for(keyed)


async def client_of(model: Model) -> AsyncOpenAI:
    with (await clients.pool_for(model)).lend() as client:
        return client


async def test_closing_the_clients_closes_them_and_new_ones_are_made() -> None:
    model = Model("a", base_url="http://localhost:1/v1", api_key="x")
    client = await client_of(model)
    await close_clients()
    await close_clients()

    assert client.is_closed()
    assert await client_of(model) is not client


def test_a_loop_that_ends_closes_its_clients() -> None:
    model = Model("a", base_url="http://localhost:1/v1", api_key="x")
    first, second = (asyncio.run(client_of(model)) for _ in range(2))

    assert first is not second
    assert first.is_closed()
    assert second.is_closed()


async def test_a_client_is_lent_to_no_more_requests_at_once_than_it_is_quick_with() -> None:
    pool = await clients.pool_for(Model("a", base_url="http://localhost:2/v1"))
    with ExitStack() as stack:
        lent = [stack.enter_context(pool.lend()) for _ in range(21)]

        assert 20 == lent.count(lent[0])
        assert lent[0] is not lent[20]
    with pool.lend() as again:
        assert lent[0] is again
    await close_clients()


async def test_a_kept_connection_that_the_server_has_just_closed_is_no_fault() -> None:
    answered: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the first request of a connection, and close it when the next one comes."""
        for turn in range(2):
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(re.search(rb"content-length: (\d+)", head.lower()).group(1))  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
            await reader.readexactly(length)
            if turn:
                break
            body = b'{"choices": [{"message": {"content": "hi"}}]}'
            answered.append(body)
            writer.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
            )
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    model = Model("m", base_url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    replies = [await ask(model, b"{}"), await ask(model, b"{}")]
    await close_clients()
    server.close()

    assert 2 == len(answered)
    assert all(isinstance(reply, Reply) for reply in replies)


async def test_a_host_that_hangs_can_be_left() -> None:
    gate = threading.Event()
    with ScriptedHost(hangs(gate)) as host:
        answer, _ = await hear(host, first_token_timeout=0.1)
        gate.set()

    assert isinstance(answer, Fault)
    assert "timeout" == answer.kind


class Raising(httpx2.AsyncBaseTransport):
    """A transport of a caller's own that fails in its own way."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        raise self.error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx2.ReadTimeout("slow"), "timeout"),
        (httpx2.ConnectError("gone"), "connection"),
        (OpenAIError("no key"), "bad_response"),
        (httpx2.InvalidURL("odd"), "connection"),
    ],
)
async def test_a_callers_own_http_client_may_fail_too(error: Exception, kind: str) -> None:
    async with httpx2.AsyncClient(transport=Raising(error)) as own:
        model = Model("m", base_url="http://localhost:1/v1", api_key="x", http_client=own)
        answers = [await ask(model, BODY, show) for show in (None, lambda _: None)]

    assert [kind, kind] == [answer.kind for answer in answers if isinstance(answer, Fault)]


async def test_a_key_goes_out_once_in_the_header_that_the_host_reads() -> None:
    with ScriptedHost(says("hi")) as host:
        model = Model("m", base_url=f"{host.root}/openai/v1", host="azure", api_key="sk-azure")
        await Agent(model).run("go")

    assert "sk-azure" == host.headers[0]["api-key"]
    assert "authorization" not in host.headers[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [("ALL_PROXY", "socks5://127.0.0.1:9"), ("HTTPS_PROXY", "ftp://127.0.0.1:9"), ("SSL_CERT_FILE", "/nowhere.pem")],
)
async def test_what_the_environment_says_of_the_way_may_be_wrong(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    for other in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(other, raising=False)
        monkeypatch.delenv(other.lower(), raising=False)
    monkeypatch.setenv(name, value)
    clients._trust.cache_clear()  # pyright: ignore[reportPrivateUsage]  # it is read once a process
    answer = await ask(Model("m", base_url=f"http://{name.lower()}.invalid", api_key="x"), BODY)
    clients._trust.cache_clear()  # pyright: ignore[reportPrivateUsage]

    assert isinstance(answer, Fault)
    assert ("bad_response", False) == (answer.kind, answer.retryable)
    assert f"the environment ({name}) can not be followed" in answer.message
