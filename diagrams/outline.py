"""The machine as plain text, a line a transition: what a reviewer reads when the table has changed."""

from __future__ import annotations

from collections.abc import Iterable

from ..states import Rows
from .chart import Group, Node, chart, update, words

__all__ = ["outline"]

_STAYS = "stays"


def outline(rows: Rows) -> str:
    """Return *rows* as text: a block a state, in the order of their names, and in it a line a row, in the order of words.

    What stands where in the table makes no difference, and no line is longer or shorter for another line's sake: a diff
    shows the rows that changed and no other.  What all states of a group share stands first, once.
    """
    drawn = chart(rows)
    leaving = [(edge.source, f"{words(row)} / {update(row)} -> {edge.to.name}") for edge in drawn.edges for row in edge.shown]
    sources: tuple[Node | Group, ...] = (*drawn.sharing, *sorted(drawn.nodes, key=lambda node: node.name))
    blocks = [f"new conversation -> {drawn.start.name}\n"]
    for source in sources:
        own = [line for of, line in leaving if of is source]
        staying = [f"{words(row)} / {update(row)} -> {_STAYS}" for row in source.shown]
        blocks.append(_block(source, [*own, *staying]))
    return "\n".join(blocks)


def _block(of: Node | Group, lines: Iterable[str]) -> str:
    head = f"any {of.name} state ({', '.join(sorted(node.name for node in of.nodes))})" if isinstance(of, Group) else of.title
    return "".join(f"{line}\n" for line in (head, *(f"    {line}" for line in sorted(lines))))
