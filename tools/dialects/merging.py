"""Two demands on one value as a single one: what `allOf` means, with nothing left of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, cast

from attrs import evolve

from .keywords import same
from .node import Node, Schema

__all__ = ["merged"]


def merged(one: Node, other: Node) -> tuple[Node | None, frozenset[str]]:
    """Return what takes the values that both take, and the keywords of *other* that could not be told along with *one*'s.

    None when no value can be of the types of both.  Annotations of *other* stand over those of *one*.  Both are flat: neither
    refers to another schema, nor has `anyOf`, `oneOf` or `allOf`.
    """
    types = _types(one.types, other.types)
    other, lost = _without_clashes(one, other)
    properties = _properties(one, other)
    node = evolve(
        one,
        types=types,
        values=_values(one.values, other.values),
        notes={**one.notes, **other.notes},
        one={key: _both(one.one.get(key, True), other.one.get(key, True)) for key in {**one.one, **other.one}},
        many={**one.many, **other.many},
        named={"properties": properties} if properties else {},
    )
    return (None if types == () else node), lost


def _types(one: tuple[str, ...] | None, other: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if one is None or other is None:
        return other if one is None else one
    both = [each for each in one if each in other or (each == "integer" and "number" in other)]
    if "number" in one and "integer" in other and "number" not in other and "integer" not in both:
        both.append("integer")
    return tuple(both)


def _without_clashes(one: Node, other: Node) -> tuple[Node, frozenset[str]]:
    lost = {
        key for key in ("pattern", "multipleOf") if not same(one.values.get(key), other.values.get(key, one.values.get(key)))
    }
    lost &= one.values.keys()
    if ("prefixItems" in one.many and _items(other)) or ("prefixItems" in other.many and _items(one)):
        lost |= _items(other)  # which of the two an item has to fit depends on where it stands
    if not lost:
        return other, frozenset()
    kept = {key: value for key, value in other.values.items() if key not in lost}
    items = {key: value for key, value in other.one.items() if key not in lost}
    many = {key: value for key, value in other.many.items() if key not in lost}
    return evolve(other, values=kept, one=items, many=many), frozenset(lost)


def _items(node: Node) -> set[str]:
    return {"items", "prefixItems"} & {*node.one, *node.many}


def _in_both(one: object, other: object) -> object:
    others = cast("list[object]", other)
    return [each for each in cast("list[object]", one) if any(same(each, its) for its in others)]


def _all_names(one: object, other: object) -> object:
    return list(dict.fromkeys([*cast("list[str]", one), *cast("list[str]", other)]))


def _larger(one: object, other: object) -> object:
    return max(cast("float", one), cast("float", other))


def _smaller(one: object, other: object) -> object:
    return min(cast("float", one), cast("float", other))


_BOTH: Final[Mapping[str, Callable[[object, object], object]]] = {
    "enum": _in_both,
    "required": _all_names,
    "uniqueItems": lambda one, other: one or other,
    **dict.fromkeys(["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"], _larger),
    **dict.fromkeys(["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"], _smaller),
}


def _values(one: Mapping[str, object], other: Mapping[str, object]) -> Mapping[str, object]:
    values = {**one, **other}  # of two formats, which are annotations, the outer one stands
    for key in one.keys() & other.keys() & _BOTH.keys():
        values[key] = _BOTH[key](one[key], other[key])
    return values


def _properties(one: Node, other: Node) -> dict[str, Schema]:
    """Return each property as both want it: the one that does not list it has its say by `additionalProperties`."""
    mine, others = one.named.get("properties", {}), other.named.get("properties", {})
    rest, others_rest = one.one.get("additionalProperties", True), other.one.get("additionalProperties", True)
    return {name: _both(mine.get(name, rest), others.get(name, others_rest)) for name in {**mine, **others}}


def _both(one: Schema, other: Schema) -> Schema:
    if isinstance(one, bool):
        return other if one else False
    if isinstance(other, bool):
        return one if other else False
    return Node(at=one.at, many={"allOf": (one, other)})
