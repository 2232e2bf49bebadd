"""A history of any origin, read and put in order: what was said, and beside each call the result that answers it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Final

from attrs import frozen

from ..messages import Message
from .notes import Notes, shown
from .pairing import Group, paired
from .reading import Instruction, Piece, Reply, Result, Spoken, read_pieces

__all__ = ["NO_RESULT", "OPENER", "Story", "result_text"]

OPENER: Final = "(The conversation so far.)"
NO_RESULT: Final = "Tool error: no result of this call was recorded."
_ELSEWHERE: Final = "(What it returned follows in the next message.)"


@frozen(kw_only=True)
class Story:
    """The *pieces* of a history but its results, which stand in the *groups*, by the index of the reply that asked."""

    system: str
    has_system: bool
    pieces: Sequence[Spoken | Reply]
    groups: Mapping[int, Group]

    @classmethod
    def of(cls, messages: Sequence[object], notes: Notes) -> Story:
        """Return the story that *messages* tell; what has to be changed to tell it is noted."""
        pieces = read_pieces(messages, notes)
        groups, left = paired(pieces)
        for result in left:
            notes.add(result.index, "dropped: a result that answers no call")
        _note_what_is_missing(groups, notes)
        _note_what_moves(pieces, groups, {result.index for result in left}, notes)
        instructions = [piece for piece in pieces if isinstance(piece, Instruction)]
        system = "\n\n".join(each.text for each in instructions if each.text)
        return cls(
            system=system,
            has_system=bool(system) or any(each.index == 0 for each in instructions),
            pieces=[piece for piece in pieces if isinstance(piece, Spoken | Reply)],
            groups=groups,
        )

    def media(self, reply: Reply) -> list[tuple[Message, ...]]:
        """Return what the results of *reply* hold besides texts, as the parts of a user's message each."""
        slots = self.groups[reply.index].slots
        found = [(slot.call.name, slot.result) for slot in slots if slot.result is not None and slot.result.media]
        return [({"type": "text", "text": f"(From the result of the call of {name!r}.)"}, *one.media) for name, one in found]


def _note_what_is_missing(groups: Mapping[int, Group], notes: Notes) -> None:
    for index, group in groups.items():
        for slot in group.slots:
            if slot.result is None:
                notes.add(index, f"the call of {shown(slot.call.given_name)} had no result: one was put in its place")


def _note_what_moves(pieces: Sequence[Piece], groups: Mapping[int, Group], dropped: Collection[int], notes: Notes) -> None:
    """Note each result that does not stand behind its call already, in call order."""
    standing = [piece for piece in pieces if piece.index not in dropped]
    after = {one.index: other for one, other in pairwise(standing)}
    for index, group in groups.items():
        last = index
        for result in [slot.result for slot in group.slots if slot.result is not None]:
            following = after.get(last)
            if following is None or following.index != result.index:
                notes.add(result.index, f"the result was moved to its call in message {index}")
            last = result.index


def result_text(result: Result) -> str:
    """Return what the model reads of *result*."""
    return result.text if result.text or not result.media else _ELSEWHERE
