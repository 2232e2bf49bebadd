"""Schemas of tools that are declared `strict`: the part of JSON Schema that OpenAI then takes.

It takes `default` too, whatever its documentation says: recorded requests with one were answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from .kinds import brief, is_array, is_object

__all__ = ["strict_faults"]

_REFUSED: Final = frozenset(
    {
        "allOf",
        "contains",
        "dependentRequired",
        "dependentSchemas",
        "else",
        "if",
        "maxContains",
        "maxProperties",
        "minContains",
        "minProperties",
        "not",
        "oneOf",
        "patternProperties",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
        "uniqueItems",
    }
)
_FORMATS: Final = frozenset({"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"})
_DEEPEST: Final = 10
_MOST_PROPERTIES: Final = 5000


def strict_faults(parameters: Mapping[str, object]) -> Iterator[str]:
    """Return what a host that knows strict tools would refuse in *parameters*, the schema of an object."""
    properties = 0
    if "anyOf" in parameters:
        yield "the root is an anyOf"
    waiting: list[tuple[str, Mapping[str, object], int]] = [("the root", parameters, 1)]
    while waiting:
        where, schema, depth = waiting.pop(0)
        yield from _one(where, schema)
        members = schema.get("properties")
        properties += len(members) if is_object(members) else 0
        inside = list(_inside(where, schema))
        if depth > _DEEPEST and inside:
            yield f"{where} is nested more than {_DEEPEST} deep"
            continue
        waiting += [(inner, each, depth + deeper) for inner, each, deeper in inside]
    if properties > _MOST_PROPERTIES:
        yield f"{properties} properties, {_MOST_PROPERTIES} are taken"


def _one(where: str, schema: Mapping[str, object]) -> Iterator[str]:
    for keyword in sorted(_REFUSED & schema.keys()):
        yield f"{where} has {keyword}"
    if "$ref" in schema and len(schema) > 1:
        yield f"{where} has {', '.join(sorted(schema.keys() - {'$ref'}))} beside $ref"
    form = schema.get("format")
    if form is not None and not (isinstance(form, str) and form in _FORMATS):
        yield f"{where} has the format {brief(form)}"
    kinds = schema.get("type")
    kinds = [*kinds] if is_array(kinds) else [kinds]
    if "object" in kinds:
        yield from _object(where, schema)
    if "array" in kinds and not is_object(schema.get("items")):
        yield f"{where} is an array without items"


def _object(where: str, schema: Mapping[str, object]) -> Iterator[str]:
    members, required = schema.get("properties"), schema.get("required")
    names = [*members] if is_object(members) else []
    wanted = [*required] if is_array(required) else []
    if schema.get("additionalProperties") is not False:
        yield f"{where} lacks additionalProperties: false"
    for name in names:
        if name not in wanted:
            yield f"{brief(name)} of {where} is not required"


def _inside(where: str, schema: Mapping[str, object]) -> Iterator[tuple[str, Mapping[str, object], int]]:
    """Return the schemas directly inside *schema*, and by how much each is deeper."""
    for keyword in ("properties", "$defs", "definitions"):
        members = schema.get(keyword)
        for name, member in members.items() if is_object(members) else ():
            if is_object(member):
                yield f"{name[:40]!r}", member, int(keyword == "properties")
    options = schema.get("anyOf")
    for option in options if is_array(options) else ():
        if is_object(option):
            yield f"an option of {where}", option, 0
    items = schema.get("items")
    if is_object(items):
        yield f"the items of {where}", items, 1
