"""How tests expect a fault of a journal."""

from __future__ import annotations

import traceback
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from detent.errors import JournalError

__all__ = ["a_fault"]


@contextmanager
def a_fault(*words: str) -> Generator[None]:
    """Expect a `JournalError` that says all of *words*, nothing of the library below, and no password anywhere."""
    with pytest.raises(JournalError) as caught:
        yield
    assert [] == [word for word in words if word not in str(caught.value)], str(caught.value)
    assert "sqlalche.me" not in str(caught.value)
    assert "secret-word" not in "".join(traceback.format_exception(caught.value))
