"""Telling apart the shapes of JSON of unknown origin, in a way that type checkers follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard, cast

__all__ = ["is_list", "is_object", "members", "objects"]


def is_object(value: object) -> TypeGuard[Mapping[str, object]]:
    """Whether *value* is a JSON object."""
    return isinstance(value, Mapping)


def is_list(value: object) -> TypeGuard[list[object]]:
    """Whether *value* is a JSON array."""
    return isinstance(value, list)


def members(value: object) -> Mapping[str, object]:
    """Return the members of a JSON object; none of anything else."""
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}


def objects(value: object) -> list[Mapping[str, object]]:
    """Return the objects in a JSON array; none of anything else."""
    return [item for item in value if is_object(item)] if is_list(value) else []
