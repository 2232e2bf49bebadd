"""The service: two hundred clients that follow a run each, on one core; and what it adds before the first token."""

from __future__ import annotations

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from .connections import server
from .stub import base_url
from .tables import Table, judged

__all__ = ["table"]

CLIENTS = 200
PAUSE = 1.0
TARGET_OF_THE_FIRST_TOKEN = 5e-3


async def table(*, quick: bool = False) -> Table:
    """Measure both, with the service in a process of its own, which may use one core alone."""
    made = Table(
        "The service, on one core and a SQLite journal",
        ("what", "measured", "target"),
        "A client begins a conversation and follows its events until the run rests.  Before the first token: from the "
        "request to the first piece of the answer, through the service and asked of the endpoint itself, in turn; medians.",
    )
    with server() as root:
        with serving(base_url("pause-1000", root)) as (url, pid):
            took, cpu, events = await _clients(url, pid, 20 if quick else CLIENTS)
            made.add(f"{CLIENTS} clients, {PAUSE:g} s a reply: until all have the answer", f"{took:.2f} s", "")
            made.add("the service's CPU for each of them", f"{cpu / CLIENTS * 1e3:.1f} ms", "")
            made.add("events that reached a client", f"{events / CLIENTS:g}", "")
        with serving(base_url("stream-5_rest-20", root)) as (url, _):
            direct, through = await _first_tokens(base_url("stream-5_rest-20", root), url, 30 if quick else 200)
    added = through - direct
    made.add("before the first token, the endpoint itself", f"{direct * 1e3:.2f} ms", "")
    made.add("before the first token, through the service", f"{through * 1e3:.2f} ms", "")
    made.add("added", f"{added * 1e3:.2f} ms", judged(added, TARGET_OF_THE_FIRST_TOKEN))
    return made


@contextmanager
def serving(model_url: str) -> Generator[tuple[str, int]]:
    """Run `detent serve` on the first core; yield its address and its pid."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.serving", model_url, str(Path(folder) / "journal.db")]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process.pid
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


async def _clients(url: str, pid: int, count: int) -> tuple[float, float, int]:
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx2.AsyncClient(base_url=url, limits=limits, timeout=60) as client:
        await client.get("/ready")
        before, began = _cpu_of(pid), time.perf_counter()
        told = await asyncio.gather(*(_one(client) for _ in range(count)))
        return time.perf_counter() - began, _cpu_of(pid) - before, sum(told)


async def _one(client: httpx2.AsyncClient) -> int:
    made = (await client.post("/conversations", json={"text": "hi"})).json()
    told = await client.get(f"/conversations/{made['id']}/events?until=rest")
    assert '"state": "done"' in told.text, told.text
    return told.text.count("event: event")


async def _first_tokens(endpoint: str, url: str, turns: int) -> tuple[float, float]:
    body = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "stream": True}
    direct: list[float] = []
    through: list[float] = []
    async with httpx2.AsyncClient(timeout=60) as client, httpx2.AsyncClient(base_url=url, timeout=60) as asking:
        for _ in range(turns):
            began = time.perf_counter()
            async with client.stream("POST", f"{endpoint}/chat/completions", json=body) as stream:
                direct.append(await _until(stream, '"content": " piece', began))
            made = (await asking.post("/conversations", json={})).json()
            async with asking.stream("GET", f"/conversations/{made['id']}/events") as stream:
                lines = stream.aiter_lines()
                await anext(lines)
                began = time.perf_counter()
                saying = asyncio.create_task(asking.post(f"/conversations/{made['id']}/messages", json={"text": "hi"}))
                async for line in lines:
                    if '"kind": "text"' in line:
                        through.append(time.perf_counter() - began)
                        break
                await saying
                await asyncio.sleep(0.03)  # the run ends; nothing is measured meanwhile
    return statistics.median(direct), statistics.median(through)


async def _until(stream: httpx2.Response, wanted: str, began: float) -> float:
    async for line in stream.aiter_lines():
        if wanted in line:
            return time.perf_counter() - began
    raise AssertionError("the endpoint said nothing")


def _cpu_of(pid: int) -> float:
    """Return the seconds of CPU that the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _serve(model_url: str, journal: str) -> None:
    import uvicorn

    from detent import Agent, Model, SqlJournal
    from detent.service.app import Service
    from detent.service.guard import Bounds

    os.sched_setaffinity(0, {0})
    bounds = Bounds(requests=1_000_000, runs=1000, runs_of_owner=1000)
    service = Service.of(Agent(Model("m", base_url=model_url)), SqlJournal(journal), bounds=bounds)
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        uvicorn.Server(uvicorn.Config(service.app(), log_config=None)).run([listening])


if __name__ == "__main__":
    _serve(*sys.argv[1:])
