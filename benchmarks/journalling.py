"""Journals: an append, a conversation brought back, and how many bytes it takes on disk."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import orjson

from detent import Conversation, Limits, MemoryJournal, dumps, step
from detent.machine.archive import Archive
from detent.machine.sql import SqlJournal
from detent.states import Event
from detent.states.events import ModelReplied, Opened, Prepared, Reply, RequestedCall, ToolReturned, ToolStarted, UserSaid
from detent.states.messages import Origin, Said, UserMessage, call_id
from detent.states.usage import Usage

from .measure import shown
from .tables import Table, judged

__all__ = ["table"]

TARGET_OF_AN_APPEND = 150e-6
TARGET_OF_A_THOUSAND = 20e-3
TARGET_OF_BYTES = 1.3

_NOTE = "An append includes the encoding.  The file includes the snapshots, the indexes and what is free in its pages."

Moves = list[tuple[Event, Conversation]]


async def table(*, quick: bool = False) -> Table:
    """Store conversations with a tool call in every round, one event an append, and load them."""
    made = Table("Journals (medians)", ("what", "CPU", "wall", "target"), note=_NOTE)
    thousand, longest = _moves(1_000), _moves(2_000 if quick else 10_000)
    made.add("append of an event, in memory", *_shown(await _appends(MemoryJournal(), thousand)), "")
    for synchronous in ("normal", "full"):
        with _opened(synchronous) as journal:
            took = await _appends(journal, thousand)
            await journal.aclose()
        target = _told(took[0], TARGET_OF_AN_APPEND) if synchronous == "normal" else ""
        made.add(f'append of an event, SQLite, synchronous="{synchronous}"', *_shown(took), target)
    for moves in (thousand, longest):
        await _loads(made, moves)
    return made


async def _loads(made: Table, moves: Moves) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        async with SqlJournal(path) as journal:
            await _appends(journal, moves)
            loaded = await _medians([lambda: journal.load("c")] * 15)
            assert dumps(moves[-1][1]) == dumps(await journal.load("c"))
        stored, said = path.stat().st_size, len(orjson.dumps(moves[-1][1].messages))
    target = _told(loaded[0], TARGET_OF_A_THOUSAND) if len(moves) == 1_000 else ""
    made.add(f"load of {len(moves):,} events", *_shown(loaded), target)
    bytes_kept = f"≤ {TARGET_OF_BYTES}: {judged(stored / said, TARGET_OF_BYTES)}"
    made.add(f"bytes of the file with {len(moves):,} events, to its messages as JSON", f"{stored / said:.2f}", "", bytes_kept)


class _opened:  # noqa: N801  # read as a phrase
    """A journal in a folder of its own."""

    def __init__(self, synchronous: Literal["normal", "full"]) -> None:
        self._folder = TemporaryDirectory()
        self._journal = SqlJournal(Path(self._folder.name) / "journal.db", synchronous=synchronous)

    def __enter__(self) -> SqlJournal:
        return self._journal

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


async def _appends(journal: Archive, moves: Moves) -> tuple[float, float]:
    """Return what an append of one event takes."""
    return await _medians([partial(journal.append, "c", seq, [event], after) for seq, (event, after) in enumerate(moves)])


async def _medians(works: Sequence[Callable[[], Awaitable[object]]]) -> tuple[float, float]:
    """Return the median seconds of CPU of this process, and of the clock on the wall."""
    cpu: list[float] = []
    wall: list[float] = []
    for work in works:
        before = time.process_time(), time.perf_counter()
        await work()
        cpu.append(time.process_time() - before[0])
        wall.append(time.perf_counter() - before[1])
    return statistics.median(cpu), statistics.median(wall)


def _shown(figures: tuple[float, float]) -> tuple[str, str]:
    return shown(figures[0]), shown(figures[1])


def _told(seconds: float, target: float) -> str:
    return f"CPU ≤ {shown(target)}: {judged(seconds, target)}"


def _moves(count: int) -> Moves:
    """Return *count* events of one conversation, each with the record after it."""
    moves: Moves = []
    record = Conversation()
    for event in _events(count):
        record = step(record, event)
        moves.append((event, record))
    return moves[:count]


def _events(count: int) -> Iterator[Event]:
    yield Opened(conversation_id="c", at=time.time())
    yield UserSaid(message=UserMessage(content="What do the notes say?"), limits=Limits(rounds=count), at=time.time())
    for number in range(count // 4):
        yield Prepared(at=time.time())
        yield ModelReplied(reply=_reply(number), seconds=0.8412370001, at=time.time())
        yield ToolStarted(call_id=call_id(number), at=time.time())
        yield ToolReturned(call_id=call_id(number), content=_found(number), seconds=0.0123450001, at=time.time())


def _reply(number: int) -> Reply:
    arguments = f'{{"query": "how the pawl of wheel {number} rests", "folder": "/srv/notes"}}'
    return Reply(
        said=Said(origin=Origin("openai", "gpt-5-mini"), finish="tool_calls"),
        calls=(RequestedCall(name="search", arguments=arguments, host_id=f"call_{number * 7919 % 10**12:024x}"),),
        usage=Usage(prompt=900 + 150 * number, completion=31, cached=128 * number, model_calls=1),
    )


def _found(number: int) -> str:
    """Return 400 characters, another text each time."""
    known = _WORDS.split()
    words = [known[(number * 31 + place * place) % len(known)] for place in range(65)]
    return f"note {number}: " + " ".join(words)[:390]


_WORDS = """
    pawl ratchet wheel tooth spring catch knob detent rests turns clicks holds steel brass left right next place slowly
    before after again under over lever cam follower index notch plunger ball seat groove shaft drum winch clock watch
"""
