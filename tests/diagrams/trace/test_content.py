"""What a message says, as text."""

from __future__ import annotations

from detent.diagrams.trace.content import files_in, text_of
from detent.states.messages import Part, UserMessage

PICTURE = Part("image_url", '{"type": "image_url", "image_url": {"url": "data:a"}}')


def test_a_text_is_itself() -> None:
    assert "hi" == text_of(UserMessage(content="hi"))


def test_parts_are_read_and_what_is_no_text_is_named() -> None:
    message = UserMessage(
        content=(Part("text", '{"type": "text", "text": "Look:"}'), PICTURE, Part("text", '{"type": "text"}'))
    )

    assert "Look:\n[image_url]\n[text]" == text_of(message)
    assert "image_url, image_url" == files_in((PICTURE, PICTURE))
