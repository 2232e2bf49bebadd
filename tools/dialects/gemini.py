"""Gemini's `Schema`: a subset of OpenAPI 3.0's, without references.

Two spellings of one thing: `Gemini` keeps to JSON Schema, for Google's OpenAI-compatible endpoint; `respelled` makes of that
what the native API calls a `Schema`.

Sources: `google.genai.types.Schema` and `FunctionDeclaration` (google-genai 3); what the API refuses, by its error texts:
"Unknown name `additionalProperties`", "should be non-empty for OBJECT type", "items: missing field", "enum[0]: cannot be
empty", "properties: only allowed for OBJECT type", "only 'enum' and 'date-time' are supported for STRING type", "property is
not defined" (of `required`), "When using any_of, it must be the only field set".  Read 2026-11-21.
"""

from __future__ import annotations

import re
from typing import ClassVar, Final, cast

from attrs import evolve

from ..wording import JsonObject
from .node import Schema
from .shape import Branch
from .writing import Writer

__all__ = ["Gemini", "respelled"]

_NAME: Final = re.compile("[A-Za-z_][A-Za-z0-9_]{0,63}")
_FORMATS: Final = {
    "string": ("date-time",),
    "integer": ("int32", "int64"),
    "number": ("float", "double"),
}


class Gemini(Writer):
    """Writes JSON Schema that Gemini takes as well, types in lower case.

    A number's choices go into the description: `Schema.enum` holds strings, and given strings the model answers with strings.
    """

    inline: ClassVar[bool] = True
    kept: ClassVar[frozenset[str]] = frozenset(
        [
            "enum",
            "format",
            "minItems",
            "maxItems",
            "minLength",
            "maxLength",
            "pattern",
            "minimum",
            "maximum",
            "minProperties",
            "maxProperties",
            "description",
            "default",
            "example",
        ]
    )

    def keeps(self, type_: str, keyword: str, value: object) -> bool:
        """Whether *keyword* with this *value* can be said of a *type_*."""
        if keyword == "enum":
            return type_ == "string" and all(cast("list[str]", value))
        if keyword == "format":
            return value in _FORMATS.get(type_, ())
        return keyword in self.kept

    def may_be_called(self, name: str, *, at_root: bool) -> bool:
        """Whether a property may have this *name*: of parameters letters, digits and `_` are asked, of other names nothing."""
        return bool(_NAME.fullmatch(name)) if at_root else bool(name)

    def _items(self, items: Schema, at: str, trail: frozenset[str], depth: int) -> JsonObject:
        return {"items": self.schema(items, trail, depth + 1, f"{at}/items")}  # they must be there, whatever they are

    def _annotated(self, written: JsonObject, branch: Branch, words: list[str]) -> JsonObject:
        notes = dict(branch.node.notes)
        if examples := cast("list[object]", notes.pop("examples", [])):
            notes["example"] = examples[0]
        return super()._annotated(written, evolve(branch, node=evolve(branch.node, notes=notes)), words)


def respelled(schema: JsonObject) -> JsonObject:
    """Return what `Gemini` wrote as a `Schema`: types in upper case, `nullable`, and the order of properties told."""
    if "anyOf" in schema:
        return _union([respelled(each) for each in cast("list[JsonObject]", schema["anyOf"])])
    spelled = dict(schema)
    if "type" in schema:
        spelled["type"] = str(schema["type"]).upper()
    if "items" in schema:
        spelled["items"] = respelled(cast("JsonObject", schema["items"]))
    if properties := cast("dict[str, JsonObject]", schema.get("properties", {})):
        spelled["properties"] = {name: respelled(each) for name, each in properties.items()}
        if len(properties) > 1:
            spelled["propertyOrdering"] = list(properties)
    return spelled


def _union(branches: list[JsonObject]) -> JsonObject:
    others = [each for each in branches if each.get("type") != "NULL"]
    nullable: JsonObject = {"nullable": True} if len(others) < len(branches) else {}
    return {**(others[0] if len(others) == 1 else {"anyOf": others}), **nullable}
