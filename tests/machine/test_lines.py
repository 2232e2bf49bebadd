"""Conversations as JSON lines: what was cut off, edited or put elsewhere is named by its line, and old files stay readable."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from own_machines import guarded, reviewing
from record_journals import FOLDER, SCENES
from scenes import answer, call, calls, said
from strategies import conversations

from detent import Conversation, Machine, MemoryJournal, dumps, loads, replay
from detent.errors import FormatError
from detent.machine.lines import read_lines, written_lines
from detent.states import EVENTS, Event
from detent.states.events import Opened, Prepared, ToolReturned

EVENTS_OF_A_RUN = (
    Opened(conversation_id="a"),
    said("one"),
    Prepared(),
    calls(call("look")),
    ToolReturned(call_id="call00000", content="seen"),
    Prepared(),
    answer("first"),
)
LINES = list(written_lines("a", EVENTS_OF_A_RUN))
CORPUS = sorted((Path(__file__).parents[1] / "data" / "journals").glob("v*/*.jsonl"))


@given(conversations())
def test_what_was_written_is_read_back(made: tuple[Conversation, tuple[Event, ...]]) -> None:
    record, events = made

    read = read_lines(written_lines("some id", events))

    assert ("some id", events) == (read.conversation_id, read.events)
    assert dumps(record) == dumps(read.record)


def test_a_line_is_one_json_object_with_its_version_and_number() -> None:
    head, *below = [json.loads(line) for line in LINES]

    assert {"version": 1, "conversation": "a", "events": 7} == {key: head[key] for key in ("version", "conversation", "events")}
    assert [(1, seq, type(event).__name__) for seq, event in enumerate(EVENTS_OF_A_RUN)] == [
        (line["version"], line["seq"], line["event"]["type"]) for line in below
    ]
    assert all(line.endswith(b"\n") and 1 == line.count(b"\n") for line in LINES)


def test_text_and_bytes_with_any_line_ends_are_read() -> None:
    texts = [line.decode().replace("\n", "\r\n") for line in LINES]

    assert EVENTS_OF_A_RUN == read_lines([*texts, "\r\n", ""]).events


def changed(place: int, change: Callable[[str], str]) -> list[bytes]:
    return [change(line.decode()).encode() if number == place else line for number, line in enumerate(LINES, start=1)]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "line 1: an export begins with"),
        ([b"\n", b""], "line 1: an export begins with"),
        (LINES[1:], "line 1: .*digest does not fit"),
        (LINES[:-1], "line 8: the end; only 6 of 7 events are here, the rest was cut off"),
        (LINES[:1], "line 2: the end; only 0 of 7"),
        ([*LINES[:4], LINES[4][:-20]], "line 5: not JSON, perhaps cut off"),
        ([*LINES[:3], *LINES[4:]], "line 4: .*digest does not fit"),
        ([*LINES[:3], LINES[4], LINES[3], *LINES[5:]], "line 4: .*digest"),
        ([*LINES, LINES[-1]], "line 9: .*digest"),
        ([*LINES[:2], b"\n", LINES[2][:-9], *LINES[3:]], "line 4: not JSON"),
        ([b"[]", *LINES], "line 1: a JSON object is wanted"),
        ([b"\xff\xfe", *LINES], "line 1: not JSON"),
        ([b"{}", *LINES], "line 1: not a stored line: its version is None, not a number"),
        (changed(1, lambda line: line.replace('"conversation":"a"', '"conversation":"b"')), "line 1: .*digest"),
        (changed(5, lambda line: line.replace("look", "book")), "line 5: .*digest"),
        (changed(6, lambda line: line.replace("seen", "sent")), "line 6: .*digest"),
        (changed(3, lambda line: line.replace('"digest"', '"digits"')), "line 3: .*digest"),
        (
            changed(3, lambda line: line.replace('"version":1', '"version":2')),
            "line 3: this line is of format 2.*upgrade detent",
        ),
        (changed(3, lambda line: line.replace('"version":1', '"version":true')), "line 3: .*its version is True"),
        (changed(3, lambda line: line.replace('"version":1', '"version":0')), "line 3: this line is of format 0"),
    ],
)
def test_what_is_not_as_it_was_written_is_refused_and_the_line_named(lines: list[bytes], message: str) -> None:
    with pytest.raises(FormatError, match=message):
        read_lines(lines)


@given(st.integers(0, len(b"".join(LINES)) - 1), st.integers(1, 255))
def test_no_byte_can_change_unnoticed(place: int, flip: int) -> None:
    data = bytearray(b"".join(LINES))
    data[place] ^= flip
    read = None
    with suppress(FormatError):
        read = read_lines(bytes(data).splitlines(keepends=True))

    # What is read all the same has changed in white space only, or in how a character is escaped.
    assert read is None or ("a", EVENTS_OF_A_RUN) == (read.conversation_id, read.events)


def forged(*lines: Mapping[str, object]) -> list[bytes]:
    """Return *lines* with digests that fit, as another writer of the format would make them."""
    made: list[bytes] = []
    digest = ""
    for line in lines:
        text = json.dumps(line, separators=(",", ":"), ensure_ascii=False)
        digest = hashlib.sha256((digest + text).encode()).hexdigest()[:16]
        made.append(json.dumps({**line, "digest": digest}).encode())
    return made


HEAD: dict[str, object] = {"version": 1, "conversation": "a", "events": 2}
OPENED: dict[str, object] = {"version": 1, "seq": 0, "event": {"conversation_id": "a", "type": "Opened"}}
PREPARED: dict[str, object] = {"version": 1, "seq": 1, "event": {"type": "Prepared"}}


def test_another_writer_may_make_the_digests() -> None:
    spoken = {"version": 1, "seq": 1, "event": {"message": {"content": "héllo"}, "type": "UserSaid"}}

    assert (Opened(conversation_id="a"), said("héllo")) == read_lines(forged(HEAD, OPENED, spoken)).events


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (forged(HEAD, OPENED, {**PREPARED, "seq": 2}), "line 3: event 1 is wanted here, not 2"),
        (forged(HEAD, OPENED, {**PREPARED, "event": {"type": "Prepped"}}), "line 3: not a stored event"),
        (forged(HEAD, OPENED, {**PREPARED, "event": {"type": "Prepared", "spares": -1}}), "line 3: not a stored event"),
        (forged(HEAD, OPENED, {"version": 1, "seq": 1}), "line 3: not a stored event"),
        (forged(HEAD, OPENED, PREPARED), "line 3: Prepared is not legal while done"),
        (forged({**HEAD, "events": 1}, OPENED, PREPARED), "line 3: the head says that there are 1 events"),
        (forged({**HEAD, "events": "2"}, OPENED, PREPARED), "line 1: an export begins with"),
        (forged({**HEAD, "conversation": None}, OPENED, PREPARED), "line 1: an export begins with"),
    ],
)
def test_lines_that_say_what_can_not_be_are_refused(lines: list[bytes], message: str) -> None:
    with pytest.raises(FormatError, match=message):
        read_lines(lines)


@pytest.fixture(scope="module", autouse=True)
def recorded_machine() -> Machine:
    """The machine by which one of the recorded runs went."""
    return guarded(reviewing(), name="recorded")


@pytest.mark.anyio
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: f"{path.parent.name}-{path.stem}")
async def test_journals_that_were_recorded_stay_readable_and_fold_to_the_same_record(path: Path) -> None:
    journal = MemoryJournal()
    with path.open("rb") as lines:
        name = await journal.restore(lines)

    expected = path.with_suffix(".json").read_bytes()
    assert expected == dumps(await journal.load(name))
    assert loads(expected) == replay(await journal.read(name))


def test_there_is_a_recording_of_every_scene_and_every_kind_of_event() -> None:
    recorded = {type(event) for path in CORPUS for event in read_lines(path.read_bytes().splitlines()).events}

    assert set(SCENES) == {path.stem for path in FOLDER.glob("*.jsonl")}
    assert set(EVENTS) == recorded
