"""A story told as messages that every host accepts, in which ids stay where they can."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attrs import define, field

from ..messages import JSONValue, Message, call_id
from .notes import Notes, shown
from .pairing import Slot
from .reading import Reply, Spoken
from .story import NO_RESULT, OPENER, Story, result_text

__all__ = ["told_as_messages"]

_LEGAL_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")


def told_as_messages(story: Story, notes: Notes) -> list[Message]:
    """Return the messages, the system's first where there is one."""
    told: list[Message] = [{"role": "system", "content": story.system}] if story.has_system else []
    if story.pieces and not isinstance(story.pieces[0], Spoken):
        notes.add(story.pieces[0].index, "the history did not begin with the user: an opening message was put before it")
        told.append({"role": "user", "content": OPENER})
    ids = _Ids.of(story)
    for piece in story.pieces:
        if isinstance(piece, Spoken):
            content: JSONValue = piece.content if isinstance(piece.content, str) else [*piece.content]
            told.append({"role": "user", "content": content})
        elif piece.calls:
            told += _group(story, piece, ids, notes)
        else:
            told.append({"role": "assistant", "content": piece.text})
    return told


def _group(story: Story, reply: Reply, ids: _Ids, notes: Notes) -> Iterator[Message]:
    slots = story.groups[reply.index].slots
    named = [(ids.for_call(slot, notes), slot) for slot in slots]
    calls: list[JSONValue] = [
        {"id": each, "type": "function", "function": {"name": slot.call.name, "arguments": slot.call.sendable}}
        for each, slot in named
    ]
    yield {"role": "assistant", "content": reply.text or None, "tool_calls": calls}
    for each, slot in named:
        yield {"role": "tool", "tool_call_id": each, "content": result_text(slot.result) if slot.result else NO_RESULT}
    for parts in story.media(reply):
        yield {"role": "user", "content": [*parts]}


@define
class _Ids:
    """The call ids of one history: those that were given in it and may stay, and those in use."""

    given: frozenset[str]
    used: set[str] = field(factory=set[str])
    minted: int = 0

    @classmethod
    def of(cls, story: Story) -> _Ids:
        keys = (slot.call.key for group in story.groups.values() for slot in group.slots)
        return cls(frozenset(key for key in keys if key is not None))

    def for_call(self, slot: Slot, notes: Notes) -> str:
        """Return the id under which a call and its result stand: its own while hosts accept it and it is new."""
        key = slot.call.key
        if key is not None and slot.call.has_text_id and _LEGAL_ID.fullmatch(key) and key not in self.used:
            settled = key
        else:
            settled = self._mint()
            notes.add(slot.index, f"the call of {shown(slot.call.given_name)} {self._why(key)}: it is {settled!r} now")
        self.used.add(settled)
        if slot.result is not None and slot.result.key is None and settled == key:
            notes.add(slot.result.index, "the result was given the id of its call")
        return settled

    def _why(self, key: str | None) -> str:
        if key is None:
            return "had no id"
        return f"had the id {shown(key)}, {'which was used before' if key in self.used else 'which hosts refuse'}"

    def _mint(self) -> str:
        """Return the next id of our own that is nobody's in this history."""
        while (made := call_id(self.minted)) in self.given:
            self.minted += 1
        self.minted += 1
        return made
