"""How states and rows are named to people."""

from __future__ import annotations

from typing import TypeVar

from ...states import AnyState, Event, Row

__all__ = ["name_of", "name_of_row"]

E = TypeVar("E", bound=Event)


def name_of(state: AnyState) -> str:
    """Return the state's name as it is drawn."""
    return str(state.value)


def name_of_row(row: Row[E]) -> str:
    """Return what a row leaves, on which event and under which guard."""
    return f"{name_of(row.source)} {row.event.__name__} [{row.label or 'always'}]"
