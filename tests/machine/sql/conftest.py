"""Journals on every kind of database, and PostgreSQL once for all tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from postgres import Postgres

from detent import MemoryJournal
from detent.machine.archive import Archive
from detent.machine.sql import SqlJournal


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'journal.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.schema()


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
