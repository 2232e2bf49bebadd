"""The one line that moves: what a run is waiting for and for how long.  On a terminal only, and only while it waits."""

from __future__ import annotations

import time

from attrs import define, field
from rich.console import Console
from rich.live import Live
from rich.text import Text

__all__ = ["Waiting"]

_PATIENCE = 1.0
"""Seconds before the line says anything: what is quick needs no word."""


@define(eq=False)
class Waiting:
    """The last line of the screen while nothing else is written.  Turn it off before anything is."""

    console: Console
    enabled: bool
    _live: Live | None = field(default=None, init=False)

    def on(self, what: str) -> None:
        """Say, in a second, that *what* is under way, and count the seconds."""
        self.off()
        if self.enabled:
            line = _Line(what)
            self._live = Live(
                line, console=self.console, refresh_per_second=4, transient=True, redirect_stdout=False, redirect_stderr=False
            )
            self._live.start()

    def off(self) -> None:
        """Take the line away."""
        if self._live is not None:
            self._live.stop()
            self._live = None


@define(eq=False)
class _Line:
    what: str
    began: float = field(factory=time.monotonic)

    def __rich__(self) -> Text:
        waited = time.monotonic() - self.began
        said = f"{self.what}, {waited:.0f} s" if waited >= _PATIENCE else ""
        return Text(said, style="dim", no_wrap=True, overflow="ellipsis")
