"""Records and histories in files: read before a run, written after it, whatever became of it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from ..errors import ConfigurationError
from ..machine.codec import dumps, loads
from ..states import Conversation
from ..states.shapes import is_list, is_object, objects
from .histories import write_bytes

__all__ = ["check_place", "read_history", "read_record", "write_record"]


def read_record(path: Path) -> Conversation:
    """Return the record in the file at *path*.  Raises `ConfigurationError`, which names the file, when there is none."""
    return _read(path, "--continue", loads)


def read_history(path: Path) -> Conversation:
    """Return a conversation that goes on from the chat-completions messages in the file at *path*, repaired.

    Raises `ConfigurationError`, which names the file, when it is not a JSON list of objects.
    """
    return _read(path, "--history", lambda data: Conversation.from_messages(_messages(data)))


def check_place(path: Path) -> None:
    """Refuse, before anything is run, a *path* at which no file can be written."""
    if path.is_dir() or not os.access(path if path.exists() else path.absolute().parent, os.W_OK):
        raise ConfigurationError(f"--save {path}: no file can be written there")


def write_record(path: Path, conversation: Conversation) -> None:
    """Store *conversation* at *path*, in one move: at any time the file holds a whole record, the old one or the new."""
    try:
        write_bytes(path, dumps(conversation) + b"\n", mode=0o600)
    except OSError as error:
        raise ConfigurationError(f"--save {path}: {error.strerror or error}") from None


def _messages(data: bytes) -> list[Mapping[str, object]]:
    read: object = json.loads(data)
    listed = read.get("messages") if is_object(read) else read
    messages = objects(listed)
    if not is_list(listed) or len(messages) < len(listed):
        raise ValueError("a JSON list of messages is wanted")
    return messages


def _read(path: Path, option: str, read: Callable[[bytes], Conversation]) -> Conversation:
    try:
        return read(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{option} {path}: {error.strerror or error}") from None
    except RecursionError:
        raise ConfigurationError(f"{option} {path}: it is nested too deeply") from None
    except ValueError as error:  # a FormatError is one, and so is what json says of what is no JSON
        raise ConfigurationError(f"{option} {path}: {error}") from None
