"""How results are put into words."""

from __future__ import annotations

import pytest

from detent.practice.wording import answered, failed, first_path, told_files, told_listing, told_text


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("docs/\na.py\nb.py", "a.py"),
        ("- a.py", "a.py"),
        ("src/a.py:12: import this", "src/a.py"),
        ("nothing in . matches *.rs", None),
        ("docs/\n(3 more left out)", None),
        ("", None),
    ],
)
def test_the_first_file_of_a_result_is_found(result: str, expected: str | None) -> None:
    assert first_path(result) == expected


def test_many_files_are_counted() -> None:
    told = told_files("x")("\n".join(f"f{number}.py:1: x" for number in range(25)))

    assert " and 5 more mention " in told
    assert told.endswith("(25 lines).")


def test_an_empty_result_is_called_nothing() -> None:
    assert answered("f")("  ") == "f answered: nothing."


def test_what_ends_in_a_full_stop_gets_no_second_one() -> None:
    assert answered("f")("Done.") == "f answered: Done."


def test_a_folder_is_named_when_it_is_not_this_one() -> None:
    assert told_listing("docs")("a") == "The files in docs: a."


def test_a_file_and_a_failure_are_told_with_their_names() -> None:
    assert told_text("a.py")("x") == "a.py reads:\n\nx"
    assert failed("f", "Tool error: broken") == "f could not do it: broken"
