from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detent.cli.plain import arguments, in_one_line, plain, value


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;a title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("cut \x1b[3", "cut [3"),
        ("\x1bc\x07\x08\x7f\x9b2J", "c2J"),
        ("over\rwritten\r\n", "overwritten\n"),
        ("\u202egnorw\u202c \u2066x\u2069", "gnorw x"),
        ("漢字 ünïcödé 👍", "漢字 ünïcödé 👍"),
    ],
)
def test_what_could_steer_a_terminal_is_taken_out(text: str, shown: str) -> None:
    assert shown == plain(text)


@given(st.lists(st.text(st.characters(max_codepoint=0x2100))))
def test_no_control_character_is_left_however_a_text_is_cut(pieces: list[str]) -> None:
    shown = "".join(map(plain, pieces))

    assert not any((ord(each) < 32 and each not in "\n\t") or 127 <= ord(each) < 160 for each in shown)


@pytest.mark.parametrize(
    ("text", "line"),
    [("", ""), ("one", "one"), ("\n one\n\ntwo\n", "one (+1 line)"), ("a\nb\nc", "a (+2 lines)"), ("a\tb", "a b")],
)
def test_a_result_is_told_by_its_first_line(text: str, line: str) -> None:
    assert line == in_one_line(text)


def test_arguments_read_like_a_call() -> None:
    assert 'city="Oslo", days=3, deep={"a": [null]}' == arguments({"city": "Oslo", "days": 3, "deep": {"a": [None]}})
    assert '{"cut": off' == arguments('{"cut":\n off')


def test_what_a_person_decides_by_is_escaped_and_not_left_out() -> None:
    assert '"rm \\u001b[8m-rf\\u202e"' == value("rm \x1b[8m-rf\u202e")
