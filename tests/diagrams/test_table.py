"""The rows as Markdown."""

from __future__ import annotations

from detent.diagrams import rows_table
from detent.states import ROWS, Rows, State


def test_there_is_a_line_for_every_row_in_the_order_of_the_table(grown: Rows) -> None:
    lines = rows_table(grown).splitlines()

    assert "| source | event | guard | update | destination |" == lines[0]
    assert len(grown) == len(lines[2:])
    assert all(f"| `{row.source.value}` | `{row.event.__name__}` |" in line for row, line in zip(grown, lines[2:], strict=True))


def test_a_row_names_guard_update_and_destination() -> None:
    row = next(row for row in ROWS if row.label == "asks for tools")

    assert "| `awaiting_model` | `ModelReplied` | asks for tools | open the turn | `dispatching_tools` |" in rows_table((row,))


def test_a_row_without_guard_has_an_empty_cell() -> None:
    row = next(row for row in ROWS if row.source is State.LIMIT_HIT)

    assert "| `limit_hit` | `UserSaid` |  | begin a run | `prompting` |" in rows_table((row,))


def test_a_bar_in_a_name_does_not_end_the_cell(grown: Rows) -> None:
    def odd(conversation: object, event: object) -> bool:
        return True

    odd.__name__ = "this|that"
    row = type(ROWS[0])(ROWS[0].source, ROWS[0].event, ROWS[0].to, ROWS[0].then, odd)

    assert "| this\\|that |" in rows_table((row,))
