"""What of the record one host is sent: the `messages` array, as bytes.

Pure, total, and stable at the front: what is appended to a record never changes the bytes before it, so that the prompt
caches of hosts hit.  Each entry is encoded once, in a run and across the runs of a conversation.
"""

from __future__ import annotations

import re
from typing import Final

from attrs import define, evolve, field

from ...states import Conversation
from ...states.messages import Call, Origin, Said, UserMessage
from ...states.turn import Entry, SealedTurn
from .encoding import assistant_text, encode, tool_turn, user_text
from .host_profile import HostProfile
from .projected import KEPT, Mark, Projected, Speaker
from .request import request_body

__all__ = ["Projection", "encode", "request_body"]

_OURS: Final = re.compile(r"call[0-9a-z]{5}")
_GO_ON: Final = "(Go on.)"
"""What is said in place of somebody who said nothing, where a host wants to hear them.

To join the neighbours into one message instead would change what was sent before.
"""


@define(eq=False)
class Projection:
    """The messages of conversations for one *host*, and there for the model that *origin* names.

    Reasoning goes back to that origin alone; without one, none does.
    """

    host: HostProfile
    origin: Origin | None = None
    _known: Projected = field(factory=Projected, init=False)

    def messages(self, conversation: Conversation, system: str = "") -> bytes:
        """Return the array: *system* first where there is one, then the history from the run's window on."""
        return b",".join(self.pieces(conversation, system))

    def pieces(self, conversation: Conversation, system: str = "") -> list[bytes]:
        """Return `messages` in pieces that commas join, for a body that is to be put together in one go."""
        self._known = self._project(conversation.history[conversation.run.window :])
        head = [encode({"role": "system", "content": system})] if system else []
        members = [*head, *self._known.pieces] or [b""]
        members[0] = b"[" + members[0]
        members[-1] += b"]"
        return members

    def _project(self, entries: tuple[Entry, ...]) -> Projected:
        known = self._known.shared_with(entries)
        if len(known) == len(entries):
            return known
        longest = max(known, KEPT.find(self.host, self.origin, entries), key=len)
        projected = _Writer(self.host, self.origin, longest).write(entries)
        KEPT.keep(self.host, self.origin, projected)
        return projected


class _Writer:
    """Writes the entries that follow upon those that are *written*."""

    def __init__(self, host: HostProfile, origin: Origin | None, written: Projected) -> None:
        self.host, self.origin, self.written = host, origin, written
        self.is_legal = re.compile(host.id_pattern).fullmatch
        self.ids = set(written.ids)
        self.has_begun = bool(written.marks)
        last = written.marks[-1] if written.marks else Mark()
        self.plain: Speaker | None = last.plain
        self.after_tool = last.after_tool
        self.messages: list[bytes] = []

    def write(self, entries: tuple[Entry, ...]) -> Projected:
        """Return *entries*, which begin with those that are written, as JSON."""
        pieces, marks = list(self.written.pieces), list(self.written.marks)
        for entry in entries[len(self.written) :]:
            self.messages = []
            ids = self._entry(entry)
            pieces.append(b",".join(self.messages))
            marks.append(Mark(ids, self.plain, self.after_tool))
        return Projected(entries, tuple(pieces), tuple(marks), frozenset(self.ids))

    def _entry(self, entry: Entry) -> tuple[str, ...]:
        """Write *entry* and return the ids of its calls."""
        if isinstance(entry, SealedTurn):
            return self._turn(entry)
        if isinstance(entry, UserMessage):
            self._say("user", user_text(entry))
        else:
            self._say("assistant", assistant_text(entry.said, self.host, self.origin))
        return ()

    def _turn(self, turn: SealedTurn) -> tuple[str, ...]:
        ids = tuple(map(self._wire_id, turn.calls))
        if self.host.text_xor_calls and not turn.said.is_blank:
            self._say("assistant", assistant_text(turn.said, self.host, self.origin))
            turn = evolve(turn, said=evolve(turn.said, text="", opaque=()))
        self._bridge("assistant")
        self._add(tool_turn(turn, ids, self.host, self.origin))
        self.after_tool = True
        if (shown := turn.shown) is not None:
            self._say("user", user_text(shown))
        return ids

    def _say(self, speaker: Speaker, message: bytes) -> None:
        self._bridge(speaker)
        self._add(message)
        self.plain, self.after_tool = speaker, False

    def _bridge(self, speaker: Speaker) -> None:
        """Let the other side say a word first, where *speaker* may not speak as things stand."""
        begins = not self.has_begun and speaker == "assistant"
        repeats = self.host.alternate and self.plain == speaker
        if speaker == "user" and (repeats or (self.host.bridge_after_tool and self.after_tool)):
            self._add(assistant_text(Said(text=_GO_ON), self.host, self.origin))
            self.plain, self.after_tool = "assistant", False
        elif speaker == "assistant" and (repeats or begins):
            self._add(user_text(UserMessage(content=_GO_ON)))
            self.plain, self.after_tool = "user", False

    def _add(self, message: bytes) -> None:
        self.messages.append(message)
        self.has_begun = True

    def _wire_id(self, call: Call) -> str:
        """Return the host's own id while it is legal there and new in this history, else ours, which always is."""
        theirs = call.host_id
        is_free = self.is_legal(theirs) and theirs not in self.ids and not _OURS.fullmatch(theirs)
        wire_id = theirs if is_free else call.id
        self.ids.add(wire_id)
        return wire_id
