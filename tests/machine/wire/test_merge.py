"""Deltas of calls: whatever a host does with indexes, ids, names and arguments, the calls come out as they were meant."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from detent.machine.wire.calls import RawCall
from detent.machine.wire.merge import CallMerger

SIGNATURE = {"google": {"thought_signature": "AVSoXO4"}}
Entry = dict[str, Any]


def merged(*entries: Entry) -> tuple[RawCall, ...]:
    merger = CallMerger()
    for entry in entries:
        merger.take(entry)
    return merger.calls()


def entry(name: str | None = None, arguments: object = None, **more: object) -> Entry:
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    return {**more, "function": function}


def test_a_signature_alone_ends_on_the_call_of_its_index() -> None:
    calls = merged(entry("look", "{}", index=0), entry("pay", "{}", index=1), {"index": 0, "extra_content": SIGNATURE})

    assert [SIGNATURE, None] == [call.extra for call in calls]


def test_a_signature_alone_ends_on_the_call_of_its_id() -> None:
    calls = merged(entry("look", "{}", id="a"), entry("pay", "{}", id="b"), {"id": "a", "extra_content": SIGNATURE})

    assert [SIGNATURE, None] == [call.extra for call in calls]


def test_a_signature_without_index_and_id_ends_on_the_latest_call() -> None:
    calls = merged(entry("look", "{}"), {"extra_content": SIGNATURE}, entry("pay", "{}"))

    assert [SIGNATURE, None] == [call.extra for call in calls]


def test_a_signature_stays_when_the_call_goes_on() -> None:
    calls = merged(entry("look", "{", index=0, extra_content=SIGNATURE), entry(None, "}", index=0))

    assert [SIGNATURE] == [call.extra for call in calls]


def test_a_signature_beside_the_calls_goes_to_the_latest_that_has_none() -> None:
    merger = CallMerger()
    assert not merger.sign(SIGNATURE)
    merger.take(entry("look", "{}"))

    assert merger.sign(SIGNATURE)
    assert not merger.sign({"another": 1})
    assert [SIGNATURE] == [call.extra for call in merger.calls()]


def test_a_nameless_call_goes_on_with_the_incomplete_one_before_it() -> None:
    calls = merged(entry("look", '{"x"', index=0), entry(None, ":1}", index=1))

    assert [("look", '{"x":1}')] == [(call.name, call.arguments) for call in calls]


def test_a_call_of_nothing_is_none() -> None:
    assert () == merged({"index": 0}, {"index": 1, "id": "a", "function": {"arguments": ""}})


def test_one_tool_may_be_called_twice_without_arguments() -> None:
    calls = merged(entry("look", "", index=0, id="a"), entry("look", "", index=1, id="b"))

    assert ["a", "b"] == [call.host_id for call in calls]


def test_one_id_for_all_calls_does_not_make_them_one() -> None:
    calls = merged(entry("look", '{"x":1}', id="0"), entry("look", '{"x":2}', id="0"), entry("pay", "{}", id="0"))

    assert [("look", '{"x":1}'), ("look", '{"x":2}'), ("pay", "{}")] == [(call.name, call.arguments) for call in calls]


def test_another_name_is_another_call_once_there_are_arguments() -> None:
    calls = merged(entry("look", '{"x"', index=0), entry("pay", "{}", index=0))

    assert [("look", '{"x"'), ("pay", "{}")] == [(call.name, call.arguments) for call in calls]


# --- every form of every kind at once --------------------------------------------------------------------------------

NAMES = ("look", "get_weather", "edit_existing_file")
MEANT = st.lists(
    st.tuples(st.sampled_from(NAMES), st.dictionaries(st.sampled_from("abc"), st.text(max_size=6), min_size=1, max_size=3)),
    min_size=1,
    max_size=4,
)


@st.composite
def written(draw: st.DrawFn) -> tuple[list[tuple[str, str]], list[Entry]]:
    """Draw calls, and the entries in which a host of some kind sends them one after the other."""
    meant = [(name, json.dumps(given)) for name, given in draw(MEANT)]
    indexes = draw(st.sampled_from(["counted", "gaps", "zero", "none"]))
    ids = draw(st.sampled_from(["once", "repeated", "empty later", "each chunk"]))
    is_numbered = indexes in ("counted", "gaps")  # else a call that begins nameless can not be told from one that goes on
    names = draw(st.sampled_from(["once", "repeated", "late"] if is_numbered else ["once", "repeated"]))
    entries: list[Entry] = []
    for number, (name, text) in enumerate(meant):
        cuts = sorted(draw(st.lists(st.integers(1, max(1, len(text) - 1)), max_size=3, unique=True)))
        pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
        if draw(st.booleans()) or names == "late":
            pieces = ["", *pieces]
        for place, piece in enumerate(pieces):
            made = entry(arguments=piece)
            if names == "repeated" or place == (names == "late"):
                made["function"]["name"] = name
            if indexes != "none":
                made["index"] = {"counted": number, "gaps": 3 * number + 1, "zero": 0}[indexes]
            if place == 0 or ids in ("repeated", "each chunk"):
                made["id"] = f"id{number}" if ids != "each chunk" else f"id{number}.{place}"
            elif ids == "empty later":
                made["id"] = ""
            entries.append(made)
    return meant, entries


@given(written())
def test_calls_come_out_as_they_were_meant(case: tuple[list[tuple[str, str]], list[Entry]]) -> None:
    meant, entries = case

    assert meant == [(call.name, call.arguments) for call in merged(*entries)]


JSON = st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.sampled_from([[], [1], {}, {"a": [1]}])
ANY_ENTRY = st.fixed_dictionaries(
    {},
    optional={
        "index": JSON,
        "id": JSON,
        "type": JSON,
        "extra_content": JSON,
        "custom": JSON,
        "function": JSON | st.fixed_dictionaries({}, optional={"name": JSON, "arguments": JSON}),
    },
)


@given(st.lists(ANY_ENTRY, max_size=6))
def test_any_entries_give_calls(entries: list[Entry]) -> None:
    for call in merged(*entries):
        assert isinstance(call.name, str)


def test_an_index_that_comes_late_goes_by_the_id() -> None:
    calls = merged(entry("look", '{"x"', id="a"), entry(None, ":1}", id="a", index=0))

    assert [("look", '{"x":1}')] == [(call.name, call.arguments) for call in calls]


def test_arguments_that_only_look_complete_are_not() -> None:
    calls = merged(entry("look", "{x}", index=0), entry("look", "{x}", index=0))

    assert ["{x}{x}"] == [call.arguments for call in calls]


def test_a_name_said_again_behind_whole_arguments_changes_nothing() -> None:
    calls = merged(entry("look", "{}", index=0), entry("look", "", index=0), entry("look", '""', index=0))

    assert [("look", '{}""')] == [(call.name, call.arguments) for call in calls]
