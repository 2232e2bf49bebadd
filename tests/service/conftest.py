"""A service over real HTTP, whose model is a scripted host."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import anyio
import httpx2
import pytest
from scripted_host import Answer, ScriptedHost, hangs, streams
from served import Serve, Served

from detent import Agent, Context, MemoryJournal, Model, Tool, tool
from detent.machine.archive import Archive
from detent.service.app import Service


@tool(approve=True)
def pay(amount: float) -> str:
    """Pay an amount."""
    return f"paid {amount} <b>at once</b>"


@tool
def book(context: Context[None], day: str) -> str:
    """Book a table."""
    return f"booked for {context.ask('For how many?', {'type': 'integer'})} on {day}"


@tool(approve=True)
async def linger() -> str:
    """Take until the gate is open."""
    while not GATES[-1].is_set():
        await anyio.sleep(0.01)
    return "lingered"


@tool
def look(at: str) -> str:
    """Look at something."""
    return f"it is {at}"


GATES: list[threading.Event] = []
TOOLS: tuple[Tool, ...] = (pay, book, look, linger)


CALLS = {"pay": '{"amount": 12.5}', "book": '{"day": "Friday"}', "look": '{"at": "blue"}', "measure": "{}", "linger": "{}"}


def asks(*names: str) -> Answer:
    """Answer with a stream that holds calls."""
    calls = [
        {"index": place, "id": f"a{place}", "type": "function", "function": {"name": name, "arguments": CALLS[name]}}
        for place, name in enumerate(names)
    ]
    return streams({"tool_calls": calls}, finish="tool_calls", with_usage=True)


def talking(gate: threading.Event) -> Callable[[dict[str, Any]], Answer]:
    """Return the script: what the user's last words name is called, what is after `then` only after results.

    `wait` hangs until the gate is open, `break` fails, `think` thinks aloud.
    """

    def answer(body: dict[str, Any]) -> Answer:
        last = body["messages"][-1]
        users = [json.dumps(each["content"]) for each in body["messages"] if each["role"] == "user"]
        words, _, afterwards = (users[-1] if users else "").partition(" then ")
        if last["role"] == "tool":
            later = [name for name in CALLS if name in afterwards]
            has_called = any("measure" in json.dumps(each.get("tool_calls")) for each in body["messages"])
            return (
                asks(*later)
                if later and not has_called
                else streams({"content": "So: "}, {"content": last["content"]}, with_usage=True)
            )
        if named := [name for name in CALLS for _ in range(words.count(name))]:
            return asks(*named)
        if "wait" in words and not gate.is_set():
            return hangs(gate)
        if "break" in words:
            return Answer(status=400, chunks=[b'{"error": {"message": "broken"}}'])
        thought = [{"reasoning_content": "Well, "}, {"reasoning_content": "hm."}] if "think" in words else []
        return streams(*thought, *({"content": f"{word} "} for word in ["Hello", "<script>alert(1)</script>", "to", "you"]))

    return answer


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Opened at the end, or before by the test: then a model that was asked to wait answers."""
    opened = threading.Event()
    GATES.append(opened)
    yield opened
    opened.set()
    GATES.remove(opened)


@pytest.fixture
def host(gate: threading.Event) -> Iterator[ScriptedHost]:
    with ScriptedHost(talking(gate)) as listening:
        yield listening


@pytest.fixture
def agent(host: ScriptedHost) -> Agent[str]:
    return Agent(Model("m", base_url=host.base_url, label="House model"), tools=TOOLS)


@pytest.fixture
def serve(agent: Agent[str]) -> Iterator[Serve]:
    """Start services, which are stopped at the end."""
    with ExitStack() as stack:

        def start(
            journal: Archive | None = None, *, hosts: frozenset[str] | None = frozenset({"127.0.0.1"}), **more: Any
        ) -> Served:
            service = Service.of(agent, MemoryJournal() if journal is None else journal, park_seconds=0.5, **more)
            return stack.enter_context(Served(service, hosts=hosts))

        yield start


@pytest.fixture
def client(serve: Serve) -> Iterator[httpx2.Client]:
    with serve().client() as asking:
        yield asking
