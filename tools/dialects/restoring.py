"""Arguments as the original schema means them, from a model that was told of it in a dialect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from attrs import Factory, evolve, field, frozen

from ..arguments import Arguments, Reader, Refused
from ..wording import JsonObject
from .naming import aliases
from .node import Node, Schema, Source
from .reading import read
from .shape import Branch, Flattening

__all__ = ["Restoring"]


def _finds_aliases(restoring: Restoring) -> bool:
    source = restoring._source  # pyright: ignore[reportPrivateUsage]  # a default of the class itself
    return any(aliases(names) for each in (source.root, *source.definitions.values()) for names in _names(each))


@frozen
class Restoring:
    """Undoes in arguments what dialects do to one schema: other names for properties, and null for what is left out."""

    _source: Source
    _has_aliases: bool = field(init=False, default=Factory(_finds_aliases, takes_self=True))

    @classmethod
    def of(cls, schema: Mapping[str, object]) -> Restoring:
        """Return what undoes the dialects of *schema*."""
        return cls(read(schema))

    def read(self, given: JsonObject, reads: Reader) -> Arguments | Refused:
        """Return what *reads* makes of *given*, as the original schema would have had it.  *given* is not changed.

        Names are undone first.  Null is taken for left out only when *given* is refused with it: where the schema does not
        take null, and lets the property be left out.  What is refused then is wrong for another reason, which is told.
        """
        named = self.restored(given) if self._has_aliases else given
        outcome = reads(named)
        if isinstance(outcome, Refused) and _holds_null(named):
            outcome = reads(self.restored(named, nulls=False))
        return outcome if isinstance(outcome, Refused) else evolve(outcome, json=given)

    def restored(self, given: JsonObject, *, nulls: bool = True) -> JsonObject:
        """Return *given* with the schema's own names; without *nulls* also without those that say that nothing is given."""
        return cast("JsonObject", self._value(given, self._source.root, nulls))

    def _value(self, value: object, schema: Schema, nulls: bool) -> object:
        """Return *value*, which is meant for *schema*.  However long the schema goes on, each step goes into the value."""
        if isinstance(schema, bool) or not isinstance(value, dict | list):
            return value
        branches = self._branches(schema)
        if isinstance(value, list):
            return self._list(cast("list[object]", value), branches, nulls)
        members = cast("JsonObject", value)
        return next((self._object(members, each, nulls) for each in branches if _is_meant(members, each)), members)

    def _branches(self, schema: Node) -> tuple[Branch, ...]:
        return Flattening(self._source, inline=True, drop=_ignore).shape(schema).branches

    def _list(self, value: list[object], branches: tuple[Branch, ...], nulls: bool) -> list[object]:
        array = next((each.node for each in branches if each.type == "array"), Node())
        prefix = array.many.get("prefixItems", ())
        rest = array.one.get("items", True)
        return [self._value(each, (prefix[number : number + 1] or (rest,))[0], nulls) for number, each in enumerate(value)]

    def _object(self, value: JsonObject, branch: Branch, nulls: bool) -> JsonObject:
        properties = branch.node.named.get("properties", {})
        asked = cast("list[str]", branch.node.values.get("required", []))
        rest = branch.node.one.get("additionalProperties", True)
        return {
            name: self._value(each, properties.get(name, rest), nulls)
            for name, each in _named(value, properties)
            if nulls or each is not None or name in asked or self._takes_null(properties.get(name, True))
        }

    def _takes_null(self, schema: Schema) -> bool:
        return schema if isinstance(schema, bool) else any(each.type in (None, "null") for each in self._branches(schema))


def _ignore(path: str, keyword: str, why: str) -> None:
    """Take no note: nothing is written here."""


def _names(schema: Schema) -> Iterator[Mapping[str, Schema]]:
    """Yield the properties of each object in *schema*."""
    if isinstance(schema, bool):
        return
    if "properties" in schema.named:
        yield schema.named["properties"]
    inner = [*schema.one.values(), *(each for several in schema.many.values() for each in several)]
    for each in (*inner, *(its for by_name in schema.named.values() for its in by_name.values())):
        yield from _names(each)


def _holds_null(value: object) -> bool:
    if isinstance(value, dict):
        return any(_holds_null(each) for each in cast("JsonObject", value).values())
    if isinstance(value, list):
        return any(_holds_null(each) for each in cast("list[object]", value))
    return value is None


def _is_meant(value: JsonObject, branch: Branch) -> bool:
    """Whether *branch* is of an object that all members of *value* are listed for, and that asks for no others."""
    if branch.type != "object":
        return False
    properties = branch.node.named.get("properties", {})
    names = {name for name, _ in _named(value, properties)}
    is_open = branch.node.one.get("additionalProperties", True) is not False
    return names.issuperset(cast("list[str]", branch.node.values.get("required", []))) and (
        is_open or names <= properties.keys()
    )


def _named(value: JsonObject, properties: Mapping[str, Schema]) -> Iterator[tuple[str, object]]:
    """Yield the members of *value* under the names that *properties* have."""
    own = {alias: name for name, alias in aliases(properties).items()}
    for name, each in value.items():
        yield name if name in properties or own.get(name) in value else own.get(name, name), each
