"""The journal that a command works on: which one, opened and closed again, and the conversation that is meant in it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Final

import anyio

from ..errors import ConfigurationError
from ..machine.archive import Archive
from ..machine.sql import SqlJournal
from ..states import Conversation

__all__ = ["DEFAULT", "VARIABLE", "address_of", "conversation_named", "opened", "short_ids", "stored"]

DEFAULT: Final = "detent.db"
"""A file in the working folder."""
VARIABLE: Final = "DETENT_JOURNAL"

_SHORTEST: Final = 8
"""Characters of an id that the library gave, where that is enough to tell it from the others."""
_GIVEN: Final = 32


def address_of(option: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """Return where the journal is: what the option says, or the environment, or the file in the working folder."""
    return option or environment.get(VARIABLE) or DEFAULT


@contextmanager
def opened(address: str, *, new: bool = False) -> Generator[SqlJournal]:
    """Return the journal at *address*, and close it in the end.

    Raises `ConfigurationError` for a file that is not there, unless the journal may be a *new* one.
    """
    journal = SqlJournal(address)
    if not new:
        _check_there(address)
    try:
        yield journal
    finally:
        anyio.run(journal.aclose)


def _check_there(address: str) -> None:
    from ..machine.sql.address import read_address  # here: it imports SQLAlchemy

    url = read_address(address)
    if url.get_backend_name() != "sqlite" or (url.database or "").startswith("file:"):
        return
    if not Path(url.database or "").is_file():
        raise ConfigurationError(f"no journal is at {url.database}: name another with --journal or {VARIABLE}")
    if _is_of_another_program(Path(url.database or "")):
        raise ConfigurationError(
            f"{url.database} is a database of another program, without a journal, and is left as it is: name another with "
            f"--journal or {VARIABLE}"
        )


def _is_of_another_program(path: Path) -> bool:
    """Whether it is a SQLite file that holds tables, and none of a journal."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as file:
            tables = {name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error:  # the journal itself says what is wrong with it
        return False
    return bool(tables) and "detent_schema" not in tables


def conversation_named(journal: Archive, given: str) -> str:
    """Return the id of the conversation that *given* names: the whole id, or the beginning of one and no other.

    The id of an agent's inside, `<id>:<event>:<call>`, may be shortened part by part.  Raises `ConfigurationError`, which
    names the nearest.
    """
    ids = anyio.run(partial(journal.list))
    if given in ids:
        return given
    matches = [each for each in ids if _begins(each, given)] or [each for each in ids if given and each.startswith(given)]
    if len(matches) == 1:
        return matches[0]
    shorter = short_ids(ids)
    if matches:
        named = ", ".join(shorter[each] for each in matches[:5]) + (", ..." if len(matches) > 5 else "")
        raise ConfigurationError(f"{given!r} is how the ids of {len(matches)} conversations begin: {named}")
    nearest = get_close_matches(given, ids, n=1, cutoff=0.0)
    told = f"the nearest is {shorter[nearest[0]]!r}" if nearest else "it holds none at all"
    raise ConfigurationError(f"the journal holds no conversation {given!r}; {told}")


def stored(journal: Archive, given: str) -> Conversation | None:
    """Return the record of the conversation that *given* names; None where there is none, so that one of that id may begin.

    A part of an id counts where the library gave the id, and the part is as long as what `detent list` shows.
    """
    ids = anyio.run(partial(journal.list))
    matches = [each for each in ids if len(each) == _GIVEN and len(given) >= _SHORTEST and each.startswith(given)]
    if given not in ids and len(matches) != 1:
        return None
    return anyio.run(journal.load, given if given in ids else matches[0])


def _begins(conversation_id: str, given: str) -> bool:
    parts, starts = conversation_id.split(":"), given.split(":")
    pairs = zip(parts, starts, strict=False)
    return len(parts) == len(starts) and all(start and part.startswith(start) for part, start in pairs)


def short_ids(ids: tuple[str, ...]) -> dict[str, str]:
    """Return each of *ids* as short as it may be typed; those that a person gave stay whole."""
    heads = {each.partition(":")[0] for each in ids}
    long = {head for head in heads if len(head) == _GIVEN}
    length = next(n for n in range(_SHORTEST, _GIVEN + 1) if n == _GIVEN or len({head[:n] for head in heads}) == len(heads))
    shown: dict[str, str] = {}
    for each in ids:
        head, *rest = each.split(":")
        shown[each] = ":".join((head[:length] if head in long else head, *rest))
    return shown
