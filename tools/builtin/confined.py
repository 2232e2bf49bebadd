"""Opening files below a folder and nowhere else.

A path is walked name by name, each opened relative to the folder before it (`openat`) without following links.  So a link
that is put in the way between the check and the opening is refused by the opening itself: there is no moment at which it
could lead out.  Where the platform can not open relative to a folder (Windows), the path is resolved and checked first, which
leaves that moment open.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

__all__ = ["Entry", "entries", "open_below", "parts_below"]

RELATIVE = os.open in os.supports_dir_fd and os.stat in os.supports_dir_fd and os.scandir in os.supports_fd
"""Whether this platform opens files relative to a folder."""
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"))

Entry = tuple[str, bool]
"""A name in a folder, and whether it is a folder."""


def parts_below(path: str) -> tuple[str, ...]:
    """Return the names along *path*, () for the folder itself; raises `PermissionError` for one that leads out."""
    if "\0" in path:
        raise ValueError("a path has no NUL character")
    parts: list[str] = []
    for part in PurePosixPath(path or ".").parts:
        if part == ".." and parts:
            parts.pop()
        elif part == ".." or part.startswith("/"):
            raise PermissionError(f"{path}: outside the working folder; give a path relative to it")
        else:
            parts.append(part)
    return tuple(parts)


@contextmanager
def open_below(root: Path, parts: tuple[str, ...]) -> Generator[int]:
    """Open what *parts* name below *root*, a regular file or a folder, and close it again.

    Raises `PermissionError` for a link, a device, a pipe or a socket, anywhere along the way, and `FileNotFoundError`.
    """
    opened = _walk(root, parts) if RELATIVE else _resolve(root, parts)
    try:
        yield opened
    finally:
        os.close(opened)


def _walk(root: Path, parts: tuple[str, ...]) -> int:
    folder = os.open(root, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0))
    for at, part in enumerate(parts):
        shown = "/".join(parts[: at + 1])
        try:
            folder = _next(folder, part, shown)
        except NotADirectoryError:
            raise NotADirectoryError(f"{'/'.join(parts[:at])}: not a folder") from None
        except FileNotFoundError:
            raise FileNotFoundError(f"{shown}: no such file or folder") from None
    return folder


def _next(folder: int, part: str, shown: str) -> int:
    """Open *part* in *folder*, which is closed in every case."""
    try:
        _refuse(os.stat(part, dir_fd=folder, follow_symlinks=False), shown)
        opened = os.open(part, _FLAGS, dir_fd=folder)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise PermissionError(f"{shown}: a link, and links are not followed") from None
        raise
    finally:
        os.close(folder)
    return _checked(opened, shown)


def _checked(opened: int, shown: str) -> int:
    """Return *opened*, or close it when what was opened is not what was looked at before."""
    try:
        _refuse(os.fstat(opened), shown)
    except OSError:
        os.close(opened)
        raise
    return opened


def _refuse(found: os.stat_result, shown: str) -> None:
    if stat.S_ISLNK(found.st_mode):
        raise PermissionError(f"{shown}: a link, and links are not followed")
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
        raise PermissionError(f"{shown}: neither a file nor a folder but a device, pipe or socket")


def _resolve(root: Path, parts: tuple[str, ...]) -> int:  # for platforms without openat
    path = root.joinpath(*parts)
    if not path.resolve().is_relative_to(root.resolve()):
        raise PermissionError(f"{'/'.join(parts)}: outside the working folder")
    try:
        _refuse(path.lstat(), "/".join(parts))
    except FileNotFoundError:
        raise FileNotFoundError(f"{'/'.join(parts)}: no such file or folder") from None
    return os.open(path, _FLAGS)


def entries(opened: int, most: int) -> tuple[list[Entry], bool]:
    """Return the files and folders in the folder *opened*, sorted by name, and whether there are more than *most*.

    Links, devices, pipes and sockets are left out.
    """
    found: list[Entry] = []
    with os.scandir(opened) as scan:
        for entry in scan:
            if len(found) == most:
                return sorted(found), True
            folder = entry.is_dir(follow_symlinks=False)
            if folder or entry.is_file(follow_symlinks=False):
                found.append((entry.name, folder))
    return sorted(found), False
