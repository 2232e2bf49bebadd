"""The table below the picture."""

from __future__ import annotations

from collections import Counter

from detent.diagrams.chart import chart
from detent.diagrams.legend import legend
from detent.states import ROWS


def test_what_groups_share_comes_first_and_is_named_once() -> None:
    drawn = chart(ROWS)
    table = legend(drawn, drawn.nodes)
    titles = [block.title for block in table.left + table.right]

    assert ["any live state", "any ended state"] == titles[:2]
    assert {1} == set(Counter(titles).values())


def test_both_columns_are_about_as_long() -> None:
    drawn = chart(ROWS)
    table = legend(drawn, drawn.nodes)
    left, right = (sum(block.height for block in column) for column in (table.left, table.right))

    assert abs(left - right) <= max(block.height for block in table.left + table.right)
    assert table.height == max(left, right)


def test_no_row_is_wider_than_its_column() -> None:
    table = legend(chart(ROWS), chart(ROWS).nodes)

    assert sorted(table.stops) == list(table.stops)
    assert table.stops[-1] < table.column < table.second < table.width


def test_a_table_without_rows_is_empty() -> None:
    table = legend(chart(()), chart(()).nodes)

    assert 0 == table.height
