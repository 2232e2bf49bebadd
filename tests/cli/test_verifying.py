"""`detent verify`: what is printed, the exit code, and which machines can be named."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from detent.cli.exits import Exit
from detent.cli.verifying import verify_machine
from detent.errors import ConfigurationError

MODULE = """
from detent.machine.verify import Property, Subject
from detent.states import ROWS, State
from detent.states.events import Cancelled

sound = ROWS
faulty = tuple(row for row in ROWS if (row.event, row.source) != (Cancelled, State.PROMPTING))
none = ()
number = 7


def nothing_happens(before, event, after):
    return False


strict = Subject(properties=(Property(nothing_happens),))
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write a module into the working folder and return its name."""
    (tmp_path / "machine_of_mine.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path])
    monkeypatch.delitem(sys.modules, "machine_of_mine", raising=False)
    return "machine_of_mine"


def test_the_agent_loop_itself_is_verified_without_a_target(capsys: pytest.CaptureFixture[str]) -> None:
    code = verify_machine(None, 2)
    lines = capsys.readouterr().out.splitlines()

    assert Exit.DONE is code
    assert lines[0].endswith("2 events deep: and there are more beyond")
    assert lines[-1].endswith("properties of every move: all hold")


def test_rows_of_the_working_folder_are_verified(module: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert Exit.DONE is verify_machine(f"{module}:sound", 2)
    assert "all hold" in capsys.readouterr().out


def test_a_violation_is_an_exit_code_and_a_path(module: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = verify_machine(f"{module}:faulty", 2)
    printed = capsys.readouterr().out

    assert Exit.FAILED is code
    assert "  2. the run is cancelled: prompting -> nowhere" in printed
    assert "```mermaid\nstateDiagram-v2\n" in printed


def test_the_working_folder_is_looked_in_once(module: str) -> None:
    verify_machine(f"{module}:sound", 1)
    verify_machine(f"{module}:sound", 1)

    assert 1 == sys.path.count(str(Path.cwd()))


def test_a_subject_brings_its_own_properties(module: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = verify_machine(f"{module}:strict", 1)

    assert Exit.FAILED is code
    assert "broken: nothing happens" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("machine_of_mine", "package.module:name is wanted"),
        (":sound", "package.module:name is wanted"),
        ("machine_of_mine:", "package.module:name is wanted"),
        ("machine_of_nobody:sound", "No module named 'machine_of_nobody'"),
        ("machine_of_mine:absent", "has no attribute 'absent'"),
        ("machine_of_mine:number", "that is of type int"),
        ("machine_of_mine:none", "that is of type tuple"),
    ],
)
def test_a_target_that_can_not_be_had_is_told(module: str, target: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match="verify") as raised:
        verify_machine(target, 1)

    assert words in str(raised.value)
