"""Names of properties that a host takes, for those that it does not; the same ones each time, so that they can be undone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

__all__ = ["RESERVED", "aliases", "prefixed"]

RESERVED: Final = frozenset({"$defs", "$ref", "anyOf", "required", "additionalProperties"})
"""Names that Moonshot takes for keywords wherever they stand."""

_PORTABLE: Final = re.compile("[A-Za-z_][A-Za-z0-9_]{0,63}")
_LONGEST: Final = 64


def aliases(names: Iterable[str]) -> dict[str, str]:
    """Return another name for each of *names* that some host would refuse: `_filter` for `$filter`."""
    every = list(names)
    taken = set(every)
    found: dict[str, str] = {}
    for name in every:
        if not _PORTABLE.fullmatch(name) or name in RESERVED:
            found[name] = _free(prefixed(re.sub("[^A-Za-z0-9_]", "_", name.removeprefix("$"))), taken)
            taken.add(found[name])
    return found


def prefixed(name: str) -> str:
    """Return *name* with `_` before it, 64 characters at most."""
    return f"_{name}"[:_LONGEST]


def _free(name: str, taken: set[str]) -> str:
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name[: _LONGEST - len(str(number)) - 1]}_{number}"
    return free
