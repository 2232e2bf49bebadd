"""Results as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, field

__all__ = ["Table"]


@define
class Table:
    """A table that is printed when it is complete; *note* stands below it."""

    title: str
    columns: Sequence[str]
    note: str = ""
    rows: list[Sequence[str]] = field(factory=list[Sequence[str]])

    def add(self, *cells: str) -> None:
        """Add a row."""
        self.rows.append(cells)

    def __str__(self) -> str:
        """Return the table as Markdown, its columns aligned."""
        widths = [max(map(len, column)) for column in zip(self.columns, *self.rows, strict=True)]
        lines = [f"### {self.title}", "", _line(self.columns, widths), _line(["-" * width for width in widths], widths)]
        lines += [_line(row, widths) for row in self.rows]
        return "\n".join([*lines, *(("", self.note) if self.note else ()), ""])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"


def judged(value: float, target: float) -> str:
    """Return whether *value* keeps *target*, as a word for a table."""
    return "kept" if value <= target else "MISSED"
