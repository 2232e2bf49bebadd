"""The plain part of JSON Schema: the kinds a schema allows, whether a value conforms, what can stand where nothing was said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil, floor
from typing import cast

from .request import as_list, as_mapping, is_array

__all__ = ["conforms", "kinds", "spare_values", "takes_text"]

_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


def kinds(schema: Mapping[str, object]) -> tuple[str, ...]:
    """Return the types that *schema* allows; a schema that names none allows an object or a string, as it looks."""
    kind = schema.get("type")
    several = tuple(as_list(kind)) if is_array(kind) else (kind,)
    named = tuple(one for one in several if isinstance(one, str) and one in _KINDS)
    return named or (("object",) if "properties" in schema else ("string",))


def conforms(schema: Mapping[str, object], value: object) -> bool:
    """Whether *value* is what the plain part of *schema* asks for: type, fixed values, bounds, required members, items."""
    if "const" in schema and not _same(schema["const"], value):
        return False
    if "enum" in schema and not any(_same(one, value) for one in as_list(schema["enum"])):
        return False
    if ("type" in schema or "properties" in schema) and not any(_is_a(kind, value) for kind in kinds(schema)):
        return False
    return _within(schema, value)


def takes_text(schema: Mapping[str, object], text: str) -> bool:
    """Whether a parameter of *schema* takes *text*; one whose schema stands elsewhere is not looked into."""
    choices = [as_mapping(one) for key in ("anyOf", "oneOf") for one in as_list(schema.get(key))]
    one_does = not choices or any(takes_text(choice, text) for choice in choices)
    return one_does and "$ref" not in schema and "allOf" not in schema and conforms(schema, text)


def _same(one: object, other: object) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _is_a(kind: str, value: object) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _KINDS[kind]) or (kind == "integer" and isinstance(value, float) and value.is_integer())


def _within(schema: Mapping[str, object], value: object) -> bool:
    def bound(key: str, absent: float) -> float:
        limit = schema.get(key)
        return limit if isinstance(limit, int | float) else absent

    top = float("inf")
    match value:
        case str():
            return bound("minLength", 0) <= len(value) <= bound("maxLength", top)
        case int() | float() if not isinstance(value, bool):
            inside = bound("minimum", -top) <= value <= bound("maximum", top)
            return inside and bound("exclusiveMinimum", -top) < value < bound("exclusiveMaximum", top)
        case list():
            return bound("minItems", 0) <= len(cast("list[object]", value)) <= bound("maxItems", top)
        case dict():
            return all(isinstance(name, str) and name in value for name in as_list(schema.get("required")))
        case _:
            return True


def spare_values(schema: Mapping[str, object]) -> Iterator[object]:
    """Offer what can stand where nothing was said: the default, the nearest bound, an empty value."""
    if "default" in schema:
        yield schema["default"]
    bounds = [bound for key in ("minimum", "maximum") if isinstance(bound := schema.get(key), int | float)]
    edges = [edge for key in ("exclusiveMinimum", "exclusiveMaximum") if isinstance(edge := schema.get(key), int | float)]
    yield from (0, *bounds)
    yield from (
        whole for edge in (*bounds, *edges) if abs(edge) < 1e15 for whole in (ceil(edge), floor(edge) + 1, ceil(edge) - 1)
    )
    least = schema.get("minLength")
    yield "-" * least if isinstance(least, int) and 0 < least < 1000 else ""
    yield from (False, [], {}, None)
