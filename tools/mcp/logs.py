"""What a server says beside its answers: log messages, and its standard error.  All of it goes to the logger `detent.mcp`."""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from types import TracebackType
from typing import Literal, Self, TextIO, TypeAlias

from attrs import define, field

from ..wording import shortened

__all__ = ["LOG", "LastWords", "log_message", "wanted_level"]

LOG = logging.getLogger("detent.mcp")

_KEPT_LINES = 12
_LONGEST_LINE = 500

Level: TypeAlias = Literal["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"]
"""The protocol's levels."""

_LEVELS: dict[Level, int] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "notice": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
    "alert": logging.CRITICAL,
    "emergency": logging.CRITICAL,
}


def wanted_level() -> Level:
    """Return the lowest of the protocol's levels that somebody listens to."""
    heard: list[Level] = [level for level, ours in _LEVELS.items() if LOG.isEnabledFor(ours)]
    return heard[0] if heard else "emergency"


def log_message(server: str, level: Level, source: str | None, data: object) -> None:
    """Log a message of the *server*, in one line."""
    said = data if isinstance(data, str) else repr(data)
    LOG.log(_LEVELS[level], "%s: %s%s", server, f"{source}: " if source else "", shortened(" ".join(said.split()), 2_000))


@define(eq=False)
class LastWords:
    """The standard error of a server: *file* is to be its end of it.  A context manager.

    Each line is logged as it comes, and the newest are kept for when the server does not start.  A thread reads them: the
    file has to be a real one, and nothing must ever make the server wait for a reader.
    """

    server: str
    file: TextIO = field(init=False)
    _lines: deque[str] = field(factory=lambda: deque[str](maxlen=_KEPT_LINES), init=False)
    _reader: threading.Thread = field(init=False)

    def __enter__(self) -> Self:
        ours, theirs = os.pipe()
        self.file = os.fdopen(theirs, "w", encoding="utf-8")
        self._reader = threading.Thread(target=self._read, args=(ours,), name=f"detent-mcp {self.server}", daemon=True)
        self._reader.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.file.close()  # the thread ends when the server's own end is closed as well

    def wait(self, seconds: float) -> None:
        """Wait until the server has said its last, for *seconds* at most: a child of its own may hold the file open."""
        self._reader.join(seconds)

    @property
    def text(self) -> str:
        """The newest lines."""
        return "\n".join(tuple(self._lines))

    def _read(self, ours: int) -> None:
        with os.fdopen(ours, encoding="utf-8", errors="replace") as lines:
            while line := lines.readline(65_536):
                if said := line.strip():
                    self._lines.append(shortened(said, _LONGEST_LINE))
                    LOG.info("%s: %s", self.server, shortened(said, _LONGEST_LINE))
