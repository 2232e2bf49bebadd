from __future__ import annotations

from pathlib import Path

from detent.cli.rules_table import rules_table
from detent.states.history import RULES

PAGE = Path(__file__).parents[2] / "docs" / "lint.md"


def test_the_page_ends_with_the_rules_as_they_are() -> None:
    assert PAGE.read_text("utf-8").endswith("\n\n" + rules_table())


def test_every_rule_has_a_line_of_three_cells() -> None:
    rows = [line.replace("\\|", "").split(" | ") for line in rules_table().splitlines()]

    assert ["rule", "---", *RULES] == [row[0].removeprefix("| ") for row in rows]
    assert {3} == {len(row) for row in rows}
