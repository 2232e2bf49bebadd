"""Any JSON at all -> a `Source`: one modern, well-formed schema whose references stay within it.

What older drafts spell otherwise is read as Draft 2020-12 says it.  Nonsense is left out and reported, as is the little that
no dialect here can use: references out of the schema, `$dynamicRef`, `unevaluated*`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, cast

from ..wording import JsonObject
from .converted import Dropped
from .keywords import MANY, NAMED, ONE, VALUES, copied, escaped, is_pattern, same
from .node import NOTES, TYPES, Node, Schema, Source
from .references import References

__all__ = ["read"]

_SINCE_2019: Final = frozenset(
    [
        "prefixItems",
        "dependentRequired",
        "dependentSchemas",
        "minContains",
        "maxContains",
        "unevaluatedItems",
        "unevaluatedProperties",
    ]
)
_READ: Final = {*VALUES, *ONE, *MANY, *NAMED, "type", "$ref", "$defs", "definitions", "additionalItems"}
_WHY: Final = {
    "$dynamicRef": "what it refers to is only known while a value is checked",
    "$recursiveRef": "what it refers to is only known while a value is checked",
    "unevaluatedProperties": "no host takes it",
    "unevaluatedItems": "no host takes it",
    "$schema": "it is no part of what a value must be",
    "$id": "references are written without it",
}


def read(schema: object) -> Source:
    """Return what *schema* says.  Total: whatever is no schema takes any value."""
    whole = copied(schema)
    reader = _Reader(whole)
    root = reader.schema(whole, "")
    definitions: dict[str, Schema] = {"": root}
    for name, target, at in reader.references.targets():
        definitions[name] = reader.schema(target, at)
    return Source(root, definitions, tuple(dict.fromkeys(reader.dropped)))


class _Reader:
    def __init__(self, whole: object) -> None:
        self.references = References(whole)
        draft = cast("JsonObject", whole).get("$schema") if isinstance(whole, dict) else None
        self.is_old = isinstance(draft, str) and bool(re.search(r"draft-0[3467]", draft))
        self.dropped: list[Dropped] = []

    def drop(self, at: str, keyword: str, why: str) -> None:
        self.dropped.append(Dropped(at, keyword, why))

    def schema(self, raw: object, at: str) -> Schema:
        if isinstance(raw, bool):
            return raw
        if not isinstance(raw, dict):
            self.drop(at, "", "no schema stands here, or it is nested too deeply")
            return True
        return self._node(_modern(cast("JsonObject", raw), self.is_old), at)

    def _node(self, raw: JsonObject, at: str) -> Node:
        values = dict(self._values(raw, at))
        ref = self._reference(raw["$ref"], at) if "$ref" in raw else None
        if self.is_old and ref is not None:  # Draft 7: "All other properties in a "$ref" object MUST be ignored."
            return Node(at=at, ref=ref, notes={each: values[each] for each in NOTES if each in values})
        named = dict(self._named(raw, at))
        if len(named.get("patternProperties", {})) < len(cast("JsonObject", raw.get("patternProperties") or {})):
            raw = {key: value for key, value in raw.items() if key != "additionalProperties"}  # it would take in more names
        self._report_unused(raw, at)
        return Node(
            at=at,
            types=self._types(raw, at),
            values=_with_const({key: value for key, value in values.items() if key not in NOTES}),
            notes={each: values[each] for each in NOTES if each in values},
            one={key: self.schema(raw[key], f"{at}/{key}") for key in raw if key in ONE},
            many=dict(self._many(raw, at)),
            named=named,
            ref=ref,
        )

    def _types(self, raw: JsonObject, at: str) -> tuple[str, ...] | None:
        given = raw.get("type")
        several = cast("list[object]", given) if isinstance(given, list) else [given]
        known = [each for each in several if isinstance(each, str) and each in TYPES]
        if known and len(known) == len(several):
            return tuple(dict.fromkeys(known))
        if "type" in raw:
            self.drop(at, "type", f"JSON has no such type: {given!r:.60}")
        return None

    def _values(self, raw: JsonObject, at: str) -> Iterator[tuple[str, object]]:
        for key, value in raw.items():
            fits = VALUES.get(key)
            if fits and fits(value) and (key, value) != ("uniqueItems", False):
                yield key, _tidy(key, value)
            elif fits and (key, value) != ("uniqueItems", False):
                self.drop(at, key, "its value is not what it must be")

    def _many(self, raw: JsonObject, at: str) -> Iterator[tuple[str, tuple[Schema, ...]]]:
        for key in (each for each in raw if each in MANY):
            if isinstance(given := raw[key], list) and given:
                several = enumerate(cast("list[object]", given))
                yield key, tuple(self.schema(each, f"{at}/{key}/{number}") for number, each in several)
            else:
                self.drop(at, key, "a list of schemas must stand here")

    def _named(self, raw: JsonObject, at: str) -> Iterator[tuple[str, dict[str, Schema]]]:
        for key in (each for each in raw if each in NAMED):
            if not isinstance(given := raw[key], dict):
                self.drop(at, key, "schemas by name must stand here")
                continue
            by_name = cast("JsonObject", given)
            usable = {name: each for name, each in by_name.items() if key != "patternProperties" or is_pattern(name)}
            if len(usable) < len(by_name):
                self.drop(at, key, "a name in it is no regular expression")
            yield key, {name: self.schema(each, f"{at}/{key}/{escaped(name)}") for name, each in usable.items()}

    def _reference(self, raw: object, at: str) -> str | None:
        if (name := self.references.name_of(raw)) is None:
            self.drop(at, "$ref", f"it leads nowhere within the schema: {raw!r:.80}")
        return name

    def _report_unused(self, raw: JsonObject, at: str) -> None:
        for key in raw:
            if key not in _READ:
                self.drop(at, key, _WHY.get(key, "it is no keyword that a value can fail"))


def _tidy(key: str, value: object) -> object:
    if key.startswith(("min", "max")):
        return int(value) if isinstance(value, float) and value.is_integer() else value
    if key == "required":
        return list(dict.fromkeys(cast("list[str]", value)))
    if key == "dependentRequired":
        return {name: list(dict.fromkeys(each)) for name, each in cast("dict[str, list[str]]", value).items()}
    return value


def _with_const(values: Mapping[str, object]) -> dict[str, object]:
    rest = {key: value for key, value in values.items() if key != "const"}
    if "const" not in values:
        return rest
    only = values["const"]
    allowed = cast("list[object]", rest.get("enum", [only]))
    return {**rest, "enum": [only] if any(same(only, each) for each in allowed) else []}


def _modern(raw: JsonObject, is_old: bool) -> JsonObject:
    """Return *raw* as Draft 2020-12 spells it."""
    modern = {key: value for key, value in raw.items() if not (is_old and key in _SINCE_2019)}
    if isinstance(modern.get("items"), list):
        modern["prefixItems"] = modern.pop("items")
        if "additionalItems" in modern:
            modern["items"] = modern["additionalItems"]
        if not modern["prefixItems"]:
            del modern["prefixItems"]
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(modern.get(exclusive), bool):  # Draft 4: whether the bound itself is left out
            is_open = modern.pop(exclusive)
            if is_open and bound in modern:
                modern[exclusive] = modern.pop(bound)
    if is_old and isinstance(modern.get("dependencies"), dict):
        by_name = cast("JsonObject", modern.pop("dependencies"))
        modern["dependentRequired"] = {name: each for name, each in by_name.items() if isinstance(each, list)}
        modern["dependentSchemas"] = {name: each for name, each in by_name.items() if not isinstance(each, list)}
    return modern
