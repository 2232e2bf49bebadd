"""Runs in processes that are killed: a server to start them from, and the story of one conversation."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import anyio
from attrs import define, field
from crashing_child import Job
from left_behind import Left, judge_end, judge_what_was_kept
from scripted_host import ScriptedHost

from detent import Conversation, SqlJournal
from detent.states import Event

__all__ = ["Nursery", "Story"]


class Nursery:
    """A server of processes (see `crashing_child`).  A context manager; it runs one child at a time."""

    def __enter__(self) -> Self:
        """Start it."""
        program = Path(__file__).with_name("crashing_child.py")
        self.server = subprocess.Popen(
            [sys.executable, str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        assert self.server.stdin is not None
        self.server.stdin.close()
        self.server.wait()
        assert self.server.stdout is not None
        self.server.stdout.close()

    def start(self, job: Job) -> int:
        """Start a child and return its pid."""
        assert self.server.stdin is not None
        self.server.stdin.write(job.line() + "\n")
        return int(self._line())

    def ended(self) -> int:
        """Wait until the child is gone; return the number of the signal that killed it, 0 when it ended by itself."""
        status = int(self._line())
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "a child failed: see what it wrote"
        return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0

    def _line(self) -> str:
        assert self.server.stdout is not None
        return self.server.stdout.readline()


@define
class Story:
    """A conversation that is begun, killed and gone on with.  *left* is what there was after each process, *killed* or not."""

    host: ScriptedHost
    job: Job
    left: list[Left] = field(factory=list[Left])
    killed: list[Left] = field(factory=list[Left])

    def kill(self, nursery: Nursery, delay: float, lines: int = 0) -> bool:
        """Run a process, and kill it *delay* seconds after its tools wrote down *lines*; return whether it was alive then."""
        wanted = len(self._ledger()) + lines
        child = nursery.start(self.job)
        while len(self._ledger()) < wanted and _is_alive(child):
            time.sleep(0.0002)
        time.sleep(delay)  # the instant is what is tried, nothing is waited for
        with suppress(ProcessLookupError):  # it may have ended
            os.kill(child, signal.SIGKILL)
        was_alive = nursery.ended() == signal.SIGKILL
        self.look()
        if was_alive:
            self.killed.append(self.left[-1])
        return was_alive

    def finish(self, nursery: Nursery) -> None:
        """Run a process to its end."""
        nursery.start(self.job)
        assert 0 == nursery.ended()
        self.look()

    def look(self) -> None:
        """Keep what there is now; a journal that can not be read, or whose records are not its events' fold, is a fault."""
        requests = len(self.host.requests)
        stored = anyio.run(_stored, self.job)
        self.left.append(Left({name: events for name, (events, _) in stored.items()}, self._ledger(), requests))
        assert self.left[-1].records == {name: record for name, (_, record) in stored.items()}

    def judge(self) -> None:
        """Hold what is left at the end against what is promised, and against what was left before."""
        end = self.left[-1]
        judge_end(end)
        for before in self.left:
            judge_what_was_kept(before, end, self.host.requests[before.requests :])

    def _ledger(self) -> tuple[dict[str, Any], ...]:
        path = Path(self.job.ledger)
        return tuple(map(json.loads, path.read_text("utf-8").splitlines())) if path.exists() else ()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def _stored(job: Job) -> dict[str, tuple[tuple[Event, ...], Conversation]]:
    """Return the events and the record of the job's conversation, and of those inside it."""
    async with SqlJournal(job.url) as journal:
        names = [name for name in await journal.list() if f"{name}:".startswith(f"{job.conversation}:")]
        return {name: (await journal.read(name), await journal.load(name)) for name in names}
