"""Processes to kill."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from killing import Nursery


@pytest.fixture(scope="session")
def nurseries() -> Iterator[tuple[Nursery, Nursery]]:
    """Two servers of processes, so that two processes can run at once."""
    with ExitStack() as stack:
        yield stack.enter_context(Nursery()), stack.enter_context(Nursery())
