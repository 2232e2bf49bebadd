"""OpenAI's strict form, under which the host lets the model write nothing but arguments that fit.

Every object is closed, every property required; one that may be left out takes null, which `restored` reads as left out.  A
keyword that only narrows a value and is not to be had goes into the description; where a value's very form can not be told,
the tool can not be strict.

Source: OpenAI's guide to structured outputs, "Supported schemas", read 2026-11-21; `minLength`, `maxLength` and
lookaround, which it does not list, are reported to be refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Final, cast

from ..wording import JsonObject
from .converted import Converted, Dropped
from .node import Schema, Source
from .shape import Branch
from .writing import Writer

__all__ = ["Strict"]

_FORMATS: Final = frozenset(["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"])
_LOOKAROUND: Final = re.compile(r"\(\?<?[=!]")
_FORM: Final = frozenset(
    [
        "not",
        "if",
        "then",
        "else",
        "contains",
        "propertyNames",
        "patternProperties",
        "dependentRequired",
        "dependentSchemas",
        "required",
        "$ref",
        "$dynamicRef",
        "unevaluatedProperties",
        "unevaluatedItems",
        "anyOf",
    ]
)
"""Keywords that say what form a value has: without them the host would bind the model to something else."""

_MOST_LEVELS: Final = 10
_MOST_PROPERTIES: Final = 5_000
_MOST_CHOICES: Final = 1_000
_MOST_CHARS: Final = 120_000


class Strict(Writer):
    """Writes the strict form, or says why there is none."""

    kept: ClassVar[frozenset[str]] = frozenset(
        [
            "enum",
            "pattern",
            "format",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
            "minItems",
            "maxItems",
            "additionalProperties",
            "title",
            "description",
        ]
    )

    def __init__(self, source: Source) -> None:
        """Begin with *source*, and nothing in the way."""
        super().__init__(source)
        self._hindrances: dict[Dropped, None] = {}

    def keeps(self, type_: str, keyword: str, value: object) -> bool:
        """Whether *keyword* with this *value* can be said of a *type_*."""
        match keyword:
            case "enum":
                return type_ not in ("array", "object")
            case "format":
                return type_ == "string" and value in _FORMATS
            case "pattern":
                return not _LOOKAROUND.search(str(value))
            case _:
                return keyword in self.kept

    def anything(self, at: str) -> JsonObject:
        """Return the schema of any value, which stands in the way."""
        self._hinder(at, "type", "a value without a type can not be strict")
        return {}

    def optional(self, written: JsonObject) -> JsonObject:
        """Return *written*, and null."""
        branches = cast("list[JsonObject]", written["anyOf"]) if "anyOf" in written else [written]
        if any(each.get("type") == "null" for each in branches):
            return written
        return {**(written if "anyOf" in written else {}), "anyOf": [*branches, {"type": "null"}]}

    def drop(self, path: str, keyword: str, why: str) -> None:
        """Take note of *keyword*, as standing in the way where a value's form depends on it."""
        if keyword in _FORM:
            self._hinder(path, keyword, why)
        super().drop(path, keyword, why)

    def converted(self) -> Converted:
        """Return the strict form; where there is none, what stands in the way, and a schema of no use."""
        written = super().converted()
        for each in self.source.dropped:
            if each.keyword in _FORM:
                self._hinder(each.path, each.keyword, each.why)
        for keyword in _beyond(written.schema):
            self._hinder("", keyword, "it is more than a strict schema may have")
        if self._hindrances:
            return Converted({}, tuple(self._hindrances))
        return Converted(written.schema, written.dropped, strict=True)

    def _hinder(self, path: str, keyword: str, why: str) -> None:
        self._hindrances.setdefault(Dropped(path, keyword, why), None)

    def _items(self, items: Schema, at: str, trail: frozenset[str], depth: int) -> JsonObject:
        return {"items": self.schema(items, trail, depth + 1, f"{at}/items")}

    def _object(self, branch: Branch, words: list[str], trail: frozenset[str], depth: int) -> JsonObject:
        node = branch.node
        rest = node.one.get("additionalProperties")
        if rest not in (None, False) or (rest is None and depth and not node.named.get("properties")):
            self._hinder(node.at, "additionalProperties", "an object of any properties can not be strict")
        written = super()._object(branch, words, trail, depth)
        properties = cast("JsonObject", written.get("properties", {}))
        return {**written, "properties": properties, "required": list(properties), "additionalProperties": False}


def _beyond(schema: JsonObject) -> Iterator[str]:
    """Yield in what *schema* is beyond the limits."""
    choices: list[object] = []
    names: list[str] = list(cast("JsonObject", schema.get("$defs", {})))
    levels = _levels(schema, choices, names)
    if levels > _MOST_LEVELS or len(names) > _MOST_PROPERTIES:
        yield "properties"
    if len(choices) > _MOST_CHOICES or sum(len(str(each)) for each in (*choices, *names)) > _MOST_CHARS:
        yield "enum"


def _levels(schema: JsonObject, choices: list[object], names: list[str]) -> int:
    """Return how many objects of *schema* stand in one another; put what it names and offers into the lists."""
    choices += cast("list[object]", schema.get("enum", []))
    properties = cast("dict[str, JsonObject]", schema.get("properties", {}))
    names += properties
    several = [
        *cast("list[JsonObject]", schema.get("anyOf", [])),
        *cast("dict[str, JsonObject]", schema.get("$defs", {})).values(),
    ]
    several += [cast("JsonObject", schema["items"])] if "items" in schema else []
    below = max((_levels(each, choices, names) for each in properties.values()), default=0)
    beside = max((_levels(each, choices, names) for each in several), default=0)
    return max(below + (schema.get("type") == "object"), beside)
