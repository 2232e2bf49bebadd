"""What a repair changed: a line each, for the history as messages and for the history as a record."""

from __future__ import annotations

from typing import Literal, TypeAlias

from attrs import define, field, frozen

from ..text import well_formed

__all__ = ["Notes", "shown"]

Where: TypeAlias = Literal["both", "messages", "record"]
_LONGEST_SHOWN = 60


@frozen
class _Note:
    index: int
    text: str
    where: Where


@define
class Notes:
    """The changes found so far.

    Some concern the messages alone: a record has its own ids, and its own place for reasoning.  Some concern the record
    alone, which keeps no empty message.
    """

    _notes: list[_Note] = field(factory=list[_Note], init=False)

    def add(self, index: int, text: str, where: Where = "both") -> None:
        """Note that of the message at *index* something was changed, as *text* says."""
        self._notes.append(_Note(index, well_formed(text), where))

    def lines(self, where: Where) -> tuple[str, ...]:
        """Return the lines, by message; those of one message in the order in which they were noted."""
        wanted = [note for note in self._notes if note.where in ("both", where)]
        return tuple(f"message {note.index}: {note.text}" for note in sorted(wanted, key=lambda note: note.index))


def shown(value: object) -> str:
    """Return a few words for *value*: a text in quotes, cut; of the rest what kind it is."""
    if isinstance(value, str):
        return repr(value) if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]!r}..."
    return "nothing" if value is None else type(value).__name__
