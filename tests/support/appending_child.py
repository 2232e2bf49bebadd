"""A process that appends to a journal: `python appending_child.py <url> <conversation> <name> <count>`.

It prints a line when it is ready and waits for one; then it appends *count* events of its own, reading what is there
whenever somebody else was first.  It prints `stored <seq>` after each, and at the end how often it met a conflict.
"""

from __future__ import annotations

import sys

import anyio
from scenes import said

from detent.errors import JournalConflict, UnknownConversation
from detent.machine.sql import SqlJournal
from detent.states.events import Opened


async def append(url: str, conversation: str, name: str, count: int) -> None:
    """Append, and say what was stored."""
    conflicts, done = 0, 0
    async with SqlJournal(url) as journal:
        print("ready", flush=True)
        sys.stdin.readline()
        seq = 0
        while done < count:
            event = said(f"{name} {done}") if seq else Opened(conversation_id=conversation)
            try:
                await journal.append(conversation, seq, [event])
            except JournalConflict:
                conflicts += 1
                seq = await _length(journal, conversation)
                continue
            print(f"stored {seq}", flush=True)
            done += seq > 0
            seq += 1
    print(f"conflicts {conflicts}", flush=True)


async def _length(journal: SqlJournal, conversation: str) -> int:
    try:
        return len(await journal.read(conversation))
    except UnknownConversation:
        return 0


if __name__ == "__main__":
    _, url_, conversation_, name_, count_ = sys.argv
    anyio.run(append, url_, conversation_, name_, int(count_))
