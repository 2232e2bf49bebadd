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
import unicodedata
from collections.abc import Generator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path, PurePosixPath

from attrs import frozen

__all__ = ["Entry", "Listing", "entries", "is_nameable", "open_below", "parts_below"]

RELATIVE = os.open in os.supports_dir_fd and os.stat in os.supports_dir_fd and os.scandir in os.supports_fd
"""Whether this platform opens files relative to a folder."""
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"))
_ROOT_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_DIRECTORY", "O_CLOEXEC"))
LONGEST_PATH = 4096
"""Characters of a path, names and slashes; Linux opens no longer one either."""
_UNNAMEABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Control characters, what is left of bytes that are no UTF-8, and line breaks: Unicode's names for these categories."""

Entry = tuple[str, bool]
"""A name in a folder, and whether it is a folder."""


@frozen
class Listing:
    """What is in a folder: *visited* entries were looked at, also those that are not among the *found*; *more* were not."""

    found: list[Entry]
    visited: int
    more: bool


def parts_below(path: str) -> tuple[str, ...]:
    """Return the names along *path*, () for the folder itself.

    Raises `PermissionError` for one that leads out, and `ValueError` for one that is no text or has more than 4,096 characters.
    """
    if len(path) > LONGEST_PATH:
        raise ValueError(f"the path is longer than {LONGEST_PATH} characters")
    if not is_nameable(path):
        raise ValueError(f"{path!a}: a path has no NUL, line break or other control character")
    parts: list[str] = []
    for part in PurePosixPath(path.replace(os.sep, "/") or ".").parts:
        if part == ".." and parts:
            parts.pop()
        elif part == ".." or part.startswith("/"):
            raise PermissionError(f"{path}: outside the working folder; give a path relative to it")
        else:
            parts.append(part)
    return tuple(parts)


def is_nameable(name: str) -> bool:
    """Whether *name* can be said in a line and be given back as it was.

    A name with a line break in it could pass for several, one that is no UTF-8 does not survive being sent to a model.
    """
    return name.isprintable() or _UNNAMEABLE.isdisjoint(map(unicodedata.category, name))


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
    folder = _root(root)
    for at, part in enumerate(parts):
        shown = "/".join(parts[: at + 1])
        try:
            folder = _next(folder, part, shown)
        except NotADirectoryError:
            raise NotADirectoryError(f"{'/'.join(parts[:at])}: not a folder") from None
        except FileNotFoundError:
            raise FileNotFoundError(f"{shown}: no such file or folder") from None
    return folder


def _root(root: Path) -> int:
    """Open the working folder; what is wrong with it is said without its path, which is not the model's business."""
    try:
        return os.open(root, _ROOT_FLAGS)
    except OSError as error:
        raise type(error)(f"the working folder can not be opened: {os.strerror(error.errno or 0)}") from None


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


def entries(opened: int, most: int) -> Listing:
    """Return the files and folders in the folder *opened*, sorted by name, of at most *most* entries.

    Links, devices, pipes and sockets are left out, and so are names that can not be said in a line.
    """
    found, visited = list[Entry](), 0
    with os.scandir(opened) as scan:
        for entry in islice(scan, most):
            visited += 1
            folder = entry.is_dir(follow_symlinks=False)
            if (folder or entry.is_file(follow_symlinks=False)) and is_nameable(entry.name):
                found.append((entry.name, folder))
        more = next(scan, None) is not None
    return Listing(sorted(found), visited, more)
