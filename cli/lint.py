"""`detent lint`: what hosts will refuse of a history or a request, and the same history without it."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import cast

from attrs import frozen

from ..errors import ConfigurationError
from ..machine.wire.hosts import host_named
from ..states.history import Profile, judge, judge_request, repair
from .drawing import to_stdout
from .exits import Exit
from .findings import Checked, Found, as_json, shown
from .histories import STDIN, Source, Unreadable, files_in, fixed, read_source, write_text
from .screen import console_on

__all__ = ["Linting", "lint"]


@frozen(kw_only=True)
class Linting:
    """What the options of `detent lint` ask for."""

    paths: tuple[Path, ...]
    host: str
    sendable: bool
    fix: bool
    output: Path | None
    in_place: bool
    json: bool


def lint(asked: Linting) -> Exit:
    """Judge the files, print what is found, repair them where that is asked for, and return the exit code.

    That is 0 when nothing is found (after a repair: nothing is left), 1 when something is, 2 when a file can not be read.
    Raises `ConfigurationError` for what is wrong with the options, before anything is read or written.
    """
    profile = cast("Profile", host_named(asked.host))  # pyright can not see through the fields' converters
    paths = files_in(asked.paths)
    _check(asked, paths)
    checked: list[Checked] = []
    for path in paths:
        try:
            checked.append(_checked(asked, path, profile))
        except Unreadable as error:
            checked.append(Checked(name=_name(path), unreadable=str(error)))
    if asked.json:
        sys.stdout.write(as_json(checked, profile.name) + "\n")
    else:
        shown(checked, profile.name, console_on(stderr=_writes_to_stdout(asked, paths)))
    if any(each.unreadable for each in checked):
        return Exit.USAGE
    return Exit.FAILED if any(each.left for each in checked) else Exit.DONE


def _check(asked: Linting, paths: Sequence[Path]) -> None:
    """Refuse options that do not go together, and a place to write to that is a file to read from."""
    if (asked.output is not None or asked.in_place) and not asked.fix:
        raise ConfigurationError(f"{'--output' if asked.output else '--in-place'} says where --fix writes: give --fix too")
    if asked.output is not None and asked.in_place:
        raise ConfigurationError("--output and --in-place exclude each other")
    if asked.output is not None and len(paths) > 1:
        raise ConfigurationError(f"--output takes what becomes of one file, and there are {len(paths)}")
    if asked.in_place and STDIN in paths:
        raise ConfigurationError("--in-place can not write to standard input")
    if asked.json and _writes_to_stdout(asked, paths):
        raise ConfigurationError("--json and what becomes of standard input would both be on stdout: give --output FILE")
    if asked.fix and not asked.in_place:
        for path in paths:
            _check_place(_place(asked, path), paths)


def _check_place(place: Path, paths: Collection[Path]) -> None:
    if place == STDIN:
        return
    for path in paths:
        if path != STDIN and place.exists() and path.exists() and place.samefile(path):
            raise ConfigurationError(f"{place} would be overwritten, and it is to be read: --in-place allows that")


def _writes_to_stdout(asked: Linting, paths: Sequence[Path]) -> bool:
    return asked.fix and any(_place(asked, path) == STDIN for path in paths)


def _place(asked: Linting, path: Path) -> Path:
    """Return where the repaired file goes."""
    if asked.output is not None:
        return asked.output
    return path if asked.in_place or path == STDIN else fixed(path)


def _name(path: Path) -> str:
    return "stdin" if path == STDIN else str(path)


def _checked(asked: Linting, path: Path, profile: Profile) -> Checked:
    source = read_source(path)
    found = _findings(source, profile, asked.sendable)
    if not asked.fix:
        return Checked(name=source.name, items=len(source.items), found=found, left=found)
    values, changes = _repaired(source)
    written = None
    if changes or asked.output is not None or path == STDIN:
        written = _write(_place(asked, path), source.text(values))
    left = _findings(source.holding(written or source.name, values), profile, asked.sendable)
    return Checked(name=source.name, items=len(source.items), found=found, left=left, changes=changes, written=written)


def _findings(source: Source, profile: Profile, sendable: bool) -> tuple[Found, ...]:
    found: list[Found] = []
    for number, item in enumerate(source.items):
        judged = judge(item.value, profile, sendable=sendable) if item.body is None else judge_request(item.body, profile)
        history = number if source.form == "array" else None
        found += [Found(file=source.name, line=item.line(one.index), history=history, finding=one) for one in judged]
    return tuple(found)


def _repaired(source: Source) -> tuple[list[object], tuple[str, ...]]:
    """Return the items with every history in them repaired, and what was changed."""
    values: list[object] = []
    said: list[str] = []
    for number, item in enumerate(source.items):
        body = item.body
        messages, changes = repair(item.value if body is None else body.get("messages"))
        values.append(messages if body is None else {**body, "messages": messages})
        at = {"lines": f"line {item.line(None)}, ", "array": f"history {number}, "}.get(source.form, "")
        said += [at + change for change in changes]
    return values, tuple(said)


def _write(place: Path, text: str) -> str:
    if place == STDIN:
        to_stdout(text)
        return "stdout"
    write_text(place, text)
    return str(place)
