"""What of the record one host is sent: the `messages` array and the request around it, as bytes.

Pure, total, and stable at the front: what is appended to a record never changes the bytes before it, so that the prompt
caches of hosts hit.  Each entry is encoded once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import orjson
from attrs import define, field

from ...states import Conversation
from ...states.messages import AssistantMessage, Call, JSONValue, Message, UserMessage
from ...states.turn import Entry, SealedTurn
from .hosts import HostProfile

__all__ = ["Projection", "encode", "request_body"]

_OURS: Final = re.compile(r"call[0-9a-z]{5}")
_BRIDGE: Final = b'{"role":"assistant","content":"(Go on.)"}'
_NO_TEXT: Final = "(no output)"


def encode(value: object) -> bytes:
    """Return *value* as JSON.  Copied: orjson's own bytes keep an output buffer of about 8 kB alive each."""
    return b"%b" % orjson.dumps(value)


@define(eq=False)
class Projection:
    """The messages of one conversation for one host, kept encoded between the calls of a run."""

    host: HostProfile
    _entries: list[Entry] = field(factory=list[Entry], init=False)
    _pieces: list[bytes] = field(factory=list[bytes], init=False)
    _ids: set[str] = field(factory=set[str], init=False)

    def messages(self, conversation: Conversation, system: str = "") -> bytes:
        """Return the array: *system* first where there is one, then the history from the run's window on."""
        entries = conversation.history[conversation.run.window :]
        if not self._goes_on(entries):
            self._entries, self._pieces, self._ids = [], [], set()
        for entry in entries[len(self._entries) :]:
            self._pieces.append(self._piece(entry))
            self._entries.append(entry)
        head = [encode({"role": "system", "content": system})] if system else []
        return b"[" + b",".join(head + self._pieces) + b"]"

    def _goes_on(self, entries: tuple[Entry, ...]) -> bool:
        known = self._entries
        return len(entries) >= len(known) and all(old is new for old, new in zip(known, entries, strict=False))

    def _piece(self, entry: Entry) -> bytes:
        piece = b",".join(encode(message) for message in self._messages(entry))
        if (
            self.host.bridge_after_tool
            and isinstance(entry, UserMessage)
            and self._entries
            and isinstance(self._entries[-1], SealedTurn)
        ):
            return _BRIDGE + b"," + piece
        return piece

    def _messages(self, entry: Entry) -> tuple[Message, ...]:
        if isinstance(entry, UserMessage | AssistantMessage):
            return entry.to_messages()
        ids = [self._wire_id(call) for call in entry.calls]
        asked: Message = {"role": "assistant", "content": self._content(entry), "tool_calls": self._calls(entry, ids)}
        answered: list[Message] = [
            {"role": "tool", "tool_call_id": wire_id, "content": outcome.content or _NO_TEXT}
            for wire_id, outcome in zip(ids, entry.outcomes, strict=True)
        ]
        return (asked, *answered)

    def _content(self, turn: SealedTurn) -> JSONValue:
        if not turn.said.is_blank:
            return turn.said.text
        return None if self.host.empty_content == "null" else ""

    def _calls(self, turn: SealedTurn, ids: list[str]) -> list[JSONValue]:
        return [
            {"id": wire_id, "type": "function", "function": {"name": call.name, "arguments": call.sendable_arguments}}
            for call, wire_id in zip(turn.calls, ids, strict=True)
        ]

    def _wire_id(self, call: Call) -> str:
        """Return the host's own id while it is legal there and new in this history, else ours, which always is."""
        theirs = call.host_id
        legal = re.fullmatch(self.host.id_pattern, theirs) and not _OURS.fullmatch(theirs)
        wire_id = theirs if legal and theirs not in self._ids else call.id
        self._ids.add(wire_id)
        return wire_id


def request_body(
    model: str,
    messages: bytes,
    *,
    tools: bytes | None = None,
    tool_choice: str = "auto",
    stream: bool = False,
    parameters: Mapping[str, object] | None = None,
) -> bytes:
    """Return the body of a chat-completions request around *messages*, which are encoded already."""
    members = [b'"model":' + encode(model), b'"messages":' + messages]
    if tools is not None:
        members += [b'"tools":' + tools, b'"tool_choice":' + encode(tool_choice)]
    if stream:
        members.append(b'"stream":true,"stream_options":{"include_usage":true}')
    members += [encode(name) + b":" + encode(value) for name, value in (parameters or {}).items()]
    return b"{" + b",".join(members) + b"}"
