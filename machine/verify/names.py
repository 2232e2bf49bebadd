"""How states and rows are named to people."""

from __future__ import annotations

from typing import TypeVar

from ...states import Event, Row, State

__all__ = ["name_of", "name_of_row"]

E = TypeVar("E", bound=Event)


def name_of(state: State) -> str:
    """Return the state's name as it is drawn."""
    return str(getattr(state, "value", state))


def name_of_row(row: Row[E]) -> str:
    """Return what a row leaves, on which event and under which guard."""
    return f"{name_of(row.source)} {row.event.__name__} [{row.label or 'always'}]"
