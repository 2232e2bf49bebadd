"""`detent replay`: the record as it was after some of its events, folded anew, with no model and no tools."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import anyio
from attrs import asdict, frozen
from rich.console import Console

from ..diagrams.words import counted
from ..errors import ConfigurationError
from ..machine.archive import Archive
from ..machine.codec import dumps
from ..machine.result import RunResult
from ..machine.step import replay
from ..states import Conversation, Event, State
from ..states.messages import Message
from ..states.shapes import is_object, objects
from .exits import Exit
from .lines import marks_for
from .plain import arguments, in_one_line, plain
from .screen import console_on
from .table import table

__all__ = ["show_record"]


@frozen(kw_only=True)
class _Replayed:
    """The record after *at* of its *events*, and whether all of them give what the journal holds, byte for byte."""

    record: Conversation
    events: Sequence[Event]
    at: int
    size: int
    is_same: bool


def show_record(
    journal: Archive, conversation_id: str, at: int | None, *, as_json: bool, console: Console | None = None
) -> Exit:
    """Print the record after the first *at* events (None: all), and return the exit code.

    That is 1 where the fold of all events is not what the journal gives out as the record.  Raises `ConfigurationError`
    where there are fewer events.
    """
    console = console or console_on()
    replayed = _replayed(journal, conversation_id, at)
    if as_json:
        console.file.write(json.dumps(_object(replayed, conversation_id)) + "\n")
    else:
        for line in _lines(replayed, conversation_id, console):
            console.print(line, soft_wrap=True)
    return Exit.DONE if replayed.is_same else Exit.FAILED


def _replayed(journal: Archive, conversation_id: str, at: int | None) -> _Replayed:
    events = anyio.run(journal.read, conversation_id)
    if at is not None and not 0 <= at <= len(events):
        raise ConfigurationError(f"--at {at}: conversation {conversation_id!r} holds {len(events)} events")
    at = len(events) if at is None else at
    record = replay(events[:at])
    stored = dumps(anyio.run(journal.load, conversation_id))
    is_same = dumps(replay(events[at:], record)) == stored
    return _Replayed(record=record, events=events, at=at, size=len(stored), is_same=is_same)


def _object(replayed: _Replayed, conversation_id: str) -> dict[str, object]:
    record = replayed.record
    return {
        "conversation_id": conversation_id,
        "at": replayed.at,
        "events": len(replayed.events),
        "state": record.state.value,
        "reason": _why(record),
        "usage": {**asdict(record.usage), "total": record.usage.total},
        "messages": record.messages,
        "is_same": replayed.is_same,
    }


def _lines(replayed: _Replayed, conversation_id: str, console: Console) -> Iterator[str]:
    record, count, marks = replayed.record, len(replayed.events), marks_for(console)
    result = _result(record)
    of = "" if replayed.at == count else f"{replayed.at} of "
    yield f"conversation {plain(conversation_id)}, {of}{counted(count, 'event')}"
    facts = [("state", record.state.value.replace("_", " ")), ("why", in_one_line(_why(record))), ("used", _used(record))]
    for name, fact in facts:
        if fact:
            yield f"  {name:<5}  {fact}"
    for call in result.approvals:
        yield f"  waits  {call.id}  {plain(call.tool)}({arguments(call.args)})"
    for question in result.questions:
        yield f"  asks   {question.id}  {plain(question.tool)}: {in_one_line(question.question)}"
    yield ""
    rows = [(str(number), *row) for number, message in enumerate(record.messages) for row in _rows(message)]
    if rows:
        yield table((), rows, console, marks, right=(0,)).plain
        yield ""
    said = "give the stored record, byte for byte" if replayed.is_same else "do NOT give the stored record"
    yield f"{counted(count, 'event')} {said} ({counted(replayed.size, 'byte')})"


def _result(record: Conversation) -> RunResult[str]:
    return RunResult[str](conversation=record, model="")


def _why(record: Conversation) -> str:
    """Return why it rests where it does; nothing for a moment in the middle of a run."""
    rests = record.state.ends_a_run or record.state is State.AWAITING_APPROVAL
    return _result(record).reason if rests else ""


def _used(record: Conversation) -> str:
    used = record.usage
    return f"{counted(used.model_calls, 'model call')}, {counted(used.total, 'token')}" if used.model_calls else ""


def _rows(message: Message) -> Iterator[tuple[str, str]]:
    """Yield what a message says, and a row for each call in it."""
    role, content = str(message["role"]), message.get("content")
    if content is not None:
        yield role, in_one_line(content if isinstance(content, str) else _parts(content))
    for call in objects(message.get("tool_calls")):
        function = call["function"]
        if is_object(function):
            yield role, plain(f"calls {function['name']}({' '.join(str(function['arguments']).split())})")


def _parts(content: object) -> str:
    return " ".join(str(part.get("text") or f"[{part.get('type')}]") for part in objects(content))
