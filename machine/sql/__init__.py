"""Journals in SQLite and PostgreSQL, on SQLAlchemy Core.

`SqlJournal` checks and encodes; `Database` gives transactions and says in words of ours what went wrong in them;
`appending`, `reading` and `snapshots` hold the statements, `schema` the tables.
"""

from .journal import SqlJournal

__all__ = ["SqlJournal"]
