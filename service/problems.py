"""What went wrong, as a status and in words for whoever asked."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from ..errors import ConfigurationError, DetentError, FormatError, JournalConflict, JournalError, UnknownConversation
from ..states.text import well_formed

__all__ = ["Busy", "Closing", "Running", "TooLong", "Unauthorised", "UnknownBackend", "status_of", "words_for"]

_LOG: Final = logging.getLogger(__name__)


class UnknownBackend(ConfigurationError):
    """Nobody of that name answers."""


class Running(ConfigurationError):
    """The run is live: what was asked has to wait until it rests."""


class Busy(DetentError):
    """There are as many runs as there may be."""


class Closing(DetentError):
    """The service stops; another process may be there in a moment."""


class TooLong(DetentError):
    """A text of more characters than are taken."""

    def __init__(self, longest: int) -> None:
        """Say how many are taken."""
        super().__init__(f"a text of up to {longest} characters is taken")


class Unauthorised(DetentError):
    """The key is missing or nobody's."""

    def __init__(self) -> None:
        """Say what is wanted."""
        super().__init__("a key is wanted: Authorization: Bearer ...")


_STATUS: Final[Mapping[type[DetentError], int]] = {
    Unauthorised: 401,
    UnknownConversation: 404,
    UnknownBackend: 404,
    JournalConflict: 409,
    ConfigurationError: 409,
    TooLong: 413,
    Busy: 429,
    Closing: 503,
    JournalError: 503,
}


def status_of(error: Exception) -> int:
    """Return the HTTP status of a fault."""
    return next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)


def words_for(error: Exception) -> str:
    """Return what whoever asked is told: of a journal's fault not where the journal is, which the log says."""
    if isinstance(error, JournalError) and not isinstance(error, UnknownConversation | JournalConflict | FormatError):
        _LOG.error("the journal: %s", error)
        return "the journal can not be read or written at the moment: ask again later"
    return well_formed(str(error))
