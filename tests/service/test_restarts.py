"""A service that stops or is killed in the middle of a run: the next one goes on with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from attrs import evolve
from following import rested
from scripted_host import Answer, ScriptedHost, asks, hangs, streams
from served import Served

from detent import Agent, MemoryJournal, Model
from detent.errors import JournalError
from detent.service.app import Service
from detent.service.guard import Bounds
from detent.service.keys import Keys
from detent.states import Event
from detent.states.events import Opened, UserSaid
from detent.states.messages import UserMessage


@contextmanager
def detent_serve(host: ScriptedHost, journal: Path) -> Generator[tuple[subprocess.Popen[str], httpx2.Client]]:
    """Run `detent serve` as a process."""
    command = [sys.executable, "-m", "detent.cli", "serve", "--port", "0", "--journal", str(journal)]
    command += ["--model", "m", "--base-url", host.base_url]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    assert process.stderr is not None
    url = process.stderr.readline().split(" at ")[1].split(". ")[0].rstrip("/")
    with process.stderr, httpx2.Client(base_url=url, timeout=20) as client:
        yield process, client
        if process.poll() is None:
            process.kill()
        process.wait()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_goes_on_in_the_next_process(tmp_path: Path, how: signal.Signals) -> None:
    gate = threading.Event()
    asked = threading.Event()

    def script(body: object) -> object:
        if gate.is_set():
            return streams({"content": "Hello again."})
        asked.set()
        return hangs(gate)

    with ScriptedHost(script) as host:  # type: ignore[arg-type]
        with detent_serve(host, tmp_path / "c.db") as (process, client):
            name = client.post("/conversations", json={"text": "hi"}).json()["id"]
            assert asked.wait(20)
            process.send_signal(how)
            process.wait()
        gate.set()
        with detent_serve(host, tmp_path / "c.db") as (_, client):
            shown = rested(client, name)

    assert ("done", ["hi", "Hello again."]) == (shown["state"], [entry["text"] for entry in shown["entries"]])
    assert 2 == len(host.requests)


def test_a_request_under_way_does_not_hold_the_process_up(tmp_path: Path) -> None:
    body = {"messages": [{"role": "user", "content": "hi"}]}
    gate = threading.Event()
    with ScriptedHost(hangs(gate)) as host, detent_serve(host, tmp_path / "c.db") as (process, client):
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(client.post, "/v1/chat/completions", json=body)
            while not host.requests:
                time.sleep(0.005)
            process.send_signal(signal.SIGTERM)
            answer = asked.result()
            assert -signal.SIGTERM == process.wait(timeout=30)
        gate.set()

    assert (503, "the run was stopped: the service is closing") == (answer.status_code, answer.json()["error"]["message"])


def test_runs_of_guests_that_were_cut_off_long_ago_are_forgotten(agent: Agent[str]) -> None:
    journal, said = MemoryJournal(), UserSaid(message=UserMessage(content="hi"))
    for name, at in (("old", 1.0), ("new", time.time())):
        whole = f"local.guest~auto~{name}"
        events: list[Event] = [Opened(conversation_id=whole, at=at), evolve(said, at=at)]
        anyio.run(journal.append, whole, 0, events)
    with Served(Service.of(agent, journal), hosts=None) as served, served.client() as client:
        while len(journal._stored) > 1:
            time.sleep(0.005)
        assert "done" == rested(client, client.post("/conversations", json={"text": "hi"}).json()["id"])["state"]

    assert "local.guest~auto~new" in journal._stored


class _Late(MemoryJournal):
    """A database that is not up at once."""

    up = False

    async def list(self, *, state: Any = None) -> tuple[str, ...]:
        if not self.up:
            raise JournalError("connection refused")
        return await super().list(state=state)


def test_a_journal_that_comes_late_is_waited_for() -> None:
    journal = _Late()
    with ScriptedHost(streams({"content": "hi"})) as host:
        service = Service.of(Agent(Model("m", base_url=host.base_url)), journal)
        with Served(service, hosts=None) as served, served.client() as client:
            time.sleep(0.2)
            journal.up = True
            name = client.post("/conversations", json={"text": "hi"}).json()["id"]
            assert "done" == rested(client, name)["state"]


def test_what_is_inside_a_call_is_taken_up_there_and_goes_with_it() -> None:
    gate = threading.Event()

    def script(body: dict[str, Any]) -> Answer:
        system, last = body["messages"][0]["content"], body["messages"][-1]
        if last["role"] == "tool":
            return streams({"content": "done"})
        if "OUTER" in system and last["content"] == "go":
            return asks(("helper", '{"task": "inside"}'))
        return streams({"content": "helped"}) if gate.is_set() else hangs(gate)

    journal = MemoryJournal()
    with ScriptedHost(script) as host:
        model = Model("m", base_url=host.base_url)
        agent = Agent(model, instructions="OUTER", tools=[Agent(model, instructions="INNER").as_tool("helper", "Helps.")])
        with Served(Service.of(agent, journal, park_seconds=0.1), hosts=None) as served, served.client() as client:
            name = client.post("/conversations", json={"text": "go"}).json()["id"]
            while len(host.requests) < 2:
                time.sleep(0.01)
        begun = len(host.requests)
        gate.set()
        with Served(Service.of(agent, journal, park_seconds=0.1), hosts=None) as served, served.client() as client:
            assert "done" == rested(client, name)["state"]
            asked = [(each["messages"][0]["content"][:5], each["messages"][-1]["role"]) for each in host.requests[begun:]]
            assert [("INNER", "user"), ("OUTER", "tool")] == asked
            assert [name] == [each["id"] for each in client.get("/conversations").json()]
            client.delete(f"/conversations/{name}")

    assert not journal._stored


def test_nobody_waits_for_room_for_the_runs_of_others() -> None:
    gate = threading.Event()
    on = threading.Event()

    def script(body: dict[str, Any]) -> Answer:
        return streams({"content": "ok"}) if on.is_set() and body["messages"][-1]["content"] == "quick" else hangs(gate)

    journal, keys = MemoryJournal(), Keys.of({"alice": "alice-alice-alice", "bob": "bob-bob-bob-bob-bob"})
    with ScriptedHost(script) as host:
        agent = Agent(Model("m", base_url=host.base_url))
        first = Served(Service.of(agent, journal, keys=keys, park_seconds=0.1), hosts=None)
        with first, first.client("alice-alice-alice") as alice, first.client("bob-bob-bob-bob-bob") as bob:
            for _ in range(2):
                alice.post("/conversations", json={"text": "wait"})
            name = bob.post("/conversations", json={"text": "quick"}).json()["id"]
        on.set()
        bounds = Bounds(runs_of_owner=1)
        second = Served(Service.of(agent, journal, keys=keys, park_seconds=0.1, bounds=bounds), hosts=None)
        with second, second.client("bob-bob-bob-bob-bob") as bob:
            assert "done" == rested(bob, name)["state"]
        gate.set()
