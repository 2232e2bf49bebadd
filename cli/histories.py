"""Files of histories and requests: found, read in whatever form they are, and written again in the same form."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from errno import EACCES
from functools import partial
from pathlib import Path
from typing import Final, Literal, TypeAlias

from attrs import evolve, frozen

from ..errors import ConfigurationError
from ..states.shapes import is_list, is_object

__all__ = ["STDIN", "Item", "Source", "Unreadable", "files_in", "fixed", "read_source", "write_bytes", "write_text"]

STDIN: Final = Path("-")
Form: TypeAlias = Literal["whole", "array", "lines", "messages"]
"""One item; a JSON array of items; an item a line; one history, a message a line."""


class Unreadable(Exception):
    """A file that holds no JSON, or can not be read: the message says why, and where."""


@frozen(kw_only=True)
class Item:
    """One history, or one request.  *lines* are where it stands in a file of lines: its own line, or one for each message."""

    value: object
    lines: tuple[int, ...] = ()

    @property
    def body(self) -> Mapping[str, object] | None:
        """The body, where it is a request: an object is one."""
        return self.value if is_object(self.value) else None

    def line(self, index: int | None) -> int | None:
        """Return the line of the message at *index*, or of the item."""
        if not self.lines:
            return None
        return self.lines[min(index or 0, len(self.lines) - 1)]


@frozen(kw_only=True)
class Source:
    """A file that was read: its *name*, the form it is written in, and what is in it."""

    name: str
    form: Form
    items: tuple[Item, ...]

    def holding(self, name: str, values: Sequence[object]) -> Source:
        """Return the file called *name* that `text` makes of *values*."""
        if self.form == "messages":
            lines = tuple(range(1, len(_array(values[0])) + 1))
            return evolve(self, name=name, items=(evolve(self.items[0], value=values[0], lines=lines),))
        items = zip(self.items, values, range(1, len(values) + 1), strict=True)
        held = (evolve(item, value=value, lines=(line,) if item.lines else ()) for item, value, line in items)
        return evolve(self, name=name, items=tuple(held))

    def text(self, values: Sequence[object]) -> str:
        """Return the file's text with *values* in place of its items."""
        if self.form == "lines":
            return "".join(_json(value) + "\n" for value in values)
        if self.form == "messages":
            return "".join(_json(message) + "\n" for message in _array(values[0]))
        return _json([*values] if self.form == "array" else values[0], indent=2) + "\n"


def files_in(paths: Sequence[Path]) -> list[Path]:
    """Return the files that *paths* name, those in folders included; raises `ConfigurationError` for an empty folder."""
    found: list[Path] = []
    for path in paths:
        if path != STDIN and path.is_dir():
            inside = {each for each in path.rglob("*") if each.suffix in (".json", ".jsonl") and each.is_file()}
            if not inside:
                raise ConfigurationError(f"{path}: the folder holds no *.json and no *.jsonl")
            found += sorted(inside - {fixed(each) for each in inside})  # what was made of a file is not another
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def fixed(path: Path) -> Path:
    """Return where the repaired file of *path* goes."""
    return path.with_suffix(f".fixed{path.suffix or '.json'}")


def read_source(path: Path) -> Source:
    """Return what the file at *path*, or standard input, holds.  Raises `Unreadable`.

    It is taken for a file of lines when its first line is JSON by itself and there are more, or when its name says so.
    """
    text = _text(path)
    name = "stdin" if path == STDIN else str(path)
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not lines:
        raise Unreadable("it is empty")
    if (len(lines) > 1 or path.suffix == ".jsonl") and _is_json(lines[0][1]):
        return _of_lines(name, [(number, _parsed(line, number)) for number, line in lines])
    return _whole(name, _parsed(text))


def write_text(path: Path, text: str) -> None:
    """Put *text* at *path*, as `write_bytes` does.  Raises `ConfigurationError`."""
    try:
        write_bytes(path, text.encode())
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror or error}") from None


def write_bytes(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Put *data* at *path*, in one move: at any time there is a whole file, the old one or the new.

    Links are followed, and the mode of a file that was there is kept.  What is no file (a pipe, a device, all in `/dev`) is
    written to, never replaced.  Raises `OSError`; nothing is left beside the file then.
    """
    if (path.exists() and not path.is_file()) or path.absolute().parts[1:2] in (("dev",), ("proc",)):
        with path.open("wb") as file:
            file.write(data)
        return
    target = path.resolve()
    beside = target.with_name(f".detent.{os.getpid()}.tmp")
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(EACCES, os.strerror(EACCES))
    try:
        with open(beside, "wb", opener=partial(os.open, mode=mode)) as file:  # Path.open takes no opener
            file.write(data)
        if target.exists():
            beside.chmod(target.stat().st_mode)
        beside.replace(target)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def _text(path: Path) -> str:
    try:
        return (sys.stdin.buffer.read() if path == STDIN else path.read_bytes()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"byte {error.start}: it is not UTF-8") from None
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from None


def _parsed(text: str, line: int | None = None) -> object:
    """Return the JSON value in *text*, which is that line of its file.  Raises `Unreadable`, which says where it is none."""
    at = "" if line is None else f"line {line}: "
    try:
        value: object = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise Unreadable(f"line {line or error.lineno}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise Unreadable(f"{at}it is nested too deeply") from None
    except ValueError as error:
        raise Unreadable(f"{at}{error}") from None
    return value


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _is_json(line: str) -> bool:
    try:
        _parsed(line)
    except Unreadable:
        return False
    return True


def _whole(name: str, value: object) -> Source:
    if is_list(value) and value and all(is_list(each) or _is_body(each) for each in value):
        return Source(name=name, form="array", items=tuple(_item(each) for each in value))
    if _is_message(value):
        return Source(name=name, form="messages", items=(Item(value=[value]),))
    return Source(name=name, form="whole", items=(_item(value),))


def _of_lines(name: str, lines: list[tuple[int, object]]) -> Source:
    if any(_is_message(value) for _, value in lines):
        numbers = tuple(number for number, _ in lines)
        messages = Item(value=[value for _, value in lines], lines=numbers)
        return Source(name=name, form="messages", items=(messages,))
    return Source(name=name, form="lines", items=tuple(_item(value, number) for number, value in lines))


def _array(value: object) -> list[object]:
    return value if is_list(value) else []


def _item(value: object, *lines: int) -> Item:
    return Item(value=value, lines=lines)


def _is_body(value: object) -> bool:
    return is_object(value) and "messages" in value


def _is_message(value: object) -> bool:
    return is_object(value) and "role" in value and "messages" not in value


def _json(value: object, indent: int | None = None) -> str:
    """Return *value* as JSON that can be written down: where it holds half a character, all in ASCII."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return text if _is_sound(text) else json.dumps(value, indent=indent)


def _is_sound(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
