"""`detent fork`, `export`, `import` and `delete`: conversations as a whole."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import anyio

from ..errors import ConfigurationError, DetentError
from ..machine.archive import Archive
from .drawing import put_out
from .histories import STDIN

__all__ = ["delete", "export", "fork", "restore"]


def fork(journal: Archive, conversation_id: str, at: int | None) -> str:
    """Copy the first *at* events (None: all) into a new conversation, and return its id."""
    return anyio.run(journal.fork, conversation_id, len(anyio.run(journal.read, conversation_id)) if at is None else at)


def export(journal: Archive, conversation_id: str, output: Path | None) -> None:
    """Write the conversation as JSON lines to the file *output*, or to stdout.

    Raises `ConfigurationError` when it can not be written.
    """
    put_out(b"".join(anyio.run(journal.export, conversation_id)).decode(), output)


def restore(journal: Archive, path: Path) -> str:
    """Store the conversation that the file at *path* holds, or standard input, and return its id.

    Raises `FormatError` for what is no whole export, and `JournalError` where the id is taken; nothing is stored then.
    """
    try:
        lines = sys.stdin.buffer.readlines() if path == STDIN else path.read_bytes().splitlines(keepends=True)
    except OSError as error:
        raise ConfigurationError(f"import {path}: {error.strerror or error}") from None
    return anyio.run(journal.restore, lines)


def delete(journal: Archive, conversation_id: str, agreed: Callable[[str], bool]) -> int | None:
    """Forget the conversation and those of agents that ran as its tools, if that is *agreed* to.

    Returns how many there were besides; None where nothing was deleted.
    """
    try:
        record = anyio.run(journal.load, conversation_id)
        told = f"{record.seq:,} events, {record.state.value.replace('_', ' ')}"
    except DetentError:  # damaged, or by a machine that is not known here: it can go all the same
        told = "it can not be read"
    inside = [each for each in anyio.run(journal.list) if _is_inside(each, conversation_id)]
    if not agreed(f"{conversation_id} ({told})"):
        return None
    for each in (*inside, conversation_id):
        anyio.run(journal.delete, each)
    return len(inside)


def _is_inside(conversation_id: str, outer: str) -> bool:
    """Whether it was begun under the key of a call in *outer*."""
    return re.fullmatch(rf"{re.escape(outer)}(:\d+:call\d+)+", conversation_id) is not None
