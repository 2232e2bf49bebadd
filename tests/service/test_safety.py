"""What is refused, tried from outside: strangers, pages of elsewhere, too much, too often."""

from __future__ import annotations

import json
import logging
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from following import rested
from scripted_host import ScriptedHost
from served import Serve

from detent import Agent, MemoryJournal
from detent.errors import ConfigurationError
from detent.service import guard
from detent.service.app import Service
from detent.service.guard import Bounds
from detent.service.keys import Keys
from detent.service.server import is_loopback
from detent.service.server import serve as serve_it

ALICE, BOB = "alice-alice-alice", "bob-bob-bob-bob-bob"
KEYS = Keys.of({"alice": ALICE, "bob": BOB})


@pytest.mark.parametrize(
    "given", [None, "", "Bearer", "Bearer nobodys-key-at-all", f"Basic {ALICE}", ALICE, f"Bearer {ALICE}x"]
)
@pytest.mark.parametrize("path", ["/conversations", "/backends", "/v1/models", "/conversations/alice~auto~1"])
def test_without_a_key_nothing_is_told(serve: Serve, given: str | None, path: str) -> None:
    with serve(keys=KEYS).client() as client:
        answer = client.get(path, headers={} if given is None else {"Authorization": given})

    assert (401, "Bearer") == (answer.status_code, answer.headers["www-authenticate"])
    assert ALICE not in answer.text


def test_health_and_the_page_itself_need_no_key(serve: Serve) -> None:
    with serve(keys=KEYS).client() as client:
        assert [200] * 4 == [client.get(path).status_code for path in ("/health", "/ready", "/", "/console/app.js")]


def test_an_owner_sees_only_what_is_their_own(serve: Serve) -> None:
    served = serve(keys=KEYS)
    with served.client(ALICE) as alice, served.client(BOB) as bob:
        name = alice.post("/conversations", json={"text": "hi"}).json()["id"]
        rested(alice, name)

        assert [] == bob.get("/conversations").json()
        tried = [bob.get(f"/conversations/{name}{path}") for path in ("", "/events", "/trace", "/diagram.svg")]
        tried += [
            bob.post(f"/conversations/{name}/{verb}", json=body)
            for verb, body in (
                ("messages", {"text": "hi"}),
                ("cancel", None),
                ("resume", None),
                ("fork", {}),
                ("approve", {"calls": {"a": None}}),
                ("deny", {"calls": {"a": ""}}),
                ("answer", {"calls": {"a": 1}}),
            )
        ]
        tried += [bob.delete(f"/conversations/{name}"), bob.get(f"/conversations?after={name}")]
        assert {404} == {each.status_code for each in tried}
        assert 1 == len(alice.get("/conversations").json())


def test_keys_are_in_no_log_and_no_repr(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), serve(keys=KEYS).client(ALICE) as client:
        client.get("/conversations")
        client.post("/conversations", json={"text": 7})

    assert ALICE not in caplog.text
    assert ALICE not in repr(KEYS)


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"alice": "short"}, "too short"),
        ({"Alice": ALICE}, "small letters"),
        ({"a~b": ALICE}, "small letters"),
        ({"a": ALICE, "b": ALICE}, "the same key"),
    ],
)
def test_keys_that_are_none_are_refused(keys: dict[str, str], why: str) -> None:
    with pytest.raises(ConfigurationError, match=why) as caught:
        Keys.of(keys)

    assert ALICE not in str(caught.value)


