"""What the value of each keyword must be.  A value that is none is nonsense, and read as if it were not there."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Final, cast

from ..wording import well_formed

__all__ = [
    "ASSERTIONS",
    "MANY",
    "NAMED",
    "NONSENSE",
    "ONE",
    "VALUES",
    "copied",
    "escaped",
    "is_json",
    "is_pattern",
    "is_text",
    "same",
]

NONSENSE: Final = ...
"""Stands for what JSON can not hold, and for what is nested too deeply."""

_DEEPEST = 100


def copied(value: object, hole: object = NONSENSE, depth: int = _DEEPEST) -> object:
    """Return a copy of *value* that has only what JSON has; *hole* in place of the rest, and of what is nested too deeply."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return well_formed(str(value))
    if isinstance(value, float):
        return value if math.isfinite(value) else hole
    if isinstance(value, Mapping) and depth:
        members = cast("Mapping[object, object]", value).items()
        return {well_formed(name): copied(each, hole, depth - 1) for name, each in members if isinstance(name, str)}
    if isinstance(value, list | tuple) and depth:
        return [copied(each, hole, depth - 1) for each in cast("list[object]", value)]
    return hole


def escaped(name: str) -> str:
    """Return *name* as a part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def is_json(value: object) -> bool:
    """Whether nothing in *value*, which was `copied`, is nonsense."""
    if isinstance(value, dict):
        return all(is_json(each) for each in cast("dict[str, object]", value).values())
    if isinstance(value, list):
        return all(is_json(each) for each in cast("list[object]", value))
    return value is not NONSENSE


def same(one: object, other: object) -> bool:
    """Whether JSON takes the two for one value: 1 is 1.0, but not true."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        pairs = zip(cast("list[object]", one), cast("list[object]", other), strict=False)
        return len(cast("list[object]", one)) == len(cast("list[object]", other)) and all(same(a, b) for a, b in pairs)
    if isinstance(one, dict) and isinstance(other, dict):
        mine, others = cast("dict[str, object]", one), cast("dict[str, object]", other)
        return mine.keys() == others.keys() and all(same(mine[key], others[key]) for key in mine)
    return one == other


def is_text(value: object) -> bool:
    """Whether *value* is a string."""
    return isinstance(value, str)


def is_pattern(value: object) -> bool:
    """Whether *value* is a regular expression that can be checked here."""
    try:
        return isinstance(value, str) and bool(re.compile(value))
    except (re.error, RecursionError, OverflowError):
        return False


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_factor(value: object) -> bool:
    return _is_number(value) and cast("float", value) > 0


def _is_count(value: object) -> bool:
    return _is_number(value) and cast("float", value) >= 0 and cast("float", value) == int(cast("float", value))


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in cast("list[object]", value))


def _is_names_by_name(value: object) -> bool:
    return isinstance(value, dict) and all(_is_names(each) for each in cast("dict[str, object]", value).values())


def _is_list(value: object) -> bool:
    return isinstance(value, list) and is_json(cast("list[object]", value))


VALUES: Final[Mapping[str, Callable[[object], bool]]] = {
    "enum": _is_list,
    "const": is_json,
    "pattern": is_pattern,
    "format": is_text,
    **dict.fromkeys(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"], _is_number),
    "multipleOf": _is_factor,
    **dict.fromkeys(
        ["minLength", "maxLength", "minItems", "maxItems", "minContains", "maxContains", "minProperties", "maxProperties"],
        _is_count,
    ),
    "uniqueItems": _is_flag,
    "required": _is_names,
    "dependentRequired": _is_names_by_name,
    "title": is_text,
    "description": is_text,
    "default": is_json,
    "examples": _is_list,
    **dict.fromkeys(["deprecated", "readOnly", "writeOnly"], _is_flag),
}
"""Keywords that hold plain JSON, and whether a value will do."""

ONE: Final = frozenset(["items", "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else"])
MANY: Final = frozenset(["allOf", "anyOf", "oneOf", "prefixItems"])
NAMED: Final = frozenset(["properties", "patternProperties", "dependentSchemas"])
"""Keywords that hold one schema, a list of them, or one by name."""

ASSERTIONS: Final = frozenset(
    {
        *VALUES,
        *ONE,
        *MANY,
        *NAMED,
        "",
        "type",
        "$ref",
        "$dynamicRef",
        "$recursiveRef",
        "unevaluatedItems",
        "unevaluatedProperties",
    }
    - {"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "format"}
)
"""Keywords that a value can fail, "" among them: a schema as a whole."""
