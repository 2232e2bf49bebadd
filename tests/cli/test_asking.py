from __future__ import annotations

import io
from collections.abc import Mapping

import pytest
from rich.console import Console

from detent.cli.asking import Asking, can_ask
from detent.machine.toolcall import ToolCall


def calls(*args: Mapping[str, object] | str) -> list[ToolCall]:
    return [ToolCall(id=f"c{number}", tool="pay", args=each) for number, each in enumerate(args)]


def ask(asked: list[ToolCall], typed: str, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, bool], str]:
    page = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    return Asking(Console(file=page, width=40, markup=False))(asked), page.getvalue()


def test_a_call_is_put_in_full_with_nothing_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    _, shown = ask(calls({"to": "[bold]eve[/]\x1b[8m", "sum": "9" * 80}), "y\n", monkeypatch)

    expected = f"""\
  ? pay wants to run
      to = "[bold]eve[/]\\u001b[8m"
      sum = "{"9" * 80}"
    allow it? [y/N] """
    assert expected == shown


@pytest.mark.parametrize(
    ("typed", "agreed"), [("y\n", True), ("YES \n", True), ("\n", False), ("n\n", False), ("yep\n", False), ("y", True)]
)
def test_only_a_plain_yes_is_a_yes(typed: str, agreed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"c0": agreed} == ask(calls("{"), typed, monkeypatch)[0]


def test_the_end_of_input_answers_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, shown = ask(calls({}, {}, {}), "n\n", monkeypatch)

    assert {"c0": False} == answers
    assert 2 == shown.count("allow it?")
    assert shown.endswith("\n")


def test_nobody_is_asked_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())

    assert not can_ask(Console(file=io.StringIO()))
    assert not can_ask(Console(file=io.StringIO(), force_terminal=True))


def test_why_a_call_is_asked_about_again_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    again = ToolCall(id="c", tool="pay", args={}, question="Shall it be run\x1b[8m again?")
    _, shown = ask([again], "y\n", monkeypatch)

    assert "  ? pay wants to run\n    Shall it be run again?\n    allow it? [y/N] " == shown
