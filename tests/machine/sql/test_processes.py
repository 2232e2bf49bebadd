"""Several processes on one database, and processes that die."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from detent.machine.sql import SqlJournal
from detent.states.events import UserSaid

pytestmark = pytest.mark.anyio

CHILD = Path(__file__).parents[2] / "support" / "appending_child.py"


@contextmanager
def child(url: str, conversation: str, name: str, count: int) -> Generator[subprocess.Popen[str]]:
    command = [sys.executable, str(CHILD), url, conversation, name, str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def go(*processes: subprocess.Popen[str]) -> list[list[str]]:
    """Let all of them begin at once; return what each printed after that."""
    for process in processes:
        assert process.stdout is not None
        assert "ready\n" == process.stdout.readline()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [process.communicate(timeout=60)[0].splitlines() for process in processes]


async def test_of_several_processes_that_append_each_number_goes_to_one_and_the_others_see_a_conflict(url: str) -> None:
    with ExitStack() as stack:
        printed = go(*[stack.enter_context(child(url, "a", name, 15)) for name in "xyz"])

    stored = [line for lines in printed for line in lines if line.startswith("stored")]
    conflicts = sum(int(lines[-1].removeprefix("conflicts ")) for lines in printed)
    async with SqlJournal(url) as journal:
        events = await journal.read("a")
    assert {f"stored {seq}": 1 for seq in range(46)} == Counter(stored)
    assert 46 == len(events)
    assert conflicts > 0
    words = [str(event.message.content) for event in events if isinstance(event, UserSaid)]
    for name in "xyz":
        assert [f"{name} {number}" for number in range(15)] == [word for word in words if word.startswith(name)]


async def test_what_a_killed_process_was_told_is_stored_is_there(url: str) -> None:
    with child(url, "a", "x", 100_000) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("go\n")
        process.stdin.flush()
        told = [process.stdout.readline() for _ in range(151)][-1]
        process.kill()
        rest = process.stdout.read().splitlines()

    last = int((rest or [told])[-1].removeprefix("stored ") or 0)
    async with SqlJournal(url) as journal:
        events = await journal.read("a")
    assert len(events) - 1 in (last, last + 1)  # the one under way may have been stored, or not
    assert last >= 149
