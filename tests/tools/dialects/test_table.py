from __future__ import annotations

from pathlib import Path

from detent.tools.dialects.__main__ import page
from detent.tools.dialects.table import dialects_table

ROOT = Path(__file__).parents[3]


def test_the_page_holds_the_table_that_the_conversions_make() -> None:
    path, text = page(ROOT)

    assert text == path.read_text("utf-8")
    assert dialects_table() in text


def test_every_row_has_a_cell_for_every_dialect() -> None:
    rows = dialects_table().splitlines()

    assert {5} == {len(row.replace("\\|", "").split(" | ")) for row in rows if not row.startswith("|---")}
