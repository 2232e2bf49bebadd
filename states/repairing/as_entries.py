"""A story told as the entries of a record, in which call ids are ours."""

from __future__ import annotations

import json

from attrs import define

from ..messages import AssistantMessage, Call, Message, Part, Said, UserMessage, call_id
from ..turn import Entry, Outcome, OutcomeKind, SealedTurn
from .notes import Notes
from .pairing import Slot
from .reading import Reply, Spoken
from .story import NO_RESULT, OPENER, Story, result_text

__all__ = ["told_as_entries"]


def told_as_entries(story: Story, notes: Notes) -> tuple[Entry, ...]:
    """Return the entries; what says nothing at all has no place among them."""
    pieces = [piece for piece in story.pieces if not isinstance(piece, Spoken) or _says_something(piece)]
    told: list[Entry] = []
    if pieces and not isinstance(pieces[0], Spoken):
        notes.add(pieces[0].index, "the history did not begin with the user: an opening message was put before it")
        told.append(UserMessage(content=OPENER, synthetic=True))
    minting = _Minting()
    for piece in pieces:
        if isinstance(piece, Spoken):
            told.append(UserMessage(content=_content(piece)))
        elif piece.calls:
            told += _turn(story, piece, minting)
        else:
            told.append(AssistantMessage(said=_said(piece)))
    return tuple(told)


def _says_something(piece: Spoken) -> bool:
    return bool(piece.has_media or piece.text.strip())


def _content(piece: Spoken) -> str | tuple[Part, ...]:
    """Return what the user said: parts only where some of it is no text."""
    if isinstance(piece.content, str) or not piece.has_media:
        return piece.text
    return tuple(_part(part) for part in piece.content)


def _part(part: Message) -> Part:
    return Part(str(part["type"]), json.dumps(part, ensure_ascii=False, allow_nan=False))


def _said(reply: Reply) -> Said:
    return Said(text=reply.text, reasoning=reply.reasoning)


@define
class _Minting:
    minted: int = 0

    def call(self, slot: Slot) -> Call:
        asked = slot.call
        self.minted += 1
        return Call(
            id=call_id(self.minted - 1),
            name=asked.name,
            arguments=asked.arguments,
            host_id=(asked.key or "") if asked.has_text_id else "",
            problem=asked.problem,
        )


def _turn(story: Story, reply: Reply, minting: _Minting) -> list[Entry]:
    slots = story.groups[reply.index].slots
    turn = SealedTurn(
        said=_said(reply),
        calls=tuple(minting.call(slot) for slot in slots),
        outcomes=tuple(_outcome(slot) for slot in slots),
    )
    return [turn, *(UserMessage(content=tuple(_part(part) for part in parts)) for parts in story.media(reply))]


def _outcome(slot: Slot) -> Outcome:
    if slot.result is None:
        return Outcome(kind=OutcomeKind.LOST, content=NO_RESULT)
    return Outcome(kind=OutcomeKind.RETURNED, content=result_text(slot.result))
