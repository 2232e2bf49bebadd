"""What a database says when it fails, in words of ours: what was being done, what is stored now, and what to do."""

from __future__ import annotations

import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError

from ...errors import JournalError

__all__ = ["explained", "is_busy", "is_lost"]

_UNCHANGED: Final = "what the journal holds is unchanged"
_IN_DOUBT: Final = "do the same again: an append that was stored after all is not stored twice"

# By the name of SQLite's primary result code.  Source: sqlite.org/rescode.html, read 2026-11-20.
_SQLITE: Final = {
    "SQLITE_BUSY": f"another process holds the lock; {_UNCHANGED}; try again, or raise busy_seconds",
    "SQLITE_LOCKED": f"another process holds the lock; {_UNCHANGED}; try again, or raise busy_seconds",
    "SQLITE_FULL": f"the disk is full; {_UNCHANGED}; make room and do it again",
    "SQLITE_READONLY": f"it may not be written; {_UNCHANGED}; let this user write the file and its folder",
    "SQLITE_CANTOPEN": f"it can not be opened; {_UNCHANGED}; the folder has to be there and writable",
    "SQLITE_NOTADB": "the file is something else, and is as it was; name another path",
    "SQLITE_CORRUPT": "the file is damaged; stop writing to it, and bring back a copy (.recover of the sqlite3 shell may help)",
    "SQLITE_IOERR": f"the disk failed; {_IN_DOUBT}",
}

# By SQLSTATE, or its class.  Source: postgresql.org/docs/15/errcodes-appendix.html, read 2026-11-20.
_POSTGRES: Final = {
    "55P03": f"somebody else holds the lock; {_UNCHANGED}; try again, or raise busy_seconds",
    "53100": f"the server's disk is full; {_UNCHANGED}; make room and do it again",
    "53": f"the server is out of resources; {_UNCHANGED}; try again later",
    "25006": f"the server takes no writes; {_UNCHANGED}; name the primary server",
    "28": "the server does not let this user in; see the user and password of the URL",
    "3D000": "there is no such database; create it, or name another",
    "42501": f"this user may not do that; {_UNCHANGED}; grant it the right to create and write tables",
    "57": f"the server closed the connection; {_IN_DOUBT}",
    "08": f"the connection was lost; {_IN_DOUBT}",
}


def is_busy(error: BaseException) -> bool:
    """Whether somebody else held SQLite's lock, so that nothing was done."""
    return _sqlite_name(_cause(error)) in ("SQLITE_BUSY", "SQLITE_LOCKED")


def is_lost(error: BaseException) -> bool:
    """Whether the connection went away: what was under way may be stored or not."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def explained(error: BaseException, doing: str, where: str, password: str) -> JournalError:
    """Return the error to raise in place of a driver's own: while *doing* what, *where*, why, and what to do."""
    cause = _cause(error)
    said = " ".join(str(cause).split())
    if password:
        said = said.replace(password, "***")
    return JournalError(f"{doing}: {where}: {said}; {_advice(error, cause)}")


def _advice(error: BaseException, cause: BaseException) -> str:
    state = getattr(cause, "sqlstate", None) or ""
    known = _SQLITE.get(_sqlite_name(cause)) or _POSTGRES.get(state) or _POSTGRES.get(state[:2])
    if known is not None:
        return known
    if is_lost(error):
        return f"the connection was lost; {_IN_DOUBT}"
    if isinstance(cause, sqlite3.Error) or state:
        return _UNCHANGED
    return f"{_UNCHANGED}; see whether the server runs, and whether the URL names it and a user it lets in"


def _cause(error: BaseException) -> BaseException:
    orig = error.orig if isinstance(error, DBAPIError) else None
    return error if orig is None else orig


def _sqlite_name(cause: BaseException) -> str:
    """Return the name of the primary result code: `SQLITE_BUSY` for `SQLITE_BUSY_SNAPSHOT`."""
    name = cause.sqlite_errorname if isinstance(cause, sqlite3.Error) and hasattr(cause, "sqlite_errorname") else ""
    return "_".join(name.split("_")[:2])
