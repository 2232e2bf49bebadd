"""Endpoints that are left alone for a while, so that runs with a fallback turn to it at once instead of failing first."""

from __future__ import annotations

import time
from collections.abc import Callable

from attrs import define, field

__all__ = ["COOLDOWNS", "Cooldowns"]


@define(eq=False)
class Cooldowns:
    """For how long each endpoint is to be left alone.  Shared by all runs of a process; a time that is over is forgotten."""

    clock: Callable[[], float] = time.monotonic
    _until: dict[str, float] = field(factory=dict[str, float], init=False)

    def rest(self, url: str, seconds: float) -> None:
        """Leave *url* alone for *seconds* from now; an earlier, longer rest stands."""
        self._until[url] = max(self._until.get(url, 0.0), self.clock() + seconds)

    def left(self, url: str) -> float:
        """Return how many seconds *url* is still to be left alone; 0 when it may be asked."""
        left = self._until.get(url, 0.0) - self.clock()
        if left <= 0:
            self._until.pop(url, None)
        return max(0.0, left)

    def clear(self) -> None:
        """Forget them all."""
        self._until.clear()


COOLDOWNS = Cooldowns()
"""Those of this process."""
