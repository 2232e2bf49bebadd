"""The table below the drawing: every row with its update, a block a state, in two columns."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypeVar

from attrs import frozen

from ..states import Event, Row
from .chart import Chart, Group, Node, update
from .text import BOLD, LINE, MONO, SMALL, text_width

__all__ = ["Block", "Cells", "Legend", "legend"]

E = TypeVar("E", bound=Event)

_GAP, _BETWEEN = 14, 40


@frozen
class Cells:
    """A row of the table in words; *to* is empty if the state stays."""

    event: str
    guard: str
    update: str
    to: str


@frozen
class Block:
    """The rows of a state, or those that all states of a group share."""

    title: str
    rows: tuple[Cells, ...]

    @property
    def height(self) -> int:
        """How high it is with the space below, in pixels."""
        return LINE * (len(self.rows) + 2)


@frozen
class Legend:
    """The blocks of the left column and of the right one, and how far in each cell of a row begins."""

    left: tuple[Block, ...]
    right: tuple[Block, ...]
    stops: tuple[int, int, int, int]
    column: int

    @property
    def width(self) -> int:
        """The width of both columns, in pixels."""
        return 2 * self.column + _BETWEEN

    @property
    def second(self) -> int:
        """How far in the right column begins."""
        return self.column + _BETWEEN

    @property
    def height(self) -> int:
        """The height of the longer column, in pixels."""
        return max(sum(block.height for block in column) for column in (self.left, self.right))


def legend(chart: Chart, order: tuple[Node, ...]) -> Legend:
    """Return the table: what groups share first, then the states in *order*; no state without rows."""
    sources: tuple[Node | Group, ...] = (chart.live, chart.ended, *order)
    blocks = tuple(block for source in sources if (block := _block(chart, source)).rows)
    cells = [row for block in blocks for row in block.rows]
    guard = _widest(math.ceil(BOLD * text_width(row.event)) for row in cells) + _GAP
    then = guard + _widest(text_width(row.guard) for row in cells) + _GAP
    to = then + _widest(text_width(row.update) for row in cells) + _GAP
    end = to + _widest(math.ceil(SMALL * MONO * (len(row.to) + 2)) for row in cells)
    split = _split(blocks)
    column = max(end, _widest(text_width(block.title) for block in blocks))
    return Legend(blocks[:split], blocks[split:], (0, guard, then, to), column)


def _block(chart: Chart, source: Node | Group) -> Block:
    title = f"any {source.name} state" if isinstance(source, Group) else source.name
    leaving = [_cells(row, edge.to.name) for edge in chart.edges if edge.source is source for row in edge.shown]
    return Block(title, (*leaving, *(_cells(row, "") for row in source.shown)))


def _cells(row: Row[E], to: str) -> Cells:
    return Cells(row.event.__name__, f"[{row.label}]" if row.label else "", update(row), to)


def _widest(widths: Iterable[int]) -> int:
    return max(widths, default=0)


def _split(blocks: tuple[Block, ...]) -> int:
    """Return how many blocks the left column takes so that the longer column is as short as can be."""

    def longer(index: int) -> int:
        return max(sum(block.height for block in part) for part in (blocks[:index], blocks[index:]))

    return min(range(len(blocks) + 1), key=longer)
