"""On which line of a file each key stands: the parsers of the standard library do not say.

Both functions want a text that has been parsed before, and follow keys through tables; what stands in a list is found by
the key before it.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from ...states.shapes import is_object

__all__ = ["Place", "json_places", "toml_places"]

Place: TypeAlias = tuple[str | int, ...]
"""Keys and positions from the top of the file down."""

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],]')


def toml_places(text: str) -> Iterator[tuple[Place, int]]:
    """Yield every key of a TOML document and its line, in order; a table that is opened twice comes twice."""
    table: Place = ()
    for line, source, parsed in _statements(text):
        is_header = source.lstrip().startswith("[")
        places = list(_places(parsed, () if is_header else table))
        table = places[-1] if is_header else table
        yield from ((place, line) for place in places)


def _statements(text: str) -> Iterator[tuple[int, str, Mapping[str, object]]]:
    """Yield the statements: the fewest whole lines that can be parsed alone.  So none ends within a list or a long text."""
    source, begun = "", 1
    for number, line in enumerate(text.split("\n"), 1):
        begun = begun if source else number
        source += f"{line}\n"
        try:
            parsed = tomllib.loads(source)
        except tomllib.TOMLDecodeError:
            continue
        yield begun, source, parsed
        source = ""


def _places(value: object, place: Place) -> Iterator[Place]:
    if is_object(value):
        for key, inner in value.items():
            yield (*place, key)
            yield from _places(inner, (*place, key))


def json_places(text: str) -> Iterator[tuple[Place, int]]:
    """Yield every key of a JSON document and its line, in order; a key that stands there twice comes twice."""
    within: list[str | int | None] = []  # of an object the key, None before there is one; of a list the position
    line, seen = 1, 0
    for token in _TOKEN.finditer(text):
        line, seen = line + text.count("\n", seen, token.start()), token.start()
        match token[0]:
            case "{":
                within.append(None)
            case "[":
                within.append(0)
            case "}" | "]":
                within.pop()
            case ",":
                within[-1] = within[-1] + 1 if isinstance(within[-1], int) else None
            case name if within and within[-1] is None:
                within[-1] = str(json.loads(name))
                yield tuple(part for part in within if part is not None), line
            case _:
                pass
