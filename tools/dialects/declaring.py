"""Gemini's function declarations: a tool as one, and one as what a tool needs.

Source: `google.genai.types.FunctionDeclaration` and `Schema` (google-genai 3), which know every field in snake case as well,
and types in either case; read 2026-11-21.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Protocol, cast, runtime_checkable

from attrs import frozen

from ...errors import ToolDefinitionError
from ..wording import JsonObject
from .converting import convert, sent_name
from .gemini import respelled
from .keywords import copied

if TYPE_CHECKING:
    from ..tool import Tool

__all__ = ["Declared", "Dumpable", "declaration", "declared", "from_gemini"]

_COUNTS: Final = frozenset(["minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"])
_FORMATS: Final = frozenset(["enum", "int32", "int64", "float", "double"])
"""Formats that say no more than the type."""


@runtime_checkable
class Dumpable(Protocol):
    """A pydantic model, such as `google.genai.types.FunctionDeclaration`."""

    def model_dump(self, *, mode: str, exclude_none: bool) -> dict[str, object]:
        """Return it as a dictionary."""
        ...


@frozen
class Declared:
    """What a declaration says: a name that every host takes, a text, and a JSON schema."""

    name: str
    description: str
    parameters: JsonObject


def declaration(tool: Tool) -> JsonObject:
    """Return *tool* as a `FunctionDeclaration`: `name`, `description`, and `parameters` unless it takes none."""
    schema = convert(tool.parameters, "gemini").schema
    described: JsonObject = {"description": tool.description} if tool.description else {}
    parameters: JsonObject = {"parameters": respelled(schema)} if schema["properties"] else {}
    return {"name": sent_name(tool.name, "gemini"), **described, **parameters}


def declared(given: Mapping[str, object] | Dumpable) -> Declared:
    """Return what the declaration *given* says, its schema as JSON Schema has it.

    A name with dots or colons, which Gemini takes and other hosts do not, gets `_` in their place.  Raises
    `ToolDefinitionError` for what is no declaration, and for one that gives its parameters twice.
    """
    fields = _fields(given)
    name, description = fields.get("name"), fields.get("description")
    if not isinstance(name, str):
        raise ToolDefinitionError(repr(name), 'a function declaration must be a mapping with a "name"')
    plain, own = fields.get("parametersJsonSchema"), fields.get("parameters")
    if plain is not None and own is not None:
        raise ToolDefinitionError(name, "parameters and parametersJsonSchema exclude each other; give one")
    schema = plain if plain is not None else from_gemini(own if own is not None else {"type": "OBJECT"})
    if not isinstance(schema, Mapping):
        raise ToolDefinitionError(name, "parameters must be a schema: a mapping")
    legal = re.sub("[.:]", "_", name)
    return Declared(legal, description if isinstance(description, str) else "", dict(cast("Mapping[str, object]", schema)))


def _fields(given: object) -> JsonObject:
    dumped = given.model_dump(mode="json", exclude_none=True) if isinstance(given, Dumpable) else given
    if not isinstance(dumped, Mapping):
        raise ToolDefinitionError(repr(given)[:80], "a function declaration must be a mapping, or a FunctionDeclaration")
    return {_camel(key): value for key, value in cast("Mapping[object, object]", dumped).items() if isinstance(key, str)}


def _camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(each.title() for each in rest)


def from_gemini(schema: object) -> object:
    """Return Gemini's `Schema` as JSON Schema.  Total; what is no mapping is returned as it is.

    Types become lower case, in their places only; `nullable` is null among the types, or among the choices; `example` goes
    under `examples`; properties stand in the order of `propertyOrdering`.
    """
    return _schema(copied(schema, hole=None))


def _schema(given: object) -> object:
    if not isinstance(given, dict):
        return given
    fields = {_camel(key): value for key, value in cast("JsonObject", given).items() if value is not None}
    written: JsonObject = {}
    type_ = fields.pop("type", None)
    if isinstance(type_, str) and type_.upper() != "TYPE_UNSPECIFIED":
        written["type"] = type_.lower()
    elif isinstance(type_, list):
        written["type"] = [str(each).lower() for each in cast("list[object]", type_)]
    nullable = fields.pop("nullable", False) is True
    ordering = fields.pop("propertyOrdering", None)
    for key, value in fields.items():
        written |= _keyword(key, value, written.get("type"))
    if isinstance(ordering, list) and isinstance(properties := written.get("properties"), dict):
        by_name = cast("JsonObject", properties)
        first = [name for name in cast("list[object]", ordering) if isinstance(name, str) and name in by_name]
        written["properties"] = {
            name: by_name[name] for name in (*dict.fromkeys(first), *(n for n in by_name if n not in first))
        }
    return _with_null(written) if nullable else written


def _keyword(key: str, value: object, type_: object) -> JsonObject:
    match key:
        case "properties" | "defs" | "$defs" if isinstance(value, dict):
            name = "$defs" if key == "defs" else key
            return {name: {each: _schema(its) for each, its in cast("JsonObject", value).items()}}
        case "anyOf" if isinstance(value, list):
            return {"anyOf": [_schema(each) for each in cast("list[object]", value)]}
        case "items" | "additionalProperties":
            return {key: _schema(value)}
        case "ref" if isinstance(value, str):
            return {"$ref": value.replace("#/defs/", "#/$defs/")}
        case "format" if value in _FORMATS:
            return {}
        case "enum" if isinstance(value, list):
            return {"enum": [_number(each, type_) for each in cast("list[object]", value)]}
        case "example":
            return {"examples": [value]}
        case _ if key in _COUNTS:
            return {key: _number(value, "integer")}
        case _:
            return {key: value}


def _number(value: object, type_: object) -> object:
    """Return *value* as a number where it is the text of one: REST writes long integers, and every choice, as texts."""
    kinds: dict[object, type[int] | type[float]] = {"integer": int, "number": float}
    if not isinstance(value, str) or type_ not in kinds:
        return value
    try:
        return kinds[type_](value)
    except ValueError:
        return value


def _with_null(schema: JsonObject) -> JsonObject:
    if isinstance(branches := schema.get("anyOf"), list):
        return {**schema, "anyOf": [*cast("list[object]", branches), {"type": "null"}]}
    if not isinstance(schema.get("type"), str):
        return {"anyOf": [schema, {"type": "null"}]} if schema else schema
    choices: JsonObject = {}
    if isinstance(enum := schema.get("enum"), list):
        choices = {"enum": [*cast("list[object]", enum), None]}
    return {**schema, "type": [schema["type"], "null"], **choices}
