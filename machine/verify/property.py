"""A property: something that holds of every move of a machine, as data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from attrs import frozen

from ...states import Conversation, Event

__all__ = ["Holds", "Property"]

# The properties of one table speak of different events (see states/row.py): no narrower type holds them all.
Holds: TypeAlias = Callable[[Conversation, Any, Conversation], bool]
"""Whether it holds of a move: of the record before, the event, and the record after."""


@frozen
class Property:
    """Holds of every move made by one of the *events*; of every move at all where there are none.

    One that is *core* speaks of detent's own rows, and is not asked of the moves that rows of one's own make.
    """

    holds: Holds
    events: tuple[type[Event], ...] = ()
    core: bool = False

    @property
    def name(self) -> str:
        """What is promised, in words."""
        return str(getattr(self.holds, "__name__", "a property")).replace("_", " ")