def test_a_file_of_keys_is_read_and_its_lines_are_named(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(f"# ours\n\nalice: {ALICE}\nbob:{BOB}\n", encoding="utf-8")
    keys = Keys.read(path)
    assert ("alice", "bob", None) == tuple(keys.owner(f"Bearer {key}") for key in (ALICE, BOB, "x" * 20))

    path.write_text("# nobody yet\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="it holds no key"):
        Keys.read(path)
    path.write_text(f"alice: {ALICE}\nbob\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"keys:2: a line is `owner: key`"):
        Keys.read(path)
    with pytest.raises(ConfigurationError, match="No such file"):
        Keys.read(tmp_path / "none")


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.1", "example.org"])  # what is refused
def test_nothing_is_served_to_others_without_a_key(serve: Serve, address: str) -> None:
    with pytest.raises(ConfigurationError, match="a key is wanted"):
        serve_it(serve().service, address=address, port=0)

    assert not is_loopback(address)
    assert is_loopback("127.0.0.1")
    assert is_loopback("::1")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_a_page_of_elsewhere_may_not_ask(serve: Serve, origin: str) -> None:
    with serve().client() as client:
        answer = client.post("/conversations", json={}, headers={"Origin": origin})
        preflight = client.options("/conversations", headers={"Origin": origin, "Access-Control-Request-Method": "POST"})

    assert 403 == answer.status_code == preflight.status_code
    assert not [name for name in (*answer.headers, *preflight.headers) if name.startswith("access-control")]


def test_its_own_page_may(serve: Serve) -> None:
    served = serve()
    with served.client() as client:
        assert 201 == client.post("/conversations", json={}, headers={"Origin": served.url}).status_code


def test_a_name_that_is_not_ours_is_refused(serve: Serve) -> None:
    with serve().client() as client:
        assert 421 == client.get("/conversations", headers={"Host": "evil.example"}).status_code


def test_a_long_body_is_refused_whether_it_says_so_or_not(serve: Serve) -> None:
    with serve(bounds=Bounds(body=1000)).client() as client:
        said = client.post("/conversations", json={"text": "x" * 2000})
        streamed = client.post(
            "/conversations", content=(b"x" * 100 for _ in range(20)), headers={"Content-Type": "application/json"}
        )

    assert (413, 413) == (said.status_code, streamed.status_code)


def test_a_long_text_is_refused(serve: Serve) -> None:
    with serve(bounds=Bounds(text=10)).client() as client:
        assert 413 == client.post("/conversations", json={"text": "x" * 11}).status_code


def test_who_asks_too_often_is_told_when_to_ask_again(serve: Serve) -> None:
    served = serve(keys=KEYS, bounds=Bounds(requests=5))
    with served.client(ALICE) as alice, served.client(BOB) as bob:
        codes = [alice.get("/backends").status_code for _ in range(6)]
        refused = alice.get("/backends")

        assert ([200] * 5, 429, 200) == (codes[:5], refused.status_code, bob.get("/backends").status_code)
        assert 1 <= int(refused.headers["retry-after"]) <= 12


def test_who_sends_half_a_body_is_not_waited_for(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_SECONDS_OF_SILENCE", 0.05)
    url = serve().url
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=20) as slow:
        head = "POST /conversations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 20"
        slow.sendall(f"{head}\r\n\r\n{{".encode())
        answer = b"".join(iter(partial(slow.recv, 4096), b""))

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"the body did not come" in answer


def test_runs_at_once_are_bounded_for_each_owner_and_in_all(serve: Serve) -> None:
    served = serve(keys=KEYS, bounds=Bounds(runs=3, runs_of_owner=2))
    with served.client(ALICE) as alice, served.client(BOB) as bob:
        codes = [client.post("/conversations", json={"text": "wait"}) for client in (alice, alice, alice, bob, bob)]

        kept = [len(client.get("/conversations").json()) for client in (alice, bob)]

    assert [201, 201, 429, 201, 429] == [each.status_code for each in codes]
    assert [2, 1] == kept  # what was refused is not left behind
    assert "1" == codes[2].headers["retry-after"]


GUESTS = {
    "/v1/chat/completions": {"messages": [{"role": "user", "content": "wait"}]},
    "/agui": {"threadId": "t", "runId": "r", "messages": [{"id": "1", "role": "user", "content": "wait"}]},
}


@pytest.mark.parametrize("path", GUESTS)
def test_runs_of_clients_that_keep_the_conversation_are_bounded_too(serve: Serve, path: str, host: ScriptedHost) -> None:
    served = serve(keys=KEYS, bounds=Bounds(runs_of_owner=1, text=10))
    long: Any = json.loads(json.dumps(GUESTS[path]).replace("wait", "x" * 11))
    with served.client(ALICE) as alice, ThreadPoolExecutor(1) as pool:
        first = pool.submit(alice.post, path, json=GUESTS[path])
        while not host.requests:
            time.sleep(0.005)
        refused = [alice.post(path, json=body).status_code for body in (GUESTS[path], long)]
        served.stop()
        stopped = first.result()

    assert [429, 413] == refused
    assert (503 if path.startswith("/v1") else 200) == stopped.status_code
    assert "cancelled" in stopped.text or "the service is closing" in stopped.text


def test_an_application_around_it_goes_by_its_own_names_only(agent: Agent[str]) -> None:
    service = Service.of(agent, MemoryJournal())
    app = FastAPI(lifespan=lambda _: service.running())
    app.include_router(service.router(), prefix="/agents")
    app.add_middleware(service.guard)
    with TestClient(app, base_url="http://localhost") as client:
        codes = [client.get("/agents/backends", headers={"Host": host}).status_code for host in ("localhost", "evil.example")]

    assert [200, 421] == codes


@pytest.mark.parametrize("path", ["/", "/conversations", "/console/app.js", "/nowhere"])
def test_every_answer_keeps_to_itself(client: httpx2.Client, path: str) -> None:
    headers = client.get(path).headers

    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert ("nosniff", "DENY", "no-referrer") == tuple(
        headers[name] for name in ("x-content-type-options", "x-frame-options", "referrer-policy")
    )


def test_the_page_puts_nothing_in_as_html_and_asks_nobody_else() -> None:
    console = Path(__file__).parents[2] / "service" / "console"
    text = "".join(path.read_text("utf-8") for path in console.iterdir())

    assert not [word for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(") if word in text]
    assert "//" not in text.replace("http://www.w3.org/2000/svg", "").replace("// ", "")


def test_a_path_out_of_the_console_leads_nowhere(client: httpx2.Client) -> None:
    for path in ("/console/../app.py", "/console/%2e%2e/app.py", "/console/..%2fapp.py"):
        assert 404 == client.get(path).status_code
