"""Runs in processes that are killed, and what is to hold of what they leave behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import anyio
from attrs import define, field, frozen
from crashing_child import INNER, Job
from history_oracle import judge
from scripted_host import ScriptedHost

from detent import Conversation, SqlJournal, replay
from detent.errors import UnknownConversation
from detent.states import Event, State
from detent.states.events import Approved, Denied, ModelReplied, ToolFailed, ToolReturned
from detent.states.turn import SealedTurn

__all__ = ["Left", "Nursery", "Story"]

_REPEATED = ("repeatable", "retried")
_INSIDE = {"call00000": "once", "call00001": "repeatable"}


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


@frozen
class Left:
    """What there is when a process is gone: the events, the lines of the ledger, how often models were asked."""

    events: tuple[Event, ...]
    ledger: tuple[dict[str, Any], ...]
    requests: int

    @property
    def record(self) -> Conversation:
        """The record that the events make."""
        return replay(self.events)

    @property
    def begun(self) -> Counter[str]:
        """How often each call began, by its key: that of an agent inside holds its conversation's id."""
        return Counter(line["key"] for line in self.ledger if line["what"] == "begin")

    @property
    def names(self) -> dict[str, str]:
        """The tool of each call, by the call's id."""
        turns = [entry for entry in self.record.history if isinstance(entry, SealedTurn)]
        return {call.id: call.name for turn in turns for call in turn.calls}

    def known(self) -> set[str]:
        """Return the calls that have their outcome."""
        return {event.call_id for event in self.events if isinstance(event, ToolReturned | ToolFailed)}


@define
class Story:
    """A conversation that is begun, killed and gone on with."""

    host: ScriptedHost
    job: Job
    left: list[Left] = field(factory=list[Left])

    def kill(self, nursery: Nursery, delay: float) -> bool:
        """Run a process, and kill it after *delay* seconds; return whether that was before its end."""
        child = nursery.start(self.job)
        time.sleep(delay)  # the instant is what is tried, nothing is waited for
        with suppress(ProcessLookupError):  # it may have ended
            os.kill(child, signal.SIGKILL)
        killed = nursery.ended() == signal.SIGKILL
        self.look()
        return killed

    def finish(self, nursery: Nursery) -> None:
        """Run a process to its end."""
        nursery.start(self.job)
        assert 0 == nursery.ended()
        self.look()

    def look(self) -> None:
        """Keep what there is now."""
        path = Path(self.job.ledger)
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        requests = len(self.host.requests)
        self.left.append(Left(anyio.run(_events, self.job), tuple(map(json.loads, lines)), requests))

    def judge(self) -> None:
        """Hold what is left at the end against what is promised, and against what was left before."""
        end = self.left[-1]
        assert State.DONE is end.record.state
        assert [] == judge(end.record.messages)
        assert end.record == anyio.run(_record, self.job)
        self._judge_calls(end)
        for before in self.left:
            assert before.events == end.events[: len(before.events)]
            self._judge_what_was_known(before, end)

    def _judge_calls(self, end: Left) -> None:
        names = end.names
        assert 8 == len(names)
        outcomes = Counter(event.call_id for event in end.events if isinstance(event, ToolReturned | ToolFailed | Denied))
        assert dict.fromkeys(names, 1) == outcomes, "each call has one outcome"
        agreed = Counter(event.call_id for event in end.events if isinstance(event, Approved))
        for key, times in end.begun.items():
            name = names[_call(key)] if _is_outer(key) else _INSIDE[_call(key)]
            if name not in _REPEATED:
                assert times <= 1 + (agreed[_call(key)] if name == "checked" else 0), f"{name} began {times} times"

    def _judge_what_was_known(self, before: Left, end: Left) -> None:
        for key, times in before.begun.items():
            if _is_outer(key) and _call(key) in before.known():
                assert times == end.begun[key], f"{key} ran again after its outcome was stored"
        replies = sum(isinstance(event, ModelReplied) for event in before.events)
        for request in self.host.requests[before.requests :]:
            if not request["messages"][0]["content"].startswith(INNER):
                asked = sum("tool_calls" in message for message in request["messages"])
                assert asked >= replies, "a model was asked again for a reply that is stored"


def _call(key: str) -> str:
    return key.rpartition(":")[2]


def _is_outer(key: str) -> bool:
    """Whether a key is that of a call of the conversation itself: `<conversation>:<event>:<call>`."""
    return 2 == key.count(":")


async def _events(job: Job) -> tuple[Event, ...]:
    async with SqlJournal(job.url) as journal:
        try:
            return await journal.read(job.conversation)
        except UnknownConversation:
            return ()


async def _record(job: Job) -> Conversation:
    async with SqlJournal(job.url) as journal:
        return await journal.load(job.conversation)
