"""The engines: how each kind of database is opened."""

from __future__ import annotations

import sqlite3
from typing import Any, Final, Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from .faults import is_busy

__all__ = ["eager_engine", "engine_for", "use_write_ahead_log"]

_KEPT_CONNECTIONS: Final = 8


def engine_for(url: URL, synchronous: Literal["normal", "full"], busy_seconds: float) -> Engine:
    """Return the engine for transactions that may wait: up to *busy_seconds* for a lock."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, synchronous, busy_seconds)
    options = f"{url.query.get('options', '')} -c lock_timeout={round(busy_seconds * 1000)}".strip()
    return _engine(url, connect_args={"options": options})


def eager_engine(url: URL, synchronous: Literal["normal", "full"]) -> Engine | None:
    """Return the engine for transactions that never wait: not for a lock, nor for the disk.  None where there is none."""
    if url.get_backend_name() != "sqlite" or synchronous != "normal":
        return None
    engine = _sqlite(url, synchronous, 0.0)
    event.listen(engine, "connect", _never_checkpoint)
    return engine


def use_write_ahead_log(engine: Engine) -> None:
    """Let readers of a SQLite file go on while somebody writes.  The file remembers it."""
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if not is_busy(error):
            raise  # another process is opening the file too: one of the two does it
    finally:
        connection.close()


def _sqlite(url: URL, synchronous: str, busy_seconds: float) -> Engine:
    # Autocommit as far as the driver knows: BEGIN is sent below, of the kind that is wanted.
    arguments = {"timeout": busy_seconds, "isolation_level": None, "check_same_thread": False}
    engine = _engine(url, connect_args=arguments, paramstyle="named")

    def connected(connection: Any, record: object) -> None:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA synchronous = {synchronous.upper()}")

    def begun(connection: Connection) -> None:
        # Who is going to write says so first: of two readers that both went on to write one would fail, however long it waits.
        writes = connection.get_execution_options().get("detent_writes")
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)
    return engine


def _engine(url: URL, **options: Any) -> Engine:
    # An overflow without end: a thread that has work never waits for a connection, and there are few threads.
    return create_engine(
        url, poolclass=QueuePool, pool_size=_KEPT_CONNECTIONS, max_overflow=-1, hide_parameters=True, **options
    )


def _never_checkpoint(connection: Any, record: object) -> None:
    connection.execute("PRAGMA wal_autocheckpoint = 0")
