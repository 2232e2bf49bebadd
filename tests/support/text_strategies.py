"""Texts, arguments and JSON for Hypothesis, the nasty ones among them."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from detent.states.text import settle_json

__all__ = [
    "BAD_ARGUMENTS",
    "HOST_IDS",
    "NAMES",
    "NASTY_TEXTS",
    "SOUND_ARGUMENTS",
    "argument_texts",
    "json_texts",
    "json_values",
    "maybe_texts",
    "texts",
]

NASTY_TEXTS = (
    "",
    " ",
    "\n\t",
    "\0",
    "\ud800",
    "a\udc00b",
    "\ud83d\ude00",
    "é😀",
    "{}",
    "<|call|>",
    "x" * 700,
    "\u2028",
    "\x7f",
)

SOUND_ARGUMENTS = (
    "{}",
    ' {"a": 1}\n',
    '{"a": {"b": [1, 2.5, null, true]}}',
    '{"é": "\\u00e9\\n"}',
    '{"a": 1e400}',
    '{"a": "\\ud83d\\ude00"}',
    '{"a": "\\ud83d"}',
    '{"\\udc00": ["\\ud800x"]}',
    '{"": ""}',
    '{"a": 12345678901234567890123}',
)
"""Arguments that are one JSON object, hidden lone surrogates included."""

BAD_ARGUMENTS = (
    "",
    "null",
    "7",
    "2.5",
    "true",
    "[]",
    '"{}"',
    "{",
    '{"a": ',
    '{"a": 1',
    '{"a": 1}}',
    '{"a": 1}{"b": 2}',
    '{"a": 1, "a": 2}',
    '{"a": NaN}',
    '{"a": -Infinity}',
    "{'a': 1}",
    "\ud800",
    '{"a": ' + "9" * 5000 + "}",
    "not json <|call|>",
)
"""Arguments that are not."""

NAMES = ("", "look", "pay", "a b", "functions.look", "x" * 64, "x" * 70, "naïve", "\ud800", "a\0b", "look\n", "-", "<|call|>")
HOST_IDS = ("", "0", "call_1", "call_1", "call00000", "x" * 90, "functions.look:0", "\ud800", "id\0")

texts: st.SearchStrategy[str] = st.sampled_from(NASTY_TEXTS) | st.text(st.characters(exclude_categories=()), max_size=12)
argument_texts: st.SearchStrategy[str] = st.sampled_from(SOUND_ARGUMENTS) | st.sampled_from(BAD_ARGUMENTS) | texts
maybe_texts: st.SearchStrategy[str | None] = st.none() | texts

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**20) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
"""Any JSON."""


def _can_be_kept(text: str) -> bool:
    try:
        settle_json(text)
    except ValueError:  # two keys that differ only in what is no character
        return False
    return True


json_texts: st.SearchStrategy[str] = st.sampled_from(('"\\ud800"', ' {"a": [1e400]}\n', "null", "true")) | json_values.map(
    json.dumps
).filter(_can_be_kept)
"""JSON of any type, as text."""
