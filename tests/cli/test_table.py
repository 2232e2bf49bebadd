from __future__ import annotations

import io

from rich.console import Console

from detent.cli.lines import Marks
from detent.cli.table import cut_to, table


def on(width: int, *, terminal: bool) -> Console:
    return Console(file=io.StringIO(), width=width, force_terminal=terminal)


def test_columns_are_as_wide_as_they_have_to_be_and_numbers_end_at_the_right() -> None:
    made = table(("id", "n", "title"), [("a", "10", "漢字"), ("long", "2", "x")], on(80, terminal=True), Marks(), right=(1,))

    assert "id     n  title\na     10  漢字\nlong   2  x" == made.plain


def test_a_terminal_cuts_the_lines_and_a_file_does_not() -> None:
    rows = [("a", "b" * 30)]

    assert "a  bbbbbb…" == table((), rows, on(10, terminal=True), Marks()).plain
    assert f"a  {'b' * 30}" == table((), rows, on(10, terminal=False), Marks()).plain


def test_wide_characters_are_cut_whole() -> None:
    assert ("漢…", "漢字") == (cut_to("漢字", 3, Marks()), cut_to("漢字", 4, Marks()))
