"""Events compared by what they say: times, lengths of time, tokens and the ids of hosts and conversations do not count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import orjson
from attrs import frozen

from ..machine.codec import json_of
from ..states import Event
from ..states.shapes import is_list, is_object

__all__ = ["Difference", "differences", "parting"]

_PASSING: Final = frozenset({"at", "seconds", "delay", "usage", "conversation_id", "host_id", "minted"})
"""Fields that differ between two runs in which the same happened."""


@frozen
class Difference:
    """A field, as a path such as `reply.said.text`, and what it says on either side; None where there is none."""

    field: str
    left: object
    right: object


def parting(left: Sequence[Event], right: Sequence[Event]) -> int | None:
    """Return the number of the first event that is not the same on both sides; None where all are."""
    for number, (one, other) in enumerate(zip(left, right, strict=False)):
        if _content(one) != _content(other):
            return number
    return None if len(left) == len(right) else min(len(left), len(right))


def differences(left: Event, right: Event) -> tuple[Difference, ...]:
    """Return where two events say different things, field by field."""
    return tuple(_between("", _content(left), _content(right)))


def _content(event: Event) -> object:
    return _lasting(orjson.loads(json_of(event)))


def _lasting(value: object) -> object:
    if is_object(value):
        return {name: _lasting(each) for name, each in value.items() if name not in _PASSING}
    return [_lasting(each) for each in value] if is_list(value) else value


def _between(path: str, left: object, right: object) -> Iterator[Difference]:
    pairs = _paired(left, right)
    if pairs is not None:
        for name, one, other in pairs:
            yield from _between(f"{path}.{name}" if path else name, one, other)
    elif left != right:
        yield Difference(path, left, right)


def _paired(left: object, right: object) -> list[tuple[str, object, object]] | None:
    """Return what stands under the same names on both sides, where both sides have names."""
    if not (is_object(left) and is_object(right)):
        left, right = _numbered(left), _numbered(right)
    if left is None or right is None:
        return None
    names = dict.fromkeys((*left, *right))
    return [(name, left.get(name), right.get(name)) for name in names]


def _numbered(value: object) -> Mapping[str, object] | None:
    return {str(number): each for number, each in enumerate(value)} if is_list(value) else None
