"""What has been written of a history so far, as a value; and the store that keeps it between the runs of a conversation."""

from __future__ import annotations

from threading import Lock
from typing import Final, Literal, NamedTuple, TypeAlias

from attrs import define, field, frozen

from ...states.messages import Origin
from ...states.turn import Entry
from .host_profile import HostProfile

__all__ = ["KEPT", "Kept", "Mark", "Projected", "Speaker"]

Speaker: TypeAlias = Literal["user", "assistant"]

_MOST_BYTES: Final = 64 * 1024 * 1024
_BYTES_OF_AN_ENTRY: Final = 2048
"""About what an entry and its mark take in memory beside its JSON: they are kept alive too."""


class Mark(NamedTuple):
    """What comes after an entry has to know of it.

    *ids* are the ids of its calls, *plain* says who spoke last, tool turns aside, and *after_tool* whether it is one.
    """

    ids: tuple[str, ...] = ()
    plain: Speaker | None = None
    after_tool: bool = False


@frozen(eq=False)
class Projected:
    """The leading *entries* of a history: of each, in order, its messages as JSON with commas between, and its mark.

    Small pieces on purpose: they are joined into one body a request, and no copy of all of them outlives it.
    """

    entries: tuple[Entry, ...] = ()
    pieces: tuple[bytes, ...] = ()
    marks: tuple[Mark, ...] = ()
    ids: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.entries)

    def shared_with(self, entries: tuple[Entry, ...]) -> Projected:
        """Return as much of this as *entries* begin with: usually all of it, less where a conversation was forked."""
        if entries[: len(self.entries)] == self.entries:  # the same objects are not compared any further
            return self
        pairs = enumerate(zip(self.entries, entries, strict=False))
        shorter = min(len(self.entries), len(entries))
        return self._cut(next((place for place, (ours, theirs) in pairs if ours != theirs), shorter))

    def _cut(self, length: int) -> Projected:
        gone = {each for mark in self.marks[length:] for each in mark.ids}
        return Projected(self.entries[:length], self.pieces[:length], self.marks[:length], self.ids - gone)

    @property
    def size(self) -> int:
        """How many bytes the JSON takes."""
        return sum(map(len, self.pieces))


Key: TypeAlias = tuple[HostProfile, Origin | None, int]


@define(eq=False)
class Kept:
    """The newest projections, up to about *most_bytes* in all, and always the last one.

    A conversation is found again by the identity of the first entry that is shown: what is kept keeps it alive, so that no
    other can have its place in memory.  What is found is compared before it is used.  Threads may share it.
    """

    most_bytes: int = _MOST_BYTES
    _by_key: dict[Key, tuple[Projected, int]] = field(factory=dict[Key, tuple[Projected, int]], init=False)
    _size: int = field(default=0, init=False)
    _lock: Lock = field(factory=Lock, init=False)

    def find(self, host: HostProfile, origin: Origin | None, entries: tuple[Entry, ...]) -> Projected:
        """Return the longest beginning of *entries* that is kept; an empty one where none is."""
        found = self._by_key.get((host, origin, id(entries[0]))) if entries else None
        return Projected() if found is None else found[0].shared_with(entries)

    def keep(self, host: HostProfile, origin: Origin | None, projected: Projected) -> None:
        """Keep *projected* as the newest; the oldest make room for it."""
        key, size = (host, origin, id(projected.entries[0])), projected.size + len(projected) * _BYTES_OF_AN_ENTRY
        with self._lock:
            self._drop(key)
            self._by_key[key] = projected, size
            self._size += size
            while self._size > self.most_bytes and len(self._by_key) > 1:
                self._drop(next(iter(self._by_key)))

    def clear(self) -> None:
        """Keep nothing any longer."""
        with self._lock:
            self._by_key.clear()
            self._size = 0

    def _drop(self, key: Key) -> None:
        if (old := self._by_key.pop(key, None)) is not None:
            self._size -= old[1]


KEPT: Final = Kept()
"""The store of this process: a new run of a conversation goes on from what the last one wrote."""
