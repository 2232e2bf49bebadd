"""What is wrong with a schema by the rules of a host: told from its documentation and error texts, without `detent`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

__all__ = ["gemini_problems", "moonshot_problems", "strict_problems"]

Json = dict[str, Any]

BASIC = {"string", "number", "integer", "boolean", "array", "object", "null"}
GEMINI = {
    "type",
    "format",
    "description",
    "nullable",
    "enum",
    "items",
    "maxItems",
    "minItems",
    "properties",
    "required",
    "minProperties",
    "maxProperties",
    "minLength",
    "maxLength",
    "pattern",
    "example",
    "anyOf",
    "default",
    "minimum",
    "maximum",
}
RESERVED = {"$defs", "$ref", "anyOf", "required", "additionalProperties"}
MOONSHOT = {
    "object": {"properties", "required", "additionalProperties"},
    "array": {"items", "minItems", "maxItems"},
    "string": {"minLength", "maxLength", "pattern", "enum", "default"},
    "boolean": {"enum", "default"},
    "null": {"enum", "default"},
    "number": {"minimum", "maximum", "enum", "default"},
    "integer": {"minimum", "maximum", "enum", "default"},
}
STRICT = {
    "type",
    "description",
    "title",
    "enum",
    "items",
    "properties",
    "required",
    "additionalProperties",
    "anyOf",
    "$ref",
    "pattern",
    "format",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
}
FORMATS = {"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"}


def gemini_problems(schema: Json) -> list[str]:
    """What Gemini would refuse in the parameters *schema*, which is JSON Schema still."""
    names = [name for name in schema.get("properties", {}) if not re.fullmatch("[A-Za-z_][A-Za-z0-9_]{0,63}", name)]
    return [f"a parameter is called {name!r}" for name in names] + list(_gemini(schema, "root"))


def _gemini(schema: Json, at: str) -> Iterator[str]:
    if unknown := schema.keys() - GEMINI:
        yield f"{at}: unknown names {unknown}"
    kind = schema.get("type")
    if "anyOf" in schema and len(schema) > 1:
        yield f"{at}: any_of must be the only field set"
    if kind == "array" and "items" not in schema:
        yield f"{at}: items: missing field"
    if kind != "object" and {"properties", "required"} & schema.keys():
        yield f"{at}: properties: only allowed for OBJECT type"
    if not set(schema.get("required", ())) <= schema.get("properties", {}).keys():
        yield f"{at}: required: property is not defined"
    if "enum" in schema and not (kind == "string" and all(isinstance(each, str) and each for each in schema["enum"])):
        yield f"{at}: enum: strings, not empty, of a string"
    if schema.get("properties") == {} and at != "root":
        yield f"{at}: properties: should be non-empty"
    if kind == "string" and schema.get("format") not in (None, "enum", "date-time"):
        yield f"{at}: format"
    yield from _inner(_gemini, schema, at)


def moonshot_problems(schema: Json) -> list[str]:
    """What Moonshot's validator would refuse in *schema*, at its most exacting."""
    if schema.get("type") != "object":
        return ["the root is no object"]
    rest = {key: value for key, value in schema.items() if key != "$defs"}
    found = list(_moonshot(rest, "root", schema.get("$defs", {})))
    for name, each in schema.get("$defs", {}).items():
        found += _moonshot(each, name, schema["$defs"])
        found += [f"{name} has a slash"] * ("/" in name)
    return found


def _moonshot(schema: Json, at: str, definitions: Json) -> Iterator[str]:
    if "$ref" in schema:
        if schema.keys() != {"$ref"}:
            yield f"{at}: something beside $ref"
        if schema["$ref"] != "#" and schema["$ref"].removeprefix("#/$defs/") not in definitions:
            yield f"{at}: the reference leads nowhere"
        return
    if "anyOf" in schema:
        if schema.keys() - {"anyOf", "description"}:
            yield f"{at}: something beside anyOf"
        if "description" in schema and any("description" in each for each in schema["anyOf"]):
            yield f"{at}: described twice"
    elif isinstance(schema.get("type"), list):
        if not set(schema["type"]) <= BASIC or schema.keys() - {"type", "title", "description"}:
            yield f"{at}: something beside several types"
    elif schema.get("type") not in BASIC:
        yield f"{at}: type is not defined"
    else:
        yield from _moonshot_typed(schema, at)
    yield from _inner(lambda each, where: _moonshot(each, where, definitions), schema, at)


def _moonshot_typed(schema: Json, at: str) -> Iterator[str]:
    if unknown := schema.keys() - MOONSHOT[schema["type"]] - {"type", "title", "description"}:
        yield f"{at}: unsupported keywords {unknown}"
    if RESERVED & schema.get("properties", {}).keys():
        yield f"{at}: a reserved name"
    if not set(schema.get("required", ())) <= schema.get("properties", {}).keys():
        yield f"{at}: required property is not defined"
    for low, high in (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")):
        if low in schema and high in schema and schema[low] > schema[high]:
            yield f"{at}: {low} above {high}"
    if "enum" in schema and (not schema["enum"] or not all(_is(each, schema["type"]) for each in schema["enum"])):
        yield f"{at}: an enum of other types"
    if "default" in schema and not _is(schema["default"], schema["type"]):
        yield f"{at}: a default of another type"


def strict_problems(schema: Json) -> list[str]:
    """What OpenAI would refuse in the strict *schema*."""
    if schema.get("type") != "object" or "anyOf" in schema:
        return ["the root is no object"]
    rest = {key: value for key, value in schema.items() if key != "$defs"}
    return [each for part in (rest, *schema.get("$defs", {}).values()) for each in _strict(part, "root")]


def _strict(schema: Json, at: str) -> Iterator[str]:
    if unknown := schema.keys() - STRICT:
        yield f"{at}: not permitted: {unknown}"
    if "$ref" in schema and len(schema) > 1:
        yield f"{at}: $ref cannot have keywords beside it"
    if not {"type", "anyOf", "$ref"} & schema.keys():
        yield f"{at}: a type is missing"
    if schema.get("type") == "object":
        if schema.get("additionalProperties") is not False:
            yield f"{at}: additionalProperties is required to be false"
        if schema.get("required") != list(schema["properties"]):
            yield f"{at}: required must include every key in properties"
    if schema.get("type") == "array" and not schema.get("items"):
        yield f"{at}: items are missing"
    if schema.get("format", "date") not in FORMATS:
        yield f"{at}: format"
    if any(look in schema.get("pattern", "") for look in ("(?=", "(?!", "(?<")):
        yield f"{at}: lookaround"
    yield from _inner(_strict, schema, at)


def _inner(check: Any, schema: Json, at: str) -> Iterator[str]:
    for name, each in schema.get("properties", {}).items():
        yield from check(each, f"{at}.{name}")
    for number, each in enumerate(schema.get("anyOf", ())):
        yield from check(each, f"{at}.anyOf[{number}]")
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from check(schema[key], f"{at}.{key}")


def _is(value: object, kind: str) -> bool:
    kinds: dict[str, Any] = {
        "string": str,
        "boolean": bool,
        "null": type(None),
        "integer": (int, float),
        "number": (int, float),
    }
    return isinstance(value, kinds.get(kind, ())) and isinstance(value, bool) == (kind == "boolean")
