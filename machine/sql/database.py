"""A database: transactions in it, on one schema, with every fault explained."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Literal, Self, TypeVar

from attrs import define, field
from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from ...errors import JournalError
from .address import shown
from .eager import Busy, Eager
from .engines import eager_engine, engine_for, use_write_ahead_log
from .faults import explained, is_lost
from .schema import is_current, migrate

__all__ = ["Database"]

T = TypeVar("T")


@define(eq=False)
class Database:
    """What *url* names.  Nothing is opened before the first transaction, which makes the tables where they are missing.

    Any thread may use it, several at once: nothing here belongs to an event loop.
    """

    url: URL
    _engine: Engine
    _eager: Eager | None
    _ready: bool = field(default=False, init=False)
    _opening: threading.Lock = field(factory=threading.Lock, init=False)

    @classmethod
    def at(cls, url: URL, synchronous: Literal["normal", "full"], busy_seconds: float) -> Self:
        """Return the database that *url* names."""
        eager = eager_engine(url, synchronous)
        return cls(url, engine_for(url, synchronous, busy_seconds), None if eager is None else Eager(eager))

    @property
    def shown(self) -> str:
        """What names the database in messages, without its password."""
        return shown(self.url)

    def read(self, doing: str, work: Callable[[Connection], T]) -> T:
        """Return what *work* returns, in a transaction.  *doing* says in errors what was being done."""
        return self._run(doing, work, self._engine)

    def write(self, doing: str, work: Callable[[Connection], T]) -> T:
        """Return what *work* returns, in a transaction of which all is kept or nothing.

        When the connection goes away meanwhile, *work* is done once more on another.
        """
        return self._run(doing, work, self._engine.execution_options(detent_writes=True))

    def write_at_once(self, doing: str, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do *work*, which has to be short, without waiting for anybody, or raise `Busy` with nothing done."""
        if self._eager is None or not self._ready:
            raise Busy
        with self._explaining(doing):
            return self._eager.run(work)

    def close(self) -> None:
        """Close the connections.  A later transaction opens new ones."""
        self._ready = False
        if self._eager is not None:
            self._eager.close()
        self._engine.dispose()

    def _run(self, doing: str, work: Callable[[Connection], T], engine: Engine) -> T:
        with self._explaining(doing):
            self._open()
            try:
                return _transaction(engine, work)
            except SQLAlchemyError as error:
                if not is_lost(error):
                    raise
                return self._once_more(doing, work, engine, error)

    def _once_more(self, doing: str, work: Callable[[Connection], T], engine: Engine, lost: SQLAlchemyError) -> T:
        try:
            return _transaction(engine, work)
        except SQLAlchemyError:
            raise self._explained(lost, doing) from lost  # what leaves the outcome open is what is told

    def _open(self) -> None:
        if self._ready:
            return
        with self._opening:
            if not self._ready:
                if not _transaction(self._engine, is_current):
                    use_write_ahead_log(self._engine)
                    _transaction(self._engine.execution_options(detent_writes=True), migrate)
                self._ready = True

    @contextmanager
    def _explaining(self, doing: str) -> Generator[None]:
        driver_error: type[Exception] = self._engine.dialect.loaded_dbapi.Error
        try:
            yield
        except (SQLAlchemyError, driver_error) as error:
            raise self._explained(error, doing) from error

    def _explained(self, error: BaseException, doing: str) -> JournalError:
        return explained(error, doing, self.shown, str(self.url.password or ""))


def _transaction(engine: Engine, work: Callable[[Connection], T]) -> T:
    with engine.begin() as connection:
        return work(connection)
