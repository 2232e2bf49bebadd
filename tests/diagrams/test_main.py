"""`python -m detent.diagrams`."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

from detent.diagrams import mermaid, svg
from detent.diagrams.__main__ import write
from detent.states import ROWS


def test_both_files_are_written_byte_for_byte(tmp_path: Path) -> None:
    text, picture = write(tmp_path)

    assert mermaid(ROWS).encode() == text.read_bytes()
    assert svg(ROWS).encode() == picture.read_bytes()


def test_the_command_says_what_it_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["detent.diagrams", str(tmp_path)])
    monkeypatch.delitem(sys.modules, "detent.diagrams.__main__")
    runpy.run_module("detent.diagrams", run_name="__main__")

    assert [f"wrote {tmp_path / name}" for name in ("machine.mmd", "machine.svg")] == capsys.readouterr().out.splitlines()
    assert {"machine.mmd", "machine.svg"} == {file.name for file in tmp_path.iterdir()}
