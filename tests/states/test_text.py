"""Texts, names and argument strings, made fit for a history."""

from __future__ import annotations

import json
import time

import pytest
from history_oracle import judge
from hypothesis import given
from strategies import BAD_ARGUMENTS, SOUND_ARGUMENTS, argument_texts, texts

from detent.states.text import legal_name, settle_arguments, settle_json, well_formed


def nested(depth: int) -> str:
    return '{"a": ' + "[" * depth + "]" * depth + "}"


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("", ""),
        ("é😀", "é😀"),
        ("a\ufffdb", "a\0b"),
        ("\ufffd", "\ud83d"),
        ("\ufffdb", "\udc00b"),
        ("😀", "\ud83d\ude00"),
        ("\ufffd😀\ufffd", "\ud83d\ud83d\ude00\0"),
    ],
)
def test_a_text_loses_lone_surrogates_and_nuls_only(expected: str, text: str) -> None:
    assert expected == well_formed(text)


@given(texts)
def test_a_well_formed_text_can_be_encoded_and_stays_as_it_is(text: str) -> None:
    settled = well_formed(text)

    assert settled == settled.encode().decode()
    assert "\0" not in settled
    assert settled == well_formed(settled)


@pytest.mark.parametrize(
    ("expected", "name"),
    [
        ("look", "look"),
        ("a_b", "a b"),
        ("functions_look_0", "functions.look:0"),
        ("na_ve", "naïve"),
        ("look_", "look\n"),
        ("unnamed", ""),
        ("_", "\ud800"),
        ("x" * 64, "x" * 65),
    ],
)
def test_a_name_is_made_of_what_hosts_accept(expected: str, name: str) -> None:
    assert expected == legal_name(name)


@given(texts)
def test_a_legal_name_stays_as_it_is(name: str) -> None:
    assert legal_name(name) == legal_name(legal_name(name))


@pytest.mark.parametrize("text", [text for text in SOUND_ARGUMENTS if "\\ud83d" not in text[:13] and "\\udc00" not in text])
def test_sound_arguments_stay_byte_for_byte(text: str) -> None:
    assert (text, None) == settle_arguments(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "\\ud83d\\ude00"}',
        '{"a":"C:\\\\ud800", "b":1.10}',
        '{"a":"C:\\\\u0000x"}',
    ],
)
def test_what_only_looks_like_a_hidden_surrogate_or_nul_stays_byte_for_byte(text: str) -> None:
    assert (text, None) == settle_arguments(text)


def test_a_hidden_surrogate_beside_what_only_looks_like_a_nul_is_replaced() -> None:
    assert ('{"a": "C:\\\\u0000x", "b": "\ufffd"}', None) == settle_arguments('{"a": "C:\\\\u0000x", "b": "\\ud800"}')


@pytest.mark.parametrize("text", ["[" * 101 + '"\\' * 20_000, "[" * 101 + '"' + '\\"' * 20_000, "{" * 40_000, '["\n' * 20_000])
def test_hopeless_arguments_are_read_in_no_time(text: str) -> None:
    began = time.process_time()

    assert settle_arguments(text)[1] is not None
    assert 1.0 > time.process_time() - began


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ('{"a": "\ufffd"}', '{"a": "\\ud83d"}'),
        ('{"\ufffd": ["\ufffdx", 1]}', '{"\\udc00": ["\\ud800x", 1]}'),
        ('{"é": "\ufffd"}', '{"\\u00e9": "\\udfff"}'),
    ],
)
def test_a_lone_surrogate_hidden_in_an_escape_is_replaced(expected: str, text: str) -> None:
    assert (expected, None) == settle_arguments(text)


