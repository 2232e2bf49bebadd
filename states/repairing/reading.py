"""One message of any origin as what it is meant to be: a piece of a history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from attrs import define, field, frozen

from ..messages import Message
from ..shapes import is_list, is_object
from ..text import well_formed
from .calls import Asked, key_of, read_calls
from .content import Content, read_content
from .notes import Notes, shown

__all__ = ["Instruction", "Piece", "Reply", "Result", "Spoken", "read_pieces"]

_KEYS: Final = {
    "system": {"role", "content"},
    "developer": {"role", "content"},
    "user": {"role", "content"},
    "assistant": {"role", "content", "tool_calls", "function_call", "refusal", "reasoning_content"},
    "tool": {"role", "content", "tool_call_id"},
    "function": {"role", "content", "name"},
}


@frozen(kw_only=True)
class Instruction:
    """A text of the system's."""

    index: int
    text: str


@frozen(kw_only=True)
class Spoken:
    """What the user said: a text, or parts; *text* is the text in either."""

    index: int
    content: str | tuple[Message, ...]
    text: str
    has_media: bool


@frozen(kw_only=True)
class Reply:
    """What the assistant said, and the calls it made."""

    index: int
    text: str
    reasoning: str
    calls: tuple[Asked, ...]


@frozen(kw_only=True)
class Result:
    """A result: of the call that *key* names, or, in the old form, of a call of the function *name*."""

    index: int
    key: str | None
    name: str | None
    text: str
    media: tuple[Message, ...]


Piece: TypeAlias = Instruction | Spoken | Reply | Result


def read_pieces(messages: Sequence[object], notes: Notes) -> list[Piece]:
    """Return the pieces of a history in their order; what is none is dropped, and what is changed is noted."""
    pieces = (_Reading(index, message, notes).piece() for index, message in enumerate(messages))
    return [piece for piece in pieces if piece is not None]


@define
class _Reading:
    """One message while it is read."""

    index: int
    message: object
    notes: Notes
    fields: Mapping[str, object] = field(factory=dict[str, object])

    def piece(self) -> Piece | None:
        if not is_object(self.message):
            self._note("dropped: not a message")
            return None
        self.fields = self.message
        role = self.fields.get("role")
        if not isinstance(role, str) or role not in _KEYS:
            self._note(f"dropped: no such role as {shown(role)}")
            return None
        if extra := sorted(str(key) for key in set(self.fields) - _KEYS[role]):
            self._note(f"fields dropped: {', '.join(extra)}")
        match role:
            case "system" | "developer":
                return self._instruction(role)
            case "user":
                return self._spoken()
            case "assistant":
                return self._reply()
            case _:
                return self._result(role)

    def _instruction(self, role: str) -> Instruction:
        content = self._as_text()
        if self.index == 0 and role == "developer":
            self._only_messages("the role 'developer' became 'system'")
        if self.index and content.text:
            self._note("a system message moved to the front")
        elif self.index:
            self._note("dropped: an empty system message")
        return Instruction(index=self.index, text=content.text)

    def _spoken(self) -> Spoken | None:
        given = self.fields.get("content")
        content = read_content(given)
        if not content.parts and (given is None or is_list(given)):
            self._note("dropped: an empty user message")
            return None
        for change in content.changes:
            self._note(change)
        if not content.media and not content.text.strip():
            self.notes.add(self.index, "dropped: an empty user message", "record")
        return Spoken(index=self.index, content=content.parts or content.text, text=content.text, has_media=bool(content.media))

    def _reply(self) -> Reply | None:
        calls = read_calls(self.index, self.fields, self.notes)
        content = self._as_text(required=not calls)
        text = self._with_refusal(content.text)
        if calls and not text.strip():
            if self.fields.get("content", "") is not None and not content.changes:
                self._only_messages("a content without text became null")
            text = ""
        if not calls and not text.strip():
            self._note("dropped: an assistant message with neither text nor calls")
            return None
        reasoning = self.fields.get("reasoning_content")
        if "reasoning_content" in self.fields:
            kept = isinstance(reasoning, str)
            self.notes.add(self.index, "fields dropped: reasoning_content", "messages" if kept else "both")
        said = well_formed(reasoning) if isinstance(reasoning, str) else ""
        return Reply(index=self.index, text=text, reasoning=said, calls=calls)

    def _with_refusal(self, text: str) -> str:
        if "refusal" not in self.fields:
            return text
        refusal = read_content(self.fields["refusal"]).text
        if not refusal.strip():
            self._only_messages("fields dropped: refusal")
            return text
        self._note("the refusal became part of the text")
        return f"{text}\n\n{refusal}" if text.strip() else refusal

    def _result(self, role: str) -> Result:
        content = self._as_text(movable=True)
        if role == "function":
            name = self.fields.get("name")
            self._only_messages("a result in the old form was written anew")
            return self._made(content, key=None, name=name if isinstance(name, str) else "")
        return self._made(content, key=key_of(self.fields.get("tool_call_id")), name=None)

    def _made(self, content: Content, key: str | None, name: str | None) -> Result:
        if content.media:
            kinds = ", ".join(sorted({str(part["type"]) for part in content.media}))
            self._note(f"what a result can not hold ({kinds}) became a message of the user's after it")
        return Result(index=self.index, key=key, name=name, text=content.text, media=content.media)

    def _as_text(self, *, required: bool = True, movable: bool = False) -> Content:
        """Return the content of a message that must have a text, with notes of what makes it one."""
        given = self.fields.get("content")
        content = read_content(given)
        for change in content.changes:
            self._note(change)
        if given is None and required and self.fields["role"] != "assistant":
            self._only_messages("a missing content became an empty text")
        if given is None and not required and "content" not in self.fields:
            self._only_messages("a missing content became null")
        if is_list(given) and not content.changes:
            self._only_messages("the parts of the content became one text")
        if content.media and not movable:
            kinds = ", ".join(sorted({str(part["type"]) for part in content.media}))
            self._note(f"parts dropped: {kinds}")
        return content

    def _note(self, what: str) -> None:
        self.notes.add(self.index, what)

    def _only_messages(self, what: str) -> None:
        self.notes.add(self.index, what, "messages")
