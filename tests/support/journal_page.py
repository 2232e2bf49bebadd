"""The fields of every event as a Markdown table: `python tests/support/journal_page.py` writes it into `docs/journal.md`."""

from __future__ import annotations

import enum
import json
import re
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import attrs

from detent.states import EVENTS

__all__ = ["PAGE", "page_with_fields"]

PAGE: Final = Path(__file__).parents[2] / "docs" / "journal.md"
_BLOCK: Final = re.compile(r"<!-- fields -->.*<!-- /fields -->", re.DOTALL)
_NAMES: Final[dict[object, str]] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    type(None): "null",
}


def page_with_fields(page: str) -> str:
    """Return *page* with the table of fields as the classes say it."""
    rows = ["| object | field | JSON | left out when it is |\n", "| --- | --- | --- | --- |\n"]
    rows += [row for kind in _objects() for row in _rows(kind)]
    return _BLOCK.sub(lambda _: f"<!-- fields -->\n\n{''.join(rows)}\n<!-- /fields -->", page)


def _objects() -> list[type]:
    """Return the events, then what they are made of, each once, in the order in which they are met."""
    found: list[type] = list(EVENTS)
    for kind in found:  # it grows meanwhile
        for hint in _hints(kind).values():
            found += [part for part in _classes(hint) if part not in found]
    return found


def _rows(kind: type) -> Iterator[str]:
    hints = _hints(kind)
    if not hints:
        yield f"| `{kind.__name__}` |  |  |  |\n"
    for field in attrs.fields(kind):
        if field.name in hints:
            yield f"| `{kind.__name__}` | `{field.name}` | {_json(hints[field.name])} | {_default(field)} |\n"


def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in attrs.fields(kind) if field.init}


def _classes(hint: Any) -> Iterator[type]:
    if attrs.has(hint):
        yield hint
    for part in get_args(hint):
        yield from _classes(part)


def _json(hint: Any) -> str:
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return " or ".join(_json(part) for part in parts)
    if origin is tuple:
        return f"array of {_json(parts[0])}"
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return ", ".join(f"`{member.value}`" for member in hint)
    if attrs.has(hint):
        return f"`{hint.__name__}`"
    return _NAMES.get(hint) or ", ".join(f"`{value}`" for value in parts)


def _default(field: attrs.Attribute[Any]) -> str:
    default = field.default
    if default is attrs.NOTHING:
        return "never"
    if attrs.has(type(default)):
        return "all defaults"
    if default in ("", ()):
        return "empty"
    return f"`{json.dumps(default.value if isinstance(default, enum.Enum) else default)}`"


if __name__ == "__main__":
    PAGE.write_text(page_with_fields(PAGE.read_text("utf-8")), encoding="utf-8", newline="\n")
