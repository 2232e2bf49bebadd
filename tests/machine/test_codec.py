"""`dumps`, `loads`: what is stored is what was there (I10)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from strategies import conversations, events

from detent import Conversation, dumps, loads
from detent.errors import FormatError
from detent.machine.codec import VERSION, dump_event, load_event
from detent.states import Event


@given(conversations())
def test_a_record_comes_back_equal_and_gives_the_same_bytes(made: tuple[Conversation, tuple[Event, ...]]) -> None:
    conversation, _ = made

    assert conversation == loads(dumps(conversation))
    assert dumps(conversation) == dumps(loads(dumps(conversation)))


@given(events())
def test_an_event_comes_back_equal(event: Event) -> None:
    assert event == load_event(dump_event(event))


def test_the_format_carries_its_version_and_leaves_out_defaults() -> None:
    assert {"version": VERSION, "conversation": {"id": "a"}} == json.loads(dumps(Conversation(id="a")))


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        (b"", "not a stored conversation"),
        (b"[]", '"version" and "conversation" is wanted'),
        (b"{}", '"version" and "conversation" is wanted'),
        (b'{"version": "1", "conversation": {}}', '"version" and "conversation" is wanted'),
        (b'{"version": 99, "conversation": {}}', "upgrade detent"),
        (b'{"version": 1, "conversation": []}', "not a stored conversation"),
        (b'{"version": 1, "conversation": {"state": "asleep"}}', "conversation.state"),
        (b'{"version": 1, "conversation": {"sate": "done"}}', "sate"),
        (b'{"version": 1, "conversation": {"history": [{"type": "Nobody"}]}}', "history[0]"),
        (b'{"version": 1, "conversation": {"history": [{"type": "UserMessage", "content": ""}]}}', "history[0]"),
        (b'{"version": 1, "conversation": {"run": {"limits": {"rounds": 0}}}}', "run.limits"),
        (dumps(Conversation(id="a"))[:-2], "not a stored conversation"),
    ],
)
def test_what_is_no_record_is_refused_and_the_place_is_named(stored: bytes, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        loads(stored)

    assert message in str(caught.value)


def test_a_record_is_no_event() -> None:
    with pytest.raises(FormatError, match='"version" and "event"'):
        load_event(dumps(Conversation()))
