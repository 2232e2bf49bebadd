"""Journals on every kind of database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from detent import MemoryJournal
from detent.machine.archive import Archive
from detent.machine.sql import SqlJournal


@pytest.fixture
async def sql(url: str) -> AsyncIterator[SqlJournal]:
    async with SqlJournal(url) as journal:
        yield journal


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def journal(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Archive]:
    """An empty journal of every kind."""
    make: dict[str, Callable[[], str]] = {
        "sqlite": lambda: str(tmp_path / "journal.db"),
        "postgresql": lambda: request.getfixturevalue("postgres").schema(),
    }
    if request.param == "memory":
        yield MemoryJournal()
        return
    async with SqlJournal(make[request.param]()) as opened:
        yield opened
