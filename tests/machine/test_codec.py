"""`dumps`, `loads`: what is stored is what was there (I10)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from journal_page import PAGE, page_with_fields
from scenes import AGAIN, WHICH, after, asking, awaiting_approval, call, gated, picture
from strategies import conversations, events

from detent import Conversation, dumps, loads
from detent.errors import FormatError
from detent.machine.codec import VERSION, dump_event, entries_of, event_of, json_of, load_event, parsed
from detent.states import EVENTS, Event, Limits, Usage, effects
from detent.states.events import Answered, Approved, ToolReturned, UserSaid
from detent.states.messages import UserMessage

EDITED = Approved(call_id="call00000", arguments='{"a": 2}')


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


def test_images_questions_answers_and_edited_arguments_are_kept() -> None:
    returned = ToolReturned(call_id="call00000", content="", parts=(picture(),), usage=Usage(prompt=3, model_calls=1))
    approved = Approved(call_id="call00001", arguments='{"a": 2}')
    asked = (asking(1, WHICH, usage=Usage(cost=0.5)), Answered(call_id="call00001", answer='"b"'), asking(1, AGAIN))
    conversation = after(awaiting_approval(call(), gated()), approved, returned, *asked)

    assert conversation == loads(dumps(conversation))
    assert effects(conversation) == effects(loads(dumps(conversation)))
    assert [asked[0], returned, approved] == [load_event(dump_event(event)) for event in (asked[0], returned, approved)]
    assert 1 == dumps(conversation).count(b"data:a")


def test_an_event_that_says_no_more_than_it_used_to_is_stored_as_it_used_to_be() -> None:
    stored = b'{"version":1,"event":{"call_id":"call00000","content":"4","type":"ToolReturned"}}'
    event = ToolReturned(call_id="call00000", content="4")

    assert event == load_event(stored)
    assert json.loads(stored) == json.loads(dump_event(event))
    assert ["arguments"] == [key for key in json.loads(dump_event(EDITED))["event"] if key not in ("type", "call_id")]


@pytest.mark.parametrize(
    ("event", "place"),
    [
        (b'{"type": "Approved", "call_id": "x", "arguments": "[]"}', "@ event"),
        (b'{"type": "Answered", "call_id": "x", "answer": "{"}', "@ event"),
        (b'{"type": "ToolAsked", "call_id": "x", "ask": {"question": "?", "schema": "{"}}', "event.ask"),
        (b'{"type": "ToolReturned", "call_id": "x", "content": "", "parts": [{"kind": "a", "json": "{}"}]}', "event.parts[0]"),
        (b'{"type": "ToolReturned", "call_id": "x", "content": "", "usage": {"prompt": -1}}', "event.usage"),
    ],
)
def test_what_is_no_event_is_refused_and_the_place_is_named(event: bytes, place: str) -> None:
    with pytest.raises(FormatError) as caught:
        load_event(b'{"version": 1, "event": ' + event + b"}")

    assert place in str(caught.value)


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        (b"", "not a stored conversation"),
        (b"[]", '"version" and "conversation" is wanted'),
        (b"{}", '"version" and "conversation" is wanted'),
        (b'{"version": "1", "conversation": {}}', "its version is '1', not a number"),
        (b'{"version": true, "conversation": {}}', "its version is True, not a number"),
        (b'{"version": 0, "conversation": {}}', "of format 0"),
        (b'{"version": 99, "conversation": {}}', "upgrade detent"),
        (b'{"version": 1, "conversation": []}', "not a stored conversation"),
        (b'{"version": 1, "conversation": {"state": "asleep"}}', "asleep"),
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


@given(conversations())
def test_entries_and_events_come_back_from_bare_json(made: tuple[Conversation, tuple[Event, ...]]) -> None:
    record, taken = made

    assert record.history == entries_of(parsed(json_of(record.history), "history"), VERSION)
    assert taken == tuple(event_of(parsed(json_of(event), "event"), VERSION) for event in taken)


@pytest.mark.parametrize("version", [0, 2, "1", None, True])
def test_bare_json_of_another_version_is_refused(version: object) -> None:
    for read in (event_of, entries_of):
        with pytest.raises(FormatError, match=r"format|version"):
            read([], version)


def test_a_number_that_readers_of_json_do_not_agree_on_is_refused_before_it_is_stored() -> None:
    huge = UserSaid(message=UserMessage(content="hi"), limits=Limits(tool_calls=2**70))
    for write in (dump_event, json_of):
        with pytest.raises(FormatError, match="can not be stored as JSON: Integer exceeds 64-bit range"):
            write(huge)


def test_the_page_of_the_documentation_names_the_fields_as_they_are() -> None:
    page = PAGE.read_text("utf-8")

    assert page == page_with_fields(page)
    assert [] == [kind for kind in EVENTS if f"| `{kind.__name__}` |" not in page]


def test_a_record_is_no_event() -> None:
    with pytest.raises(FormatError, match='"version" and "event"'):
        load_event(dumps(Conversation()))
