"""Processes to kill, and databases that outlive them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from killing import Nursery
from postgres import Postgres


@pytest.fixture(scope="session")
def nurseries() -> Iterator[tuple[Nursery, Nursery]]:
    """Two servers of processes, so that two processes can run at once."""
    with ExitStack() as stack:
        yield stack.enter_context(Nursery()), stack.enter_context(Nursery())


@pytest.fixture(scope="module")
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
