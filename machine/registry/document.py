"""A configuration file as it is read: its text, what is in it, and where."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from attrs import define, field, frozen

from ...errors import ConfigurationError
from ...states.shapes import is_object
from .places import Place, json_places, toml_places

__all__ = ["Document", "Problem", "parse", "read"]


@frozen
class Problem:
    """What is wrong at *place*, in words that hold no value of the file: it might be a key."""

    place: Place
    text: str


@define(kw_only=True)
class Document:
    """A file that could be parsed.  Its text and its contents hold keys, so neither is shown."""

    path: Path
    text: str = field(repr=False)
    data: Mapping[str, object] = field(repr=False)

    @property
    def is_json(self) -> bool:
        """Whether it is written in JSON: its name ends so.  Any other file is TOML."""
        return _is_json(self.path)

    @cached_property
    def _lines(self) -> dict[Place, int]:
        places = json_places(self.text) if self.is_json else toml_places(self.text)
        return dict(reversed([*places]))  # the first place of a table that is opened twice

    def line_of(self, place: Place) -> int:
        """Return the line on which *place* stands, or else what it is in; 1 where nothing of it is there."""
        above = (place[:length] for length in range(len(place), 0, -1))
        return next((self._lines[each] for each in above if each in self._lines), 1)

    def told(self, problems: Iterable[Problem]) -> tuple[str, ...]:
        """Return a line for each of *problems*, in the order of the file: `detent.toml:7: roles.chat: ...`."""
        by_line = sorted((self.line_of(problem.place), number, problem) for number, problem in enumerate(problems))
        return tuple(f"{self.path}:{line}: {_dotted(problem.place)}{problem.text}" for line, _, problem in by_line)

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Raise one `ConfigurationError` that names all *problems*, each with file and line; nothing where there are none."""
        lines = self.told(problems)
        if lines:
            head = f"{len(lines)} things are wrong in the configuration:\n  " if len(lines) > 1 else ""
            raise ConfigurationError(head + "\n  ".join(lines))


def read(path: Path) -> Document:
    """Return the file at *path*, parsed.  Raises `ConfigurationError` when it can not be read, or not as what it is."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: the configuration can not be read: {error.strerror or error}") from None
    try:
        return parse(path, raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(f"{path}:{line}: the configuration is not UTF-8") from None


def parse(path: Path, text: str) -> Document:
    """Return *text* as the file at *path*: JSON where its name ends in `.json`, TOML elsewhere.

    Raises `ConfigurationError` with the line when it is not, and for a key that stands twice in one JSON object.
    """
    try:
        data: object = json.loads(text) if _is_json(path) else tomllib.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigurationError(f"{path}:{error.lineno}: not JSON: {error.msg}, in column {error.colno}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(_not_toml(path, text, str(error))) from None
    except RecursionError:
        raise ConfigurationError(f"{path}: the configuration is nested too deeply") from None
    if not is_object(data):
        raise ConfigurationError(f"{path}:1: an object with hosts, models and roles is wanted")
    document = Document(path=path, text=text, data=data)
    if document.is_json:
        _refuse_repeated(document)
    return document


def _is_json(path: Path) -> bool:
    return path.suffix.lower() == ".json"


def _not_toml(path: Path, text: str, said: str) -> str:
    found = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", said, re.DOTALL)
    if found is None:
        return f"{path}:{len(text.splitlines()) or 1}: not TOML: {said}"
    return f"{path}:{found[2]}: not TOML: {found[1]}, in column {found[3]}"


def _refuse_repeated(document: Document) -> None:
    """JSON leaves open which of two equal keys counts, so neither does; TOML refuses them by itself."""
    places = list(json_places(document.text))
    times = Counter(place for place, _ in places)
    repeated = {place: line for place, line in places if times[place] > 1}
    if repeated:
        lines = (f"{document.path}:{line}: {_dotted(place)}is there twice" for place, line in repeated.items())
        raise ConfigurationError("\n  ".join(lines))


def _dotted(place: Place) -> str:
    return f"{'.'.join(map(str, place))}: " if place else ""