@pytest.mark.parametrize("text", BAD_ARGUMENTS)
def test_what_is_no_object_has_a_problem(text: str) -> None:
    assert settle_arguments(text)[1] is not None


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("the arguments are not valid JSON: Expecting value at character 0", ""),
        ("the arguments are not valid JSON: Expecting value at character 5", '{"a":'),
        ("the arguments are not valid JSON: Extra data at character 8", '{"a": 1}{"b": 2}'),
        ("the arguments are not valid JSON: the key 'a' is given twice", '{"b": 1, "a": 1, "a": 2}'),
        ("the arguments are not valid JSON: NaN is not JSON", '{"a": NaN}'),
        ("the arguments must be one JSON object, not an array", "[]"),
        ("the arguments must be one JSON object, not a string", '"x"'),
        ("the arguments must be one JSON object, not a number", "7"),
        ("the arguments must be one JSON object, not a number", "7.5"),
        ("the arguments must be one JSON object, not a boolean", "true"),
        ("the arguments must be one JSON object, not null", "null"),
        ("the arguments are nested too deeply", nested(100_000)),
    ],
)
def test_a_problem_says_what_is_wrong(expected: str, text: str) -> None:
    assert expected == settle_arguments(text)[1]


def test_bad_arguments_are_kept_as_written() -> None:
    assert '{"a": ' == settle_arguments('{"a": ')[0]


def test_bad_arguments_are_made_well_formed() -> None:
    assert "{\ufffd" == settle_arguments("{\ud800")[0]


@pytest.mark.parametrize(
    "text",
    [
        '{"\\ud800": 1, "\\ud801": 2}',
        '{"\ud800": 1, "\ud801": 2}',
        '{"a": 1e400, "b": "\\ud800"}',
        '{"a": "\\ud800", "b": 12345678901234567890123}',
    ],
)
def test_replacing_surrogates_leaves_arguments_sound_or_says_so(text: str) -> None:
    settled, problem = settle_arguments(text)

    assert problem is not None or [] == _judged(settled)


@given(argument_texts)
def test_arguments_without_a_problem_are_one_object_that_every_host_reads(text: str) -> None:
    settled, problem = settle_arguments(text)

    assert problem is not None or [] == _judged(settled)


@given(argument_texts)
def test_settled_arguments_stay_as_they_are(text: str) -> None:
    settled, problem = settle_arguments(text)

    assert problem is not None or (settled, None) == settle_arguments(settled)


@pytest.mark.parametrize("depth", [90, 500, 900, 950, 980])
def test_the_verdict_on_nested_arguments_does_not_depend_on_the_callers_stack(depth: int) -> None:
    def deeper(frames: int) -> str | None:
        return deeper(frames - 1) if frames else settle_arguments(nested(depth))[1]

    assert settle_arguments(nested(depth))[1] == deeper(300)


def test_arguments_may_be_nested_as_deep_as_any_real_ones() -> None:
    assert settle_arguments(nested(30))[1] is None


@pytest.mark.parametrize("text", [*SOUND_ARGUMENTS[:4], "null", " 7 ", '"\\u00e9"', "[1e400, true]"])
def test_sound_json_stays_byte_for_byte(text: str) -> None:
    assert text == settle_json(text)


@pytest.mark.parametrize(("expected", "text"), [('"\ufffd"', '"\\ud83d"'), ('["\ufffd"]', '["\\u0000"]'), ('"\ufffd"', '"\0"')])
def test_json_hides_no_surrogate_and_no_nul(expected: str, text: str) -> None:
    assert expected == settle_json(text)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("the text is not valid JSON: Expecting value at character 0", ""),
        ("the text is not valid JSON: NaN is not JSON", "NaN"),
        ("the text is not valid JSON: the key 'a' is given twice", '{"a": 1, "a": 2}'),
        ("the text is nested too deeply", nested(101)),
    ],
)
def test_what_is_no_json_is_named(expected: str, text: str) -> None:
    with pytest.raises(ValueError) as raised:
        settle_json(text)

    assert expected == str(raised.value)


def _judged(arguments: str) -> list[object]:
    call = {"id": "call00000", "type": "function", "function": {"name": "look", "arguments": arguments}}
    history = [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call00000", "content": json.dumps(None)},
    ]
    return [*judge(history)]
