"""Where the `$ref`s of a schema lead, found by the `referencing` library and given names.  Nothing is ever fetched."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, cast

from ..wording import JsonObject
from .keywords import escaped

if TYPE_CHECKING:
    from referencing import Specification
    from referencing.jsonschema import Schema

__all__ = ["References"]


class References:
    """The references of one schema, each target named once: by the last part of its address where that is free."""

    def __init__(self, whole: object) -> None:
        """Take the *whole* schema, which stands for all that can be referred to."""
        self._whole = whole
        self._names: dict[int, str] = {id(whole): ""}
        self._targets: list[tuple[str, object]] = []
        self._lookup: Callable[[str], object] | None = None
        # A part with an address of its own changes what the references in it mean; they are read as leading nowhere.
        inner = (cast("JsonObject", each) for at, each in _walked(whole, "") if at and isinstance(each, dict))
        self._has_parts = any(isinstance(each.get("$id"), str) for each in inner)

    def name_of(self, reference: object) -> str | None:
        """Return the name of what *reference* leads to ("" for the whole schema), None when it leads nowhere."""
        if not isinstance(reference, str) or self._has_parts:
            return None
        target = self._whole if reference in ("", "#") else self._found(reference)
        if not isinstance(target, dict | bool):
            return None
        key = id(cast("object", target)) if isinstance(target, dict) else hash(("bool", target))
        if key not in self._names:
            self._names[key] = self._free(reference)
            self._targets.append((self._names[key], cast("object", target)))
        return self._names[key]

    def targets(self) -> Iterator[tuple[str, object, str]]:
        """Yield name, content and address of each target; those that are named while this goes on as well."""
        number = 0
        while number < len(self._targets):
            name, target = self._targets[number]
            yield name, target, self._address(target)
            number += 1

    def _free(self, reference: str) -> str:
        last = re.sub("[^A-Za-z0-9_-]+", "_", reference.rstrip("/").rpartition("/")[2]).strip("_") or "schema"
        taken, number, name = set(self._names.values()), 1, last
        while name in taken:
            number += 1
            name = f"{last}_{number}"
        return name

    def _found(self, reference: str) -> object:
        try:
            self._lookup = self._lookup or _lookup(self._whole)
            return self._lookup(reference)
        except Exception:  # what a library may raise for a reference, or for a schema, of the strangest form
            return None

    def _address(self, target: object) -> str:
        return next((at for at, each in _walked(self._whole, "") if each is target), "")


def _lookup(whole: object) -> Callable[[str], object]:
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012, specification_with

    draft = cast("JsonObject", whole).get("$schema") if isinstance(whole, dict) else None
    kind: Specification[Schema] = specification_with(draft, default=DRAFT202012) if isinstance(draft, str) else DRAFT202012
    resource = kind.create_resource(cast("Schema", whole))
    registry: Registry[Schema] = Registry()
    resolver = registry.resolver_with_root(resource)
    return lambda reference: resolver.lookup(reference).contents


def _walked(value: object, at: str) -> Iterator[tuple[str, object]]:
    yield at, value
    if isinstance(value, dict):
        for name, each in cast("JsonObject", value).items():
            yield from _walked(each, f"{at}/{escaped(name)}")
    elif isinstance(value, list):
        for number, each in enumerate(cast("list[object]", value)):
            yield from _walked(each, f"{at}/{number}")
