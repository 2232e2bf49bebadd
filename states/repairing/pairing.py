"""Which result answers which call: by id, by place where an id is missing, by name in the old form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from attrs import define, field

from .calls import Asked
from .reading import Piece, Reply, Result

__all__ = ["Group", "Slot", "paired"]


@define(eq=False)
class Slot:
    """A call, and the result that answers it, once it is found."""

    index: int
    call: Asked
    result: Result | None = None


@define(eq=False)
class Group:
    """The calls of one reply."""

    index: int
    slots: list[Slot] = field(factory=list[Slot])

    def takes(self, result: Result, meant: Callable[[Result, Asked], bool]) -> bool:
        """Give *result* to the first call that is *meant* and has none yet; return whether there is one."""
        slot = next((slot for slot in self.slots if slot.result is None and meant(result, slot.call)), None)
        if slot is not None:
            slot.result = result
        return slot is not None


def paired(pieces: Sequence[Piece]) -> tuple[dict[int, Group], list[Result]]:
    """Return the calls of every reply that makes some, by its index, and the results that answer none of them.

    A result goes to the newest call before it that has its id, else to the next one after it.  What is left goes, where
    the id of one of the two is missing, to the first call without a result of the reply it stands behind, and in the old
    form to a call of the function it names.
    """
    groups = {piece.index: _group(piece) for piece in pieces if isinstance(piece, Reply) and piece.calls}
    left = [piece for piece in pieces if isinstance(piece, Result)]
    left = _by_id(pieces, groups, left)
    left = _by_id(pieces[::-1], groups, left[::-1])[::-1]
    return groups, _by_place(pieces, groups, left)


def _group(reply: Reply) -> Group:
    return Group(reply.index, [Slot(reply.index, call) for call in reply.calls])


def _by_id(pieces: Sequence[Piece], groups: Mapping[int, Group], results: Sequence[Result]) -> list[Result]:
    """Give each of *results* to the group that named its id last, in the order of *pieces*; return those left over."""
    open_ones = {result.index for result in results}
    latest: dict[str, Group] = {}
    left: list[Result] = []
    for piece in pieces:
        if isinstance(piece, Reply) and piece.calls:
            latest |= {call.key: groups[piece.index] for call in piece.calls if call.key is not None}
        elif isinstance(piece, Result) and piece.index in open_ones:
            group = None if piece.key is None else latest.get(piece.key)
            if group is None or not group.takes(piece, _has_its_id):
                left.append(piece)
    return left


def _by_place(pieces: Sequence[Piece], groups: Mapping[int, Group], results: Sequence[Result]) -> list[Result]:
    """Give each of *results* to the newest group before it that may be meant; return those left over."""
    open_ones = {result.index for result in results}
    ids = {slot.call.key for group in groups.values() for slot in group.slots}

    def meant(result: Result, call: Asked) -> bool:
        if result.name is not None:
            return result.name == call.given_name
        return result.key is None or (call.key is None and result.key not in ids)

    group: Group | None = None
    left: list[Result] = []
    for piece in pieces:
        if isinstance(piece, Reply) and piece.calls:
            group = groups[piece.index]
        elif isinstance(piece, Result) and piece.index in open_ones and not (group and group.takes(piece, meant)):
            left.append(piece)
    return left


def _has_its_id(result: Result, call: Asked) -> bool:
    return result.key == call.key
