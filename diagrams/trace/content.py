"""What a message says, as text: parts that are none are named."""

from __future__ import annotations

import json

from ...states.messages import Part, UserMessage
from ...states.shapes import is_object

__all__ = ["files_in", "text_of"]


def text_of(message: UserMessage) -> str:
    """Return what the message says; an image or a file stands as `[image_url]`."""
    return message.content if isinstance(message.content, str) else "\n".join(map(_text, message.content))


def files_in(parts: tuple[Part, ...]) -> str:
    """Return the kinds of *parts*, separated by commas: `image_url, file`."""
    return ", ".join(part.kind for part in parts)


def _text(part: Part) -> str:
    read: object = json.loads(part.json)
    text = read.get("text") if is_object(read) else None
    return text if part.kind == "text" and isinstance(text, str) else f"[{part.kind}]"
