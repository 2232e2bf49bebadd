"""Going through what lies below a folder, in order, with an end."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from attrs import define, field

from .confined import entries, open_below

__all__ = ["Parts", "Walk", "is_folder", "matches"]

Parts = tuple[str, ...]
"""A path below the working folder, name by name."""
DEEPEST = 40
PASSED_OVER = ("__pycache__", "node_modules")
"""Folders that are not gone into unless they are asked for by name: nobody wrote what is in them."""
LONGEST_PATTERN = 200


@define
class Walk:
    """One walk.  *most* entries are visited; *notes* says, once it is over, what was left out."""

    root: Path
    hidden: bool
    most: int
    deep: bool
    notes: list[str] = field(factory=list[str])
    visited: int = 0
    stopped: bool = False

    def below(self, parts: Parts, depth: int = 0) -> Iterator[tuple[Parts, bool]]:
        """Yield the files and folders below *parts* and whether each is a folder; *parts* itself when it is a file."""
        with open_below(self.root, parts) as opened:
            if not is_folder(opened):
                yield parts, False
                return
            listing = entries(opened, max(self.most - self.visited, 0))
        self.visited += listing.visited
        if listing.more and not self.stopped:
            self.stopped = True
            self.notes.insert(0, f"stopped after {self.most} files and folders; the rest was left out")
        for name, folder in listing.found:
            if self.hidden or not name.startswith("."):
                yield (*parts, name), folder
                if folder and self.deep and name not in PASSED_OVER and depth < DEEPEST:
                    yield from self._inside((*parts, name), depth + 1)

    def _inside(self, parts: Parts, depth: int) -> Iterator[tuple[Parts, bool]]:
        try:
            yield from self.below(parts, depth)
        except OSError:  # it was taken away meanwhile, or may not be read
            self.notes.append(f"{'/'.join(parts)} could not be read")


def is_folder(opened: int) -> bool:
    """Whether what was opened is a folder."""
    return stat.S_ISDIR(os.fstat(opened).st_mode)


def matches(below: Parts, pattern: str) -> bool:
    """Whether the path *below* some folder matches: by its name, or as a whole when the pattern has a slash."""
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"the pattern is longer than {LONGEST_PATTERN} characters")
    wanted = pattern.removeprefix("./").removeprefix("**/") or "*"
    return fnmatchcase("/".join(below) if "/" in wanted else below[-1], wanted)
