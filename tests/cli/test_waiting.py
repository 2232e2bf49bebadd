from __future__ import annotations

import io

import pytest
from rich.console import Console

from detent.cli import waiting
from detent.cli.waiting import Waiting


def console() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=60, _environ={"TERM": "xterm"})


def written(on: Console) -> str:
    assert isinstance(on.file, io.StringIO)
    return on.file.getvalue()


def test_what_takes_its_time_is_named_and_taken_away_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_PATIENCE", 0.0)
    screen = console()
    line = Waiting(screen, enabled=True)
    line.on("waiting for m")
    line.on("running look")
    line.off()
    line.off()

    assert "waiting for m, 0 s" in written(screen)
    assert "running look, 0 s" in written(screen)
    assert written(screen).endswith("\x1b[2K")  # the line is erased
    assert written(screen).count("\x1b[?25l") == written(screen).count("\x1b[?25h")  # the cursor is there again


def test_what_is_quick_is_not_named() -> None:
    screen = console()
    line = Waiting(screen, enabled=True)
    line.on("waiting for m")
    line.off()

    assert "waiting" not in written(screen)


def test_nothing_is_written_where_nothing_may_move() -> None:
    screen = console()
    line = Waiting(screen, enabled=False)
    line.on("waiting for m")
    line.off()

    assert "" == written(screen)
