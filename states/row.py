"""A row of the table: a transition as data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeAlias, TypeVar

from attrs import frozen

from .conversation import AnyState, Conversation
from .events import Event

__all__ = ["Guard", "Row", "Rows", "Update", "always"]

E = TypeVar("E", bound=Event)
Guard: TypeAlias = Callable[[Conversation, E], bool]
Update: TypeAlias = Callable[[Conversation, E], Conversation]


def always(conversation: Conversation, event: object) -> bool:
    """Hold, whatever came: the guard of a row that needs none."""
    return True


@frozen
class Row(Generic[E]):
    """While *source*, on *event*, when the guard *when* holds: *then* makes the next record, and the state is *to*.

    Guards and updates are pure and total.  An update can not choose the state: `step` sets it, from the row.
    """

    source: AnyState
    event: type[E]
    to: AnyState
    then: Update[E]
    when: Guard[E] = always

    @property
    def label(self) -> str:
        """The row's guard in words, for diagrams and errors; empty when there is none."""
        return "" if self.when is always else getattr(self.when, "__name__", "").replace("_", " ")


# The rows of one table take different events, and a guard is contravariant in its event: no narrower type holds them all.
Rows: TypeAlias = tuple[Row[Any], ...]
