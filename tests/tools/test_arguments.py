from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detent.tools import Refused
from detent.tools.arguments import parse

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), JSON))
def test_a_json_object_is_read_as_it_is(members: dict[str, object]) -> None:
    assert members == parse(json.dumps(members))
    assert members == parse(json.dumps(members, ensure_ascii=False))


@pytest.mark.parametrize("text", ["", "  \n", "{}"])
def test_a_blank_text_is_an_empty_object(text: str) -> None:
    assert {} == parse(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": ', "the arguments are not valid JSON: Expecting value at character 6"),
        ('{"a": NaN}', "the arguments are not valid JSON: NaN is not JSON"),
        ('{"a": -Infinity}', "the arguments are not valid JSON: -Infinity is not JSON"),
        ('{"a": 1e999}', "the arguments are not valid JSON: the number 1e999 is too large"),
        ('{"a": %s}' % ("9" * 5000), "the arguments are not valid JSON: a number has too many digits"),
        ('{"b": 0, "a": 1, "a": 2}', "the arguments are not valid JSON: the key 'a' is given twice"),
        ('{"a": [{"b": 1, "b": 2}]}', "the arguments are not valid JSON: the key 'b' is given twice"),
        ("[]", "the arguments must be one JSON object, not an array"),
        ('"{}"', "the arguments must be one JSON object, not a string"),
        ("1", "the arguments must be one JSON object, not a number"),
        ("1.5", "the arguments must be one JSON object, not a number"),
        ("true", "the arguments must be one JSON object, not a boolean"),
        ("null", "the arguments must be one JSON object, not null"),
    ],
)
def test_what_is_no_object_is_refused_in_words(text: str, message: str) -> None:
    assert Refused(message) == parse(text)


@pytest.mark.parametrize("text", ['{"a": "x\ud800"}', '{"a": "x\\ud800"}'])
def test_a_lone_surrogate_is_replaced(text: str) -> None:
    assert {"a": "x\ufffd"} == parse(text)


def test_a_surrogate_pair_is_the_character_it_means() -> None:
    assert {"a": "\U0001f600"} == parse('{"a": "\\ud83d\\ude00"}')


def test_keys_that_become_the_same_are_given_twice() -> None:
    found = parse('{"\\ud800": 1, "\\ud801": 2}')

    assert isinstance(found, Refused)
    assert "given twice" in found.message
