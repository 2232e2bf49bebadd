"""Bounds in the form that a dialect has: inclusive ones for exclusive ones, and none that exclude each other."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final, cast

__all__ = ["bounded"]

_PAIRS: Final = (
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
)


def bounded(
    values: Mapping[str, object], type_: str, keeps: Callable[[str, object], bool]
) -> tuple[dict[str, object], dict[str, object]]:
    """Return *values* of a schema of *type_*, and of them those that are no longer told exactly.

    *keeps* says whether the dialect has a keyword with a value.  An exclusive bound of integers has an exact inclusive one.
    """
    found, lost = dict(values), dict[str, object]()
    for key, plain in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if key in found and not keeps(key, found[key]):
            bound = cast("float", found.pop(key))
            if type_ != "integer":
                lost[key] = bound
            elif plain == "minimum":
                bound = math.floor(bound) + 1
            else:
                bound = math.ceil(bound) - 1
            other = cast("float", found.get(plain, bound))
            found[plain] = max(bound, other) if plain == "minimum" else min(bound, other)
    return found, {**lost, **_contradictions(found)}


def _contradictions(found: dict[str, object]) -> dict[str, object]:
    """Take out of *found*, and return, what can not be asked along with the rest: hosts refuse a range that nothing is in."""
    lost: dict[str, object] = {}
    for least, most in _PAIRS:
        if least in found and most in found and cast("float", found[least]) > cast("float", found[most]):
            lost[most] = found.pop(most)
    return lost
