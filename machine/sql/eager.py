"""Short transactions without waiting: done where they are asked for, between two steps of an event loop."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from typing import Final, TypeVar

from attrs import define, field
from sqlalchemy import Engine
from sqlalchemy.pool import PoolProxiedConnection

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
    into the page cache.  So it is done at once where nobody else is writing, and on the driver's own connection: the way
    through SQLAlchemy would double it.  Every so many times it is refused, so that a connection that may wait moves the log
    into the file.
    """

    engine: Engine
    _held: PoolProxiedConnection | None = field(default=None, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False)
    _asked: int = field(default=0, init=False)

    def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what *work* returns, in a transaction of which all is kept or nothing.

        Raises `Busy` where it would have to wait; so may *work*, for what it can not settle here.
        """
        self._asked += 1
        if self._asked % _CHECKPOINT_EVERY == 0 or not self._lock.acquire(blocking=False):
            raise Busy
        try:
            return _transaction(self._connection(), work)
        except sqlite3.Error as error:
            if is_busy(error):
                raise Busy from None
            raise
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close the connection; a later transaction opens another."""
        with self._lock:
            if self._held is not None:
                self._held.close()
                self._held = None
            self.engine.dispose()

    def _connection(self) -> sqlite3.Connection:
        if self._held is None:
            self._held = self.engine.raw_connection()
        connection: sqlite3.Connection = self._held.driver_connection  # type: ignore[assignment]  # the driver is sqlite3
        return connection


def _transaction(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    connection.execute("BEGIN IMMEDIATE")
    try:
        done = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite ends it itself where the disk is full
            connection.execute("ROLLBACK")
        raise
    return done
