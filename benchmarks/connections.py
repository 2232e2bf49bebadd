"""Many conversations at once over real HTTP on loopback: what connection pools cost, and what they keep waiting.

Each conversation makes three model calls one after the other, all conversations run at once, and every reply takes a while,
as a model does.  So about as many requests are under way as there are conversations.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from importlib.util import find_spec
from itertools import cycle
from typing import TypeAlias

import httpx2
import openai
from attrs import define, evolve, field

from detent import Agent, Limits, MemoryJournal, Model, RunResult, State
from detent.machine.endpoint import close_clients
from detent.states.events import ModelFailed, ModelReplied

from .histories import TASK, repeat
from .stub import StubTransport, base_url
from .tables import Table

__all__ = ["table"]

ROUNDS = 2
PAUSE = 1.0
"""Seconds a reply."""

Clients: TypeAlias = Callable[[int], AbstractAsyncContextManager[list[httpx2.AsyncClient | None]]]
"""The http clients that a number of conversations share in turn; None stands for the one the library makes."""


async def table(*, quick: bool = False) -> Table:
    """Measure every transport with 200 conversations, and with 1,000 unless *quick*."""
    made = Table(
        f"Many conversations at once over loopback HTTP, {ROUNDS + 1} model calls each, {PAUSE * 1000:g} ms a reply",
        ("conversations", "transport", "CPU a call", "of no HTTP at all", "p50", "p99", "slowest", "calls that failed"),
        "CPU is the client's process alone. Latencies are a model call's time less the reply's own; without HTTP what is "
        "left is the event loop. Runs have no retries, so that a failure shows.",
    )
    with server() as root:
        for count in (200,) if quick else (200, 1000):
            least = await _measure(count, "http://stub.invalid", _in_process)
            for name, clients in transports().items():
                taken = least if clients is _in_process else await _measure(count, root, clients)
                made.add(f"{count:,}", name, *taken.cells(least))
    return made


def transports() -> dict[str, Clients]:
    """Return what is compared, by name; the aiohttp one where it is installed."""
    many = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    kept = httpx2.Limits(max_connections=100, max_keepalive_connections=100)
    compared: dict[str, Clients] = {
        "none: the stub in this process": _in_process,
        "the library's own client": _librarys_own,
        "one `httpx2` client, no limits": lambda _: _shared([_http(many)]),
        "one `httpx2` client, 100 connections": lambda _: _shared([_http(kept)]),
        "`httpx2` clients of 20 conversations each": lambda count: _shared([_http(many) for _ in range(count // 20)]),
        "an `httpx2` client for each conversation": lambda count: _shared([_http(many) for _ in range(count)]),
    }
    if find_spec("aiohttp") is not None:
        compared["one `openai[aiohttp]` client"] = lambda _: _shared([_aio()])
    return compared


def _http(limits: httpx2.Limits) -> httpx2.AsyncClient:
    return openai.DefaultAsyncHttpxClient(limits=limits, timeout=httpx2.Timeout(None, connect=10))


def _aio() -> httpx2.AsyncClient:
    """Return the SDK's client on aiohttp, with the SDK's limit of 1,000 connections."""
    return openai.DefaultAioHttpClient(timeout=httpx2.Timeout(None, connect=10))


@asynccontextmanager
async def _in_process(count: int) -> AsyncGenerator[list[httpx2.AsyncClient | None]]:
    async with httpx2.AsyncClient(transport=StubTransport(), timeout=None) as client:
        yield [client]


@asynccontextmanager
async def _librarys_own(count: int) -> AsyncGenerator[list[httpx2.AsyncClient | None]]:
    yield [None]
    await close_clients()


@asynccontextmanager
async def _shared(clients: list[httpx2.AsyncClient]) -> AsyncGenerator[list[httpx2.AsyncClient | None]]:
    async with AsyncExitStack() as open_ones:
        yield [await open_ones.enter_async_context(client) for client in clients]


@define
class Taken:
    """What one transport took: CPU seconds a call, the latencies of the calls in seconds, and the failures."""

    cpu: float
    failed: int
    latencies: list[float] = field(factory=list[float])

    def cells(self, least: Taken) -> tuple[str, ...]:
        """Return the cells of a row, compared with *least*."""
        shown = [f"{seconds * 1000:.0f} ms" for seconds in self._of_interest()] or ["-"] * 3
        return (f"{self.cpu * 1e6:.0f} µs", f"{self.cpu / least.cpu:.1f}", *shown, str(self.failed))

    def _of_interest(self) -> tuple[float, ...]:
        if len(self.latencies) < 2:
            return ()
        cuts = statistics.quantiles(self.latencies, n=100)
        return cuts[49], cuts[98], max(self.latencies)


async def _measure(count: int, root: str, clients: Clients) -> Taken:
    url = base_url(f"work-{ROUNDS}x1_pause-{PAUSE * 1000:.0f}", root)
    async with clients(count) as given:
        models = cycle([Model("m", base_url=url, api_key="x", http_client=client) for client in given])
        journal = MemoryJournal()
        agents = [Agent(next(models), tools=[repeat], limits=Limits(retries=0), journal=journal) for _ in range(count)]
        await Agent(evolve(agents[0].models[0], base_url=base_url("say", root))).run(TASK)  # imports are no part of this
        gc.collect()
        began = time.process_time()
        results = await asyncio.gather(*(agent.run(TASK) for agent in agents))
        cpu = time.process_time() - began
    return await _taken(cpu, results, journal)


async def _taken(cpu: float, results: list[RunResult[str]], journal: MemoryJournal) -> Taken:
    events = [event for result in results for event in await journal.read(result.conversation.id)]
    replies = [event.seconds - PAUSE for event in events if isinstance(event, ModelReplied)]
    failed = sum(isinstance(event, ModelFailed) for event in events)
    assert failed or all(result.state is State.DONE for result in results), results[0].reason
    return Taken(cpu / max(1, len(replies) + failed), failed, replies)


@contextmanager
def server() -> Generator[str]:
    """Serve the stub in a process of its own; return its address."""
    command = [sys.executable, "-m", "benchmarks.stub"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.kill()
