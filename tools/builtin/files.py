"""Looking at the files of one folder: listing, reading, searching.  Nothing outside it is reached, nothing is written."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from attrs import field, frozen

from .confined import entries, open_below, parts_below
from .searching import Bounds, Search, is_binary, lines_of
from .walking import Parts, Walk, is_folder, matches

__all__ = ["Bounds", "Folder"]

COMPARED = 200
"""Names that a misspelt one is compared with: comparing long names takes a while."""


def _resolved(root: str | Path) -> Path:
    return Path(root).resolve()


@frozen
class Folder:
    """A working folder for tools: its three methods are the tools.

    Paths are relative to *root*.  What leads out is refused: `..`, absolute paths, and links, which are never followed; so
    are devices, pipes and sockets.  Hidden files and folders (.git, .env) are off limits unless *hidden* is true.
    """

    root: Path = field(converter=_resolved)
    hidden: bool = field(default=False, kw_only=True)
    bounds: Bounds = field(factory=Bounds, kw_only=True)

    def list_files(self, path: str = ".", pattern: str = "*") -> str:
        """List files and folders, one a line; folders end in "/".

        Args:
            path: The folder to list, relative to the working folder.
            pattern: Which names to list, such as "*.py". "**/*.py" looks in all folders below as well.

        Returns:
            The paths in order, and what was left out if there were too many.
        """
        base = self._parts(path)
        walk = self._walk(deep="/" in pattern)
        below = ((parts, folder) for parts, folder in walk.below(base) if matches(parts[len(base) :] or parts[-1:], pattern))
        shown = ["/".join(parts) + "/" * folder for parts, folder in islice(below, self.bounds.listed)]
        left_out = sum(1 for _ in below)
        notes = [f"{left_out} more left out: name a folder or a pattern", *walk.notes] if left_out else walk.notes
        return _told(shown, notes, nothing=f"nothing in {path} matches {pattern}")

    def read_file(self, path: str, start_line: int = 1, lines: int = 200) -> str:
        """Read a text file, or some lines of it.

        Args:
            path: The file to read, relative to the working folder.
            start_line: The first line to read, counted from 1.
            lines: How many lines to read at most.

        Returns:
            The lines as they are, and where to go on when there are more.
        """
        if start_line < 1 or lines < 1:
            raise ValueError("start_line and lines are counted from 1")
        with self._opened(self._parts(path)) as opened:
            if is_folder(opened):
                raise IsADirectoryError(f"{path}: a folder; list_files lists what is in it")
            with open(opened, "rb", closefd=False) as file:
                data = file.read(self.bounds.file_bytes + 1)
        if is_binary(data):
            raise ValueError(f"{path}: a binary file; only text can be read")
        return self._excerpt(path, data, start_line, min(lines, self.bounds.lines))

    def search_files(self, text: str, pattern: str = "*", path: str = ".") -> str:
        """Search files for a text; upper and lower case are the same.

        Args:
            text: The text to find. It is taken literally.
            pattern: Which files to search, such as "*.py".
            path: The folder or the file to search, relative to the working folder.

        Returns:
            The lines that have the text in them, as "path:line: content", and what was left out.
        """
        if not text.strip():
            raise ValueError("text is empty: give the text to find")
        base, search, walk = self._parts(path), Search(text.casefold(), self.bounds), self._walk(deep=True)
        for parts, folder in walk.below(base):
            if not folder and matches(parts[len(base) :] or parts[-1:], pattern):
                self._look(search, walk, parts)
            if search.full:
                break
        return _told(
            search.found, [*search.notes, *walk.notes], nothing=f"nothing found: {text!r} (files searched: {search.files})"
        )

    def _parts(self, path: str) -> Parts:
        parts = parts_below(path)
        if not self.hidden and any(part.startswith(".") for part in parts):
            raise PermissionError(f"{path}: hidden files and folders are off limits")
        return parts

    def _walk(self, *, deep: bool) -> Walk:
        return Walk(self.root, self.hidden, self.bounds.visited, deep)

    @contextmanager
    def _opened(self, parts: Parts) -> Generator[int]:
        """Open a file; one that is not there is told with those that are called alike."""
        try:
            with open_below(self.root, parts) as opened:
                yield opened
        except FileNotFoundError as error:
            raise FileNotFoundError(f"{error}{self._alike(parts)}") from None

    def _alike(self, parts: Parts) -> str:
        try:
            with open_below(self.root, parts[:-1]) as folder:
                names = [name for name, _ in entries(folder, COMPARED).found if self.hidden or not name.startswith(".")]
        except OSError:
            return ""
        by_name = {name.lower(): name for name in reversed(names)}
        alike = [by_name[name] for name in get_close_matches(parts[-1].lower(), by_name, n=3)]
        return f"; did you mean {' or '.join('/'.join((*parts[:-1], name)) for name in alike)}?" if alike else ""

    def _look(self, search: Search, walk: Walk, parts: Parts) -> None:
        try:
            with open_below(self.root, parts) as opened:
                search.look(opened, "/".join(parts))
        except OSError:  # taken away or changed meanwhile, or not ours to read
            walk.notes.append(f"{'/'.join(parts)} could not be read")

    def _excerpt(self, path: str, data: bytes, start: int, count: int) -> str:
        text = data[: self.bounds.file_bytes].decode(errors="replace")
        whole = text.removesuffix("\n").count("\n") + 1 if text else 0
        if start > max(whole, 1):
            raise ValueError(f"{path}: has {whole} lines, so none from {start} on")
        shown = self._fitting(islice(lines_of(text), start - 1, start - 1 + count))
        last = start - 1 + len(shown)
        notes = [f"lines {start} to {last} of {whole}; go on with start_line={last + 1}"] if last < whole else []
        if len(data) > self.bounds.file_bytes:
            notes.append(f"only the first {self.bounds.file_bytes:,} bytes were looked at")
        return _told(shown, notes, nothing=f"{path} is empty")

    def _fitting(self, lines: Iterable[str]) -> list[str]:
        """Return the lines that fit the bound on characters, at least one; a line that does not fit alone is cut."""
        room, fitting = self.bounds.characters, list[str]()
        for line in lines:
            room -= len(line) + 1
            if room < 0 and fitting:
                break
            fitting.append(line if room >= 0 else f"{line[: self.bounds.characters]} ... (the line goes on)")
        return fitting


def _told(lines: list[str], notes: list[str], *, nothing: str) -> str:
    """Return *lines* or, without any, *nothing*; then the notes, at most five, in parentheses."""
    kept = notes[:5] + [f"{len(notes) - 5} more could not be read"] * (len(notes) > 5)
    said = [f"({'; '.join(kept)})"] if kept else []
    return "\n".join([*(lines or [nothing]), *said])
