"""Looking for a text in files that were opened by others."""

from __future__ import annotations

import io
import os
from bisect import bisect_left
from collections.abc import Iterator

from attrs import define, field, frozen

__all__ = ["Bounds", "Search", "is_binary", "lines_of"]

PROBE = 8192


@frozen(kw_only=True)
class Bounds:
    """How much one call looks at and gives back; what is left out is said in the result."""

    listed: int = field(default=500)
    visited: int = 20_000
    lines: int = 2_000
    characters: int = 50_000
    file_bytes: int = 10_000_000
    searched_bytes: int = 50_000_000
    matches: int = 100
    line_characters: int = 300


def is_binary(data: bytes) -> bool:
    """Whether *data*, the beginning of a file, is not text: there is a NUL in it."""
    return b"\0" in data[:PROBE]


def lines_of(text: str) -> Iterator[str]:
    """Yield the lines of *text* without their ends; one at a time, as a file of line ends alone has millions."""
    return (line.removesuffix("\n") for line in io.StringIO(text, newline="\n"))


@define
class Search:
    """One search for *wanted*, a text that is folded already; *found* has the matches so far, a line each."""

    wanted: str
    bounds: Bounds
    found: list[str] = field(factory=list[str])
    files: int = 0
    left_out: int = 0
    read: int = 0

    @property
    def full(self) -> bool:
        """Whether a bound is reached."""
        return len(self.found) >= self.bounds.matches or self.read >= self.bounds.searched_bytes

    @property
    def notes(self) -> list[str]:
        """What was left out."""
        notes: list[str] = []
        if len(self.found) >= self.bounds.matches:
            notes.append(f"stopped after {self.bounds.matches} matches; there may be more")
        elif self.full:
            notes.append(f"stopped after {self.read:,} bytes; the files after that were not searched")
        if self.left_out:
            large = f"larger than {self.bounds.file_bytes:,} bytes"
            notes.append(f"files left out, being binary or {large}: {self.left_out}")
        return notes

    def look(self, opened: int, shown: str) -> None:
        """Search the file that is open as *opened*, shown as *shown*."""
        with open(opened, "rb", closefd=False) as file:
            too_large = os.fstat(opened).st_size > self.bounds.file_bytes
            data = b"" if too_large else file.read(self.bounds.file_bytes)
        self.read += len(data)
        if too_large or is_binary(data):
            self.left_out += 1
            return
        self.files += 1
        text = data.decode(errors="replace")
        if self.wanted not in text.casefold():
            return
        for number, line in enumerate(lines_of(text), start=1):
            if len(self.found) >= self.bounds.matches:
                return
            if (at := line.casefold().find(self.wanted)) >= 0:
                self.found.append(f"{shown}:{number}: {self._cut(line, _unfolded(line, at))}")

    def _cut(self, line: str, at: int) -> str:
        """Return *line*, or the part of it around *at* when it is long."""
        most = self.bounds.line_characters
        start = max(0, at - most // 2) if len(line) > most else 0
        part = line[start : start + most].strip()
        return f"{'... ' if start else ''}{part}{' ...' if start + most < len(line) else ''}"


def _unfolded(line: str, at: int) -> int:
    """Return where in *line* that is which is at *at* in the folded line: folding makes some letters two."""
    return bisect_left(range(len(line)), at, key=lambda end: len(line[:end].casefold())) if not line.isascii() else at
