"""What becomes of each keyword in each dialect, found out by converting a small schema of it."""

from __future__ import annotations

import json
from typing import Final, cast

from ..dialect import Dialect
from ..wording import JsonObject
from .converted import Converted
from .converting import convert
from .gemini import respelled

__all__ = ["dialects_table"]

_CASES: Final[tuple[JsonObject, ...]] = (
    {"type": "string"},
    {"type": ["string", "null"]},
    {"type": ["string", "integer"]},
    {"description": "any value"},
    {"type": "string", "enum": ["a", "b"]},
    {"type": "string", "enum": ["", "a"]},
    {"type": "integer", "enum": [1, 2]},
    {"enum": ["a", 1, None]},
    {"const": "a"},
    {"const": True},
    {"type": "string", "title": "T"},
    {"type": "string", "default": "a"},
    {"type": "string", "examples": ["a"]},
    {"type": "string", "format": "date-time"},
    {"type": "string", "format": "email"},
    {"type": "string", "format": "uri"},
    {"type": "string", "pattern": "^a"},
    {"type": "string", "minLength": 1},
    {"type": "integer", "minimum": 1},
    {"type": "integer", "exclusiveMinimum": 0},
    {"type": "number", "exclusiveMaximum": 9.5},
    {"type": "integer", "multipleOf": 5},
    {"type": "array", "items": {"type": "string"}},
    {"type": "array"},
    {"type": "array", "items": {"type": "string"}, "minItems": 1},
    {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
    {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False},
    {"type": "array", "items": {"type": "string"}, "contains": {"const": "a"}},
    {"type": "object"},
    {"type": "object", "properties": {"a": {"type": "string"}}},
    {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False},
    {"type": "object", "additionalProperties": {"type": "integer"}},
    {"type": "object", "patternProperties": {"^x": {"type": "integer"}}},
    {"type": "object", "propertyNames": {"pattern": "^x"}},
    {"type": "object", "minProperties": 1},
    {"type": "object", "dependentRequired": {"a": ["b"]}},
    {"type": "object", "unevaluatedProperties": False},
    {"type": "object", "properties": {"required": {"type": "string"}}, "required": ["required"]},
    {"anyOf": [{"type": "string"}, {"type": "integer"}]},
    {"anyOf": [{"type": "string"}, {"type": "null"}], "description": "D"},
    {"oneOf": [{"type": "string"}, {"type": "integer"}]},
    {"allOf": [{"type": "string"}, {"minLength": 1, "description": "D"}]},
    {"type": "string", "not": {"const": "a"}},
    {"type": "integer", "if": {"minimum": 5}, "then": {"multipleOf": 5}},
    {"$ref": "#/$defs/name"},
    {"$ref": "#/$defs/tree", "description": "D"},
    {"type": "string", "$schema": "https://json-schema.org/draft/2020-12/schema"},
)

_DEFINITIONS: Final[JsonObject] = {
    "name": {"type": "string"},
    "tree": {
        "type": "object",
        "properties": {"left": {"$ref": "#/$defs/tree"}},
        "additionalProperties": False,
    },
}
_COLUMNS: Final[tuple[Dialect, ...]] = ("strict", "gemini", "moonshot", "mistral")


def dialects_table() -> str:
    """Return the table as Markdown: a row a schema of a property, a column a dialect.  `=` is what stays as it is."""
    head = f"| a property | {' | '.join(_COLUMNS)} |\n|---|{'---|' * len(_COLUMNS)}\n"
    return head + "".join(f"| {_code(case)} | {' | '.join(_cell(case, each) for each in _COLUMNS)} |\n" for case in _CASES)


def _cell(case: JsonObject, dialect: Dialect) -> str:
    whole: JsonObject = {
        "type": "object",
        "properties": {"p": case},
        "required": ["p"],
        "additionalProperties": False,
        "$defs": _DEFINITIONS,
    }
    converted = convert(whole, dialect)
    if dialect == "strict" and not converted.strict:
        return f"not strict: {', '.join(dict.fromkeys(f'`{each.keyword}`' for each in converted.dropped))}"
    written = _property(converted, dialect)
    lost = [f"`{each.keyword}`" for each in converted.dropped if each.loosens and each.path]
    marks = f"; loses {', '.join(dict.fromkeys(lost))}" if lost else ""
    return f"{'=' if written == case else _code(written)}{marks}"


def _property(converted: Converted, dialect: Dialect) -> JsonObject:
    schema = respelled(converted.schema) if dialect == "gemini" else converted.schema
    return cast("dict[str, JsonObject]", schema["properties"])["p"]


def _code(schema: JsonObject) -> str:
    return f"`{json.dumps(schema, ensure_ascii=False)[1:-1]}`" if schema else "`{}`"
