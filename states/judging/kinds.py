"""Looking at JSON of any origin and depth: its shapes, its strings, and how a value is named in a finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeGuard, cast

__all__ = ["brief", "is_array", "is_object", "nested_over", "strings"]

_LONGEST_SHOWN: Final = 60
_LARGEST_SHOWN: Final = 10**15


def is_object(value: object) -> TypeGuard[Mapping[str, object]]:
    """Whether *value* is a JSON object."""
    return isinstance(value, Mapping) and all(isinstance(key, str) for key in cast("Mapping[object, object]", value))


def is_array(value: object) -> TypeGuard[Sequence[object]]:
    """Whether *value* is a JSON array."""
    return isinstance(value, list | tuple)


def strings(value: object) -> Iterator[str]:
    """Return every string in *value*, keys included, in no order that matters.  Any depth will do."""
    return (text for text, _ in _walk(value) if isinstance(text, str))


def nested_over(levels: int, value: object) -> bool:
    """Whether arrays and objects stand inside each other in more than so many *levels*."""
    return any(depth > levels for _, depth in _walk(value))


def brief(value: object) -> str:
    """Return a few words for *value*: strings and numbers as they are, cut; of the rest what kind it is."""
    if isinstance(value, str):
        return repr(value) if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]!r}..."
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return str(value) if -_LARGEST_SHOWN < value < _LARGEST_SHOWN else "a number"
    return "an array" if is_array(value) else "an object"


def _walk(value: object) -> Iterator[tuple[object, int]]:
    """Return what *value* is made of, each with the number of containers it is, or stands in."""
    waiting: list[tuple[object, int]] = [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        inner: list[object] = []
        if isinstance(item, Mapping):
            inner = [*item.keys(), *item.values()]
        elif is_array(item):
            inner = [*item]
        else:
            depth -= 1
        yield item, depth
        waiting += [(each, depth + 1) for each in inner]
