"""From a parameter schema and what a clause offers to arguments.  Pure; knows the plain part of JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TypeVar, cast

from attrs import define, field

from .reading import SPECIAL, Clues, matches
from .request import JSONValue, Offer, as_list, as_mapping
from .schema import conforms, kinds, spare_values

__all__ = ["MISSING", "arguments", "value_for"]

MISSING = object()
"""Returned for a value of which the clause says nothing."""
DEEPEST = 6
T = TypeVar("T")


def arguments(
    offer: Offer, clues: Clues, given: Mapping[str, JSONValue] | None = None, *, forced: bool = False
) -> dict[str, JSONValue] | None:
    """Return arguments for *offer*: what is *given*, then what the clause says.

    None when a required parameter stays open; with *forced* it gets its default or an empty value instead.  A tool that
    requires nothing, and is given nothing, has its first text filled.
    """
    filled = dict(given or {})
    bag = _Bag.of(clues, root=offer.parameters, forced=forced)
    wanted = offer.required if offer.required or given is not None else _first_text(offer)
    for name, schema in offer.properties.items():
        if name not in filled and (value := bag.value(name, schema, wanted=name in wanted)) is not MISSING:
            filled[name] = cast("JSONValue", value)
    return filled if all(name in filled for name in offer.required) else None


def _first_text(offer: Offer) -> tuple[str, ...]:
    return tuple(name for name, schema in offer.properties.items() if "string" in kinds(schema))[:1]


def value_for(schema: Mapping[str, object], clues: Clues) -> JSONValue:
    """Return a value for *schema* out of *clues*, in every case: of what they do not say, the default or an empty value."""
    value = _Bag.of(clues, root=schema, forced=True).value("", schema, wanted=True)
    return None if value is MISSING else cast("JSONValue", value)


@define
class _Bag:
    """What is left of the clues: a number or a name that fills a parameter is not used for the next."""

    text: str
    texts: list[str]
    numbers: list[int | float]
    rest: list[str]
    root: Mapping[str, object]
    forced: bool
    depth: int = field(default=0)

    @classmethod
    def of(cls, clues: Clues, *, root: Mapping[str, object], forced: bool) -> _Bag:
        return cls(
            text=clues.text,
            texts=[*clues.quoted, *clues.names],
            numbers=list(clues.numbers),
            rest=[clues.rest] if clues.rest else [],
            root=root,
            forced=forced,
        )

    def value(self, name: str, schema: Mapping[str, object], *, wanted: bool) -> object:
        """Return a value for the parameter, or MISSING.  One that is not *wanted* is given only when it is named."""
        schema = self._resolved(schema)
        if self.depth > DEEPEST:
            return MISSING
        self.depth += 1
        offered = (one for one in self._candidates(name, schema, wanted) if conforms(schema, one))
        value = next(offered, MISSING)
        self.depth -= 1
        return value

    def _resolved(self, schema: Mapping[str, object]) -> Mapping[str, object]:
        """Follow a reference inside the schema, and take the first choice that is not null."""
        for _ in range(DEEPEST):
            choices = [as_mapping(one) for key in ("anyOf", "oneOf", "allOf") for one in as_list(schema.get(key))]
            if isinstance(reference := schema.get("$ref"), str):
                schema = self._referred(reference)
            elif choices and "type" not in schema:
                schema = next((one for one in choices if one.get("type") != "null"), choices[0])
        return schema

    def _referred(self, reference: str) -> Mapping[str, object]:
        place = self.root
        for step in reference.removeprefix("#").strip("/").split("/"):
            place = as_mapping(place.get(step)) if step else place
        return place

    def _candidates(self, name: str, schema: Mapping[str, object], wanted: bool) -> Iterator[object]:
        yield from _listed(schema, self.text, all_of_them=wanted and self.forced)
        if "const" not in schema and "enum" not in schema:
            yield from self._of_kind(name, schema, wanted)
        if wanted and self.forced:
            yield from spare_values(schema)

    def _of_kind(self, name: str, schema: Mapping[str, object], wanted: bool) -> Iterator[object]:
        allowed = kinds(schema)
        if "string" in allowed:
            yield from self._strings(name, wanted)
        if "number" in allowed or "integer" in allowed:
            yield from self._numbers(name, wanted)
        if "boolean" in allowed and (wanted or _names_it(name, self.text)):
            yield not re.search(
                rf"\b(?:not?|without|don't|off)\b(?:\s+\w+)?\s+{re.escape(_spoken(name))}", self.text, re.IGNORECASE
            )
        if "array" in allowed and wanted:
            yield from self._items(name, as_mapping(schema.get("items")))
        if "object" in allowed and wanted:
            yield self._members(schema)

    def _strings(self, name: str, wanted: bool) -> Iterator[str]:
        label = rf"\b{re.escape(name)}\s*(?:[:=]\s*|\s(?:is\s+)?(?=[\"']))(\"[^\"]*\"|'[^']*'|[^\s,;?]+)"
        if name and (labelled := re.search(label, self.text, re.IGNORECASE)):
            self.texts = [text for text in self.texts if text != labelled[1].strip("\"'")]
            yield labelled[1].strip("\"'")
        if wanted:
            yield from self._fitting_texts(name)

    def _fitting_texts(self, name: str) -> Iterator[str]:
        spoken = set(_spoken(name).split())
        forms = [(form, strict) for words, form, strict in SPECIAL if words & spoken]
        for form, _ in forms:
            yield from (text for text in matches(form, self.text))
        if not any(strict for _, strict in forms):
            yield from _taken(self.texts)
            yield from _taken(self.rest)

    def _numbers(self, name: str, wanted: bool) -> Iterator[int | float]:
        if wanted:
            yield from _taken(self.numbers)
        elif named := re.search(_numbered(_spoken(name)), self.text, re.IGNORECASE):
            number = (named[1] or named[2])[:40]
            yield float(number) if "." in number else int(number)

    def _items(self, name: str, schema: Mapping[str, object]) -> Iterator[object]:
        found: list[object] = []
        while len(found) < 20 and (value := self._item(name, schema)) is not MISSING:
            found.append(value)
        if found:
            yield found

    def _item(self, name: str, schema: Mapping[str, object]) -> object:
        """Return the next item that the clause names; an item is never made up, or there would be no end of them."""
        allowed = kinds(self._resolved(schema))
        if not (self.texts if "string" in allowed else self.numbers if {"number", "integer"} & set(allowed) else []):
            return MISSING
        return self.value(name, schema, wanted=True)

    def _members(self, schema: Mapping[str, object]) -> dict[str, object]:
        asked = as_list(schema.get("required"))
        members = {
            name: self.value(name, as_mapping(inner), wanted=name in asked)
            for name, inner in as_mapping(schema.get("properties")).items()
        }
        return {name: value for name, value in members.items() if value is not MISSING}


def _numbered(spoken: str) -> str:
    """Return the pattern of a number that is named: "limit 5", "limit: 5", "5 days"."""
    word = re.escape(spoken)
    return rf"\b{word}\s*(?:[:=]|of|to)?\s*(-?\d+(?:\.\d+)?)|(?<![\w.])(-?\d+(?:\.\d+)?)\s+{word}\b"


def _taken(values: list[T]) -> Iterator[T]:
    """Offer each of *values*; the one after which nobody asks for another is taken, and stays out of the list."""
    for at in range(len(values)):
        value = values.pop(at)
        yield value
        values.insert(at, value)


def _listed(schema: Mapping[str, object], text: str, *, all_of_them: bool) -> Iterator[object]:
    """Offer the fixed values of *schema*: the one, or those that occur in *text*, or all."""
    if "const" in schema:
        yield schema["const"]
    values = as_list(schema.get("enum"))
    yield from (one for one in values if isinstance(one, str | int) and _names_it(str(one), text))
    yield from values if all_of_them else ()


def _spoken(name: str) -> str:
    """Return a parameter's name as one would say it: `max_results` is "max results"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]+", " ", name).strip().lower()


def _names_it(name: str, text: str) -> bool:
    spoken = _spoken(name)
    return bool(spoken) and re.search(rf"(?<!\w){re.escape(spoken)}(?!\w)", _spoken(text)) is not None
