"""The text and the reasoning in a message's fields, in the forms in which hosts write them."""

from __future__ import annotations

import re
from typing import Final, cast

from attrs import define, field, frozen

from .parsing import fields, items, word

__all__ = ["Delta", "ThinkingFilter", "reasoning_of", "split_thinking", "text_of", "thoughts_of"]


@frozen
class Delta:
    """A piece that a person may be shown at once: *kind* is `text`, `reasoning` or `call`.

    Of a call, *text* is a piece of its arguments, *place* its place among the reply's calls and *tool* its name as far as
    it came.  That is a preview: what the call is, is known when the stream has ended well.
    """

    kind: str
    text: str
    place: int = 0
    tool: str = ""


_THOUGHTS: Final = frozenset({"thinking", "reasoning"})


def text_of(content: object) -> str:
    """Return the text of a content: a string, or the text parts of a list, thoughts apart."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = cast("list[object]", content)
    return "".join(
        part if isinstance(part, str) else word(fields(part).get("text"))
        for part in parts
        if fields(part).get("type") not in _THOUGHTS
    )


def thoughts_of(content: object) -> str:
    """Return the thoughts among the parts of a content (Mistral's `thinking` chunks)."""
    return "".join(_plain(part) for part in items(content) if part.get("type") in _THOUGHTS)


def reasoning_of(message: dict[str, object]) -> str:
    """Return the reasoning of a message or a delta; where a host sends it under several names, once."""
    for key in ("reasoning_content", "reasoning", "reasoning_details", "thinking_blocks"):
        value = message.get(key)
        if value and (text := _plain(value)):
            return text
    return ""


def _plain(value: object) -> str:
    """Return the text in a reasoning value: a string, or objects that hold it under one of several names."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(part if isinstance(part, str) else _named_text(fields(part)) for part in cast("list[object]", value))
    return _named_text(fields(value))


def _named_text(part: dict[str, object]) -> str:
    for key in ("text", "thinking", "summary", "content"):
        value = part.get(key)
        if value:
            return value if isinstance(value, str) else text_of(value)
    return ""


# --- thoughts between tags in the text -------------------------------------------------------------------------------

_OPENING: Final = re.compile(r"\s*<(think|thinking|thought)>")
_LATE_CLOSING: Final = re.compile(r"\n</think>[ \t]*\n[ \t]*\n\s*")


def split_thinking(text: str) -> tuple[str, str]:
    """Return the thoughts that begin *text* between `<think>` tags, and the text that is left.

    Thoughts that never end are all there is.  A chat template may have written the opening tag itself: then a line with
    the closing tag alone, followed by an empty line, ends them.  A tag anywhere else is part of the text.
    """
    thoughts: list[str] = []
    while opening := _OPENING.match(text):
        thought, closed, text = text[opening.end() :].partition(f"</{opening[1]}>")
        thoughts.append(thought)
        text = text.lstrip() if closed else ""
    if not thoughts and "</think>" in text:
        return _split_at_late_closing(text)
    return "".join(thoughts), text


def _split_at_late_closing(text: str) -> tuple[str, str]:
    closing = _LATE_CLOSING.search(text)
    if closing is None or text.count("</think>") > 1 or "<think>" in text or "```" in text[: closing.start()]:
        return "", text
    return text[: closing.start()], text[closing.end() :]


@define(eq=False)
class ThinkingFilter:
    """Sorts the pieces of a streamed text into text and thoughts as `split_thinking` does the whole, as far as one can tell."""

    _held: str = field(default="", init=False)
    _tag: str = field(default="", init=False)
    _has_thought: bool = field(default=False, init=False)
    _is_text: bool = field(default=False, init=False)

    def feed(self, piece: str) -> list[Delta]:
        """Return what of the text so far may be shown now."""
        if self._is_text:
            return [Delta("text", piece)]
        self._held += piece
        return self._in_thoughts() if self._tag else self._before_text()

    def rest(self) -> list[Delta]:
        """Return what was held back when the text is over."""
        held, self._held = self._held, ""
        if self._has_thought and not self._tag:
            held = held.lstrip()
        return [Delta("reasoning" if self._tag else "text", held)] if held else []

    def _before_text(self) -> list[Delta]:
        if opening := _OPENING.match(self._held):
            self._tag, self._held, self._has_thought = opening[1], self._held[opening.end() :], True
            return self._in_thoughts()
        if _may_become_an_opening(self._held):
            return []
        self._is_text = True
        return self.rest()

    def _in_thoughts(self) -> list[Delta]:
        closing = f"</{self._tag}>"
        thought, closed, after = self._held.partition(closing)
        if closed:
            self._tag, self._held = "", after
            return ([Delta("reasoning", thought)] if thought else []) + self._before_text()
        kept = next((size for size in range(len(closing) - 1, 0, -1) if thought.endswith(closing[:size])), 0)
        end = len(thought) - kept
        self._held = thought[end:]
        return [Delta("reasoning", thought[:end])] if end else []


def _may_become_an_opening(text: str) -> bool:
    begun = text.lstrip()
    return any(tag.startswith(begun) for tag in ("<think>", "<thinking>", "<thought>"))
