"""From chat-completions messages of any origin to a history that every host accepts, saying what was changed.

Total on any JSON.  Every text and every result that can be placed is kept; only what can stand nowhere is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, cast

from attrs import frozen

from .messages import Message
from .repairing.as_entries import told_as_entries
from .repairing.as_messages import told_as_messages
from .repairing.notes import Notes
from .repairing.story import Story
from .turn import Entry, SealedTurn

__all__ = ["Repaired", "read_history", "repair"]

_UNREADABLE: Final = "not a list of messages: nothing could be read"


@frozen(kw_only=True)
class Repaired:
    """A history as entries, the system text that came with it, and what had to be changed, a line each."""

    system: str
    entries: tuple[Entry, ...]
    changes: tuple[str, ...]

    @property
    def minted(self) -> int:
        """How many call ids were given out."""
        return sum(len(entry.calls) for entry in self.entries if isinstance(entry, SealedTurn))

    @property
    def messages(self) -> list[Message]:
        """The history as messages, the system text first where there is one."""
        head: list[Message] = [{"role": "system", "content": self.system}] if self.system else []
        return head + [message for entry in self.entries for message in entry.to_messages()]


def repair(messages: object) -> tuple[list[Message], tuple[str, ...]]:
    """Return *messages*, any JSON, as a history that every host accepts, and what was changed, a line each.

    A valid history comes back as it is, and nothing was changed.  An id stays unless hosts refuse it or it was used before.
    Arguments that are no JSON object are kept as a text inside one: `{"INVALID_JSON": "..."}`.
    """
    given = _given(messages)
    if given is None:
        return [], (_UNREADABLE,)
    notes = Notes()
    told = told_as_messages(Story.of(given, notes), notes)
    return told, notes.lines("messages")


def read_history(messages: object) -> Repaired:
    """Return *messages*, any JSON, as entries of a record: the call ids are ours, the host's own are kept beside them."""
    given = _given(messages)
    if given is None:
        return Repaired(system="", entries=(), changes=(_UNREADABLE,))
    notes = Notes()
    story = Story.of(given, notes)
    entries = told_as_entries(story, notes)
    return Repaired(system=story.system, entries=entries, changes=notes.lines("record"))


def _given(messages: object) -> list[object] | None:
    """Return the messages one by one; None for something that holds none."""
    if isinstance(messages, Iterable) and not isinstance(messages, str | bytes | Mapping):
        return list(cast("Iterable[object]", messages))
    return None if messages else []
