"""Rows below one another, in columns as wide as they have to be; the last is cut where the terminal ends."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from .lines import Marks

__all__ = ["cut_to", "table"]


def table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], console: Console, marks: Marks, *, right: Collection[int] = ()
) -> Text:
    """Return the rows under their *heads*, where there are any; the columns in *right* end at the right."""
    everything = [heads, *rows] if heads else [*rows]
    widths = [max(cell_len(row[place]) for row in everything) for place in range(len(everything[0]))]
    lines: list[Text] = []
    for row in everything:
        cells = [_filled(cell, width, place in right) for place, (cell, width) in enumerate(zip(row, widths, strict=True))]
        line = cut_to("  ".join(cells).rstrip(), console.width if console.is_terminal else None, marks)
        lines.append(Text(line, style="dim" if row is heads else "", no_wrap=True, overflow="ignore"))
    return Text("\n").join(lines)


def cut_to(text: str, columns: int | None, marks: Marks) -> str:
    """Return *text*, or its beginning and the mark of a cut where it is wider than *columns*."""
    if columns is None or cell_len(text) <= columns:
        return text
    return set_cell_size(text, max(0, columns - len(marks.cut))).rstrip() + marks.cut


def _filled(cell: str, width: int, at_the_right: bool) -> str:
    blank = " " * (width - cell_len(cell))
    return blank + cell if at_the_right else cell + blank
