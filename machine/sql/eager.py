"""Short transactions without waiting: done where they are asked for, between two steps of an event loop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, TypeVar

from attrs import define, field
from sqlalchemy import Connection, Engine

from .faults import is_busy

__all__ = ["Busy", "Eager"]

T = TypeVar("T")

_CHECKPOINT_EVERY: Final = 200


class Busy(Exception):
    """The transaction would have to wait.  Nothing was done."""


@define(eq=False)
class Eager:
    """One connection to a SQLite file that waits neither for a lock nor for the disk.

    Handing work to a thread and back takes longer than SQLite takes to store an event: without a sync that is one write
    into the page cache.  So it is done at once where nobody else is writing.  Every so many times it is refused, so that a
    connection that may wait moves the log into the file.
    """

    engine: Engine
    _connection: Connection | None = field(default=None, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False)
    _asked: int = field(default=0, init=False)

    def run(self, work: Callable[[Connection], T]) -> T:
        """Return what *work* returns, or raise `Busy` before it began."""
        self._asked += 1
        if self._asked % _CHECKPOINT_EVERY == 0 or not self._lock.acquire(blocking=False):
            raise Busy
        try:
            if self._connection is None:
                self._connection = self.engine.connect()
            with self._connection.begin():
                return work(self._connection)
        except Exception as error:
            if is_busy(error):
                raise Busy from None
            raise
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close the connection; a later transaction opens another."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            self.engine.dispose()
