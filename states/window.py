"""How much of what came before is shown to the model: the newest messages, cut where a history may begin."""

from __future__ import annotations

from .messages import UserMessage
from .turn import Entry, SealedTurn

__all__ = ["window"]


def window(entries: tuple[Entry, ...], keep: int | None) -> int:
    """Return the index of the first entry to show so that about *keep* messages are shown; None shows all.

    A history may begin where the user speaks, or be empty: of these places the one nearest to the newest *keep* messages
    is taken, the earlier of two.  A call and its results are never parted.
    """
    if keep is None:
        return 0
    best, least = len(entries), keep
    shown = 0
    for index in range(len(entries) - 1, -1, -1):
        entry = entries[index]
        shown += 1 + len(entry.calls) if isinstance(entry, SealedTurn) else 1
        if isinstance(entry, UserMessage) and abs(shown - keep) <= least:
            best, least = index, abs(shown - keep)
        if shown > 2 * keep:
            break
    return best
