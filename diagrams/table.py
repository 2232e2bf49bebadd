"""The rows as a Markdown table, for the documentation."""

from __future__ import annotations

from ..states import Rows
from .chart import name_of, update

__all__ = ["rows_table"]


def rows_table(rows: Rows) -> str:
    """Return *rows* as Markdown, a line a row in the order of the table; without a guard the cell is empty."""
    cells = [
        (f"`{name_of(row.source)}`", f"`{row.event.__name__}`", row.label, update(row), f"`{name_of(row.to)}`") for row in rows
    ]
    lines = [("source", "event", "guard", "update", "destination"), ("---",) * 5, *cells]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)
