"""JSON schemas of all kinds, values that may fit them, and what each dialect allows, told anew from its documentation."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # typed only with types-jsonschema
from referencing import Registry

__all__ = ["NAMES", "fits", "goes_round", "loose_values", "schemas", "tool_schemas"]

Json = dict[str, Any]

NAMES = ("a", "b", "c", "d")
TYPES = ("string", "number", "integer", "boolean", "array", "object", "null")

scalars: SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers(-3, 6) | st.sampled_from(["", "x", "ab", "abc", 1.0, 2.5, -1.5])
)
loose_values: SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=6,
)
"""Values that schemas of a few names and small numbers have much to say about."""

_counts = st.integers(0, 3)
_bounds = st.integers(-2, 5) | st.sampled_from([0.5, 2.5])
_names = st.lists(st.sampled_from(NAMES), unique=True, max_size=3)


def _some(keywords: dict[str, SearchStrategy[Any]], most: int) -> SearchStrategy[Json]:
    """Objects of a few of *keywords*."""
    members = [st.tuples(st.just(key), value) for key, value in keywords.items()]
    return st.lists(st.one_of(members), max_size=most).map(dict)


_PLAIN: dict[str, SearchStrategy[Any]] = {
    "type": st.sampled_from(TYPES) | st.lists(st.sampled_from(TYPES), min_size=1, max_size=3, unique=True),
    "enum": st.lists(scalars | st.just([1]) | st.just({"a": 1}), max_size=4),
    "const": scalars,
    "minimum": _bounds,
    "exclusiveMinimum": _bounds,
    "exclusiveMaximum": _bounds,
    "multipleOf": st.sampled_from([1, 2, 0.5]),
    "minLength": _counts,
    "maxLength": _counts,
    "pattern": st.sampled_from(["^a", "b$", "^[a-c]+$"]),
    "format": st.sampled_from(["date-time", "email", "int32"]),
    "minItems": _counts,
    "maxItems": _counts,
    "uniqueItems": st.booleans(),
    "maxProperties": _counts,
    "required": _names,
    "dependentRequired": st.sampled_from([{"a": ["b"]}, {"b": ["c", "a"]}]),
    "description": st.sampled_from(["", "what it is"]),
    "title": st.just("A title"),
    "default": scalars,
    "examples": st.lists(scalars, max_size=2),
}
_typed = st.sampled_from(TYPES).map(lambda each: {"type": each})


def _around(inner: SearchStrategy[Any]) -> SearchStrategy[Any]:
    some = st.lists(inner, min_size=1, max_size=3)
    by_name = st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
    one = ["additionalProperties", "items", "not", "if", "then", "contains", "propertyNames", "unevaluatedProperties"]
    holding: dict[str, SearchStrategy[Any]] = {
        **dict.fromkeys(one, inner),
        **dict.fromkeys(["prefixItems", "anyOf", "oneOf", "allOf"], some),
        "properties": by_name,
        "patternProperties": st.tuples(st.sampled_from(["^a", "b"]), inner).map(lambda pair: dict([pair])),
        "dependentSchemas": st.tuples(st.sampled_from(NAMES), inner).map(lambda pair: dict([pair])),
        "minContains": _counts,
        "maxContains": _counts,
        "maxItems": _counts,
    }
    objects = st.tuples(by_name, _some({"required": _names, "additionalProperties": inner}, 2)).map(
        lambda parts: {"type": "object", "properties": parts[0], **parts[1]}
    )
    lists = st.tuples(inner, _some({"prefixItems": some, "maxItems": _counts}, 1)).map(
        lambda parts: {"type": "array", "items": parts[0], **parts[1]}
    )
    choice = st.tuples(some, _some({"type": st.sampled_from(TYPES), "properties": by_name}, 1)).map(
        lambda parts: {"anyOf": parts[0], **parts[1]}
    )
    return objects | objects | lists | choice | _some(holding, 3)


_references = st.sampled_from(["#/$defs/one", "#/$defs/two", "#"]).map(lambda to: {"$ref": to})
_leaves = _typed | _some(_PLAIN, 3) | _some(_PLAIN, 3) | _references | st.booleans()
schemas: SearchStrategy[Any] = st.recursive(_leaves, _around, max_leaves=6)
"""Schemas, well formed but for references, which `tool_schemas` gives something to lead to."""


_more = _some({"allOf": st.lists(schemas, max_size=2, min_size=1), "anyOf": st.lists(schemas, min_size=1, max_size=2)}, 1)
_properties = st.dictionaries(st.sampled_from(NAMES), schemas, max_size=3)
_closed = st.sampled_from([{}, {}, {"additionalProperties": False}, {"additionalProperties": True}])


def _tool_schema(parts: tuple[Json, Json, list[str], Json, Any, Any]) -> Json:
    more, properties, required, closed, one, two = parts
    root = {"type": "object", "properties": properties, "required": required}
    return {**more, **root, **closed, "$defs": {"one": one, "two": two}}


tool_schemas: SearchStrategy[Json] = st.tuples(_more, _properties, _names, _closed, schemas, schemas).map(_tool_schema)
"""Schemas as a tool has them: an object at the root, and definitions, which may go round."""


def goes_round(schema: Json) -> bool:
    """Whether some reference in *schema* comes back to itself on the spot, so that nobody can tell what fits."""
    places = {"#": {key: value for key, value in schema.items() if key != "$defs"}}
    places |= {f"#/$defs/{name}": each for name, each in schema.get("$defs", {}).items()}
    beside = {name: {place for place in places if _refers(each, place)} for name, each in places.items()}
    for _ in places:  # as many steps as there are places
        beside = {name: others.union(*(beside[other] for other in others)) for name, others in beside.items()}
    return any(name in others for name, others in beside.items())


def _refers(schema: Any, place: str) -> bool:
    """Whether a value of *schema* has to be looked at in *place* as well, itself and not something in it."""
    if not isinstance(schema, dict):
        return False
    inner = [schema[key] for key in ("not", "if", "then", "else") if key in schema]
    inner += [each for key in ("anyOf", "oneOf", "allOf") for each in schema.get(key, ())]
    inner += [*schema.get("dependentSchemas", {}).values(), *schema.get("dependencies", {}).values()]
    return schema.get("$ref") == place or any(_refers(each, place) for each in inner)


def fits(value: object, schema: Json, validator: Any = Draft202012Validator) -> bool | None:
    """Whether *value* fits *schema*; None when the schema goes round on the spot."""
    # A registry of its own: the default one fetches what it does not know.
    return None if goes_round(schema) else bool(validator(schema, registry=Registry()).is_valid(value))
