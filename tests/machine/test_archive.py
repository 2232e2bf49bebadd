"""Titles; `sql/test_journal.py` asks the rest of every journal."""

from __future__ import annotations

import json

import pytest
from scenes import answer, said

from detent import Conversation, replay
from detent.machine.archive import title_of
from detent.states.events import Opened, Prepared, UserSaid
from detent.states.messages import Part, UserMessage

PICTURE = Part("image_url", json.dumps({"type": "image_url", "image_url": {"url": "https://x/y.png"}}))


def spoken(*parts: Part) -> Conversation:
    return replay([UserSaid(message=UserMessage(content=parts))])


@pytest.mark.parametrize(
    ("record", "title"),
    [
        (Conversation(), ""),
        (replay([Opened(conversation_id="a")]), ""),
        (replay([said("  What\n is\tthis? ")]), "What is this?"),
        (replay([said("x" * 80)]), "x" * 80),
        (replay([said("x" * 81)]), "x" * 79 + "…"),
        (Conversation.from_messages([{"role": "user", "content": "first"}, {"role": "assistant", "content": "yes"}]), "first"),
        (spoken(PICTURE), ""),
        (spoken(PICTURE, Part("text", '{"type": "text", "text": "and what"}'), Part("text", '{"type": "text"}')), "and what"),
    ],
)
def test_a_title_is_how_the_first_words_of_the_user_begin(record: Conversation, title: str) -> None:
    assert title == title_of(record)


def test_an_answer_is_no_title() -> None:
    assert "hi" == title_of(replay([said("hi"), Prepared(), answer("an answer")]))
