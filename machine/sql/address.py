"""Where a database is: what may be written for it, and how it is named in messages, without its password."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from ...errors import ConfigurationError

__all__ = ["read_address", "shown"]

_DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "sqlite+aiosqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
"""The library works in threads of its own, so the plain drivers serve, whichever of a database was named."""

_WANTED = "a path, sqlite:///path or postgresql://user@host/database is wanted"


def read_address(address: str | Path) -> URL:
    """Return *address*, a URL or the path of a file, as SQLAlchemy takes it.

    Raises `ConfigurationError`, which repeats no part that may hold a password.
    """
    if isinstance(address, Path) or "://" not in address:
        url = URL.create("sqlite+pysqlite", database=str(address))
    else:
        url = _parsed(address)
    if url.get_backend_name() == "sqlite" and _is_in_memory(url.database or ""):
        raise ConfigurationError("SqlJournal(url=...): the path of a file is wanted; in memory there is MemoryJournal()")
    return url


def shown(url: URL) -> str:
    """Return what names the database in messages: no password, no user, no options."""
    bare = URL.create(url.get_backend_name(), host=url.host, port=url.port, database=url.database)
    return str(bare.database) if bare.drivername == "sqlite" else bare.render_as_string()


def _parsed(address: str) -> URL:
    scheme = address.split("://", 1)[0]
    if scheme not in _DRIVERS:
        raise ConfigurationError(f"SqlJournal(url={scheme + '://...'!r}): {_WANTED}")
    try:
        return make_url(address).set(drivername=_DRIVERS[scheme])
    except (ArgumentError, ValueError):
        raise ConfigurationError(f"SqlJournal(url={scheme + '://...'!r}) can not be read: {_WANTED}") from None


def _is_in_memory(database: str) -> bool:
    return database.strip() in ("", ":memory:") or database.startswith("file::memory:")
