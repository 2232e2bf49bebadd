"""What a message's content says, whatever it was written as: its text, and its parts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from attrs import frozen

from ..messages import Message
from ..shapes import is_list, is_object
from ..text import settle_part, well_formed

__all__ = ["Content", "dump", "read_content"]


@frozen(kw_only=True)
class Content:
    """A content as it may be sent.

    *text* is all of its text in one.  *parts* are its parts where it was a list of them, texts included.  *changes* are
    what had to be done to read it, apart from making one text of several parts.
    """

    text: str
    parts: tuple[Message, ...] = ()
    changes: tuple[str, ...] = ()

    @property
    def media(self) -> tuple[Message, ...]:
        """The parts that are no text."""
        return tuple(part for part in self.parts if _text_in(part) is None)


def read_content(content: object) -> Content:
    """Return what *content*, any JSON, says.  None says nothing."""
    if content is None:
        return Content(text="")
    if isinstance(content, str):
        settled = well_formed(content)
        return Content(text=settled, changes=() if settled == content else ("characters that are none were replaced",))
    if is_list(content):
        return _read_parts(content)
    return Content(text=well_formed(dump(content)), changes=("a content that was no text became one",))


def dump(value: object) -> str:
    """Return *value* as JSON text; what JSON can not say becomes a text in it, or nothing at all."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return _described(value)


def _described(value: object) -> str:
    try:
        return json.dumps(repr(value))
    except (ValueError, RecursionError):
        return json.dumps(f"({type(value).__name__})")


def _read_parts(items: list[object]) -> Content:
    parts: list[Message] = []
    changes: list[str] = []
    for item in items:
        part = _read_part(item)
        if part is None:
            changes.append("a part that is none was dropped")
            continue
        if part != item:
            changes.append("a part was written anew")
        parts.append(part)
    text = "".join(_text_in(part) or "" for part in parts)
    return Content(text=text, parts=tuple(parts), changes=tuple(dict.fromkeys(changes)))


def _read_part(item: object) -> Message | None:
    """Return *item* as a part that may be sent: one with a type, and in it nothing that JSON can not say."""
    if isinstance(item, str):
        return {"type": "text", "text": well_formed(item)}
    if not is_object(item):
        return None
    kind, text = item.get("type"), item.get("text")
    if (not isinstance(kind, str) or not kind) and isinstance(text, str):
        return {"type": "text", "text": well_formed(text)}
    if kind == "text" and not isinstance(text, str):
        return None if text is None else {"type": "text", "text": well_formed(dump(text))}
    return _settled(item)


def _settled(item: Mapping[str, object]) -> Message | None:
    try:
        return cast("Message", json.loads(settle_part(json.dumps(item, ensure_ascii=False, allow_nan=False))))
    except (TypeError, ValueError, RecursionError):
        return None


def _text_in(part: Message) -> str | None:
    """Return the text of a part that is one; a refusal is."""
    kind = part.get("type")
    text = part.get(kind) if kind in ("text", "refusal") else None
    return text if isinstance(text, str) else None
