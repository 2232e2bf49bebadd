"""A service that stops or is killed in the middle of a run: the next one goes on with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from following import rested
from scripted_host import ScriptedHost, hangs, streams


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
