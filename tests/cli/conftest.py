from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from detent.practice import Practice


@pytest.fixture(autouse=True)
def nothing_is_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take out of the environment what names a model or says how a terminal looks; subprocesses inherit it."""
    for name in [name for name in os.environ if name.startswith(("OPENAI_", "DETENT_"))]:
        monkeypatch.delenv(name)
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS", "PYTHONIOENCODING"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def practice_url() -> Iterator[str]:
    with Practice() as practice:
        yield practice.base_url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder with two files for the tools to look at."""
    made = tmp_path / "files"
    made.mkdir()
    (made / "notes.txt").write_text("one limit\nand another\n", encoding="utf-8")
    (made / "other.txt").write_text("nothing\n", encoding="utf-8")
    return made
