"""A JSON schema as it was read: well formed, of one draft, its references by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from attrs import Factory, frozen

from .converted import Dropped

__all__ = ["BY_TYPE", "NOTES", "OF_ANY", "TYPES", "Node", "Schema", "Source"]

TYPES: Final = ("string", "number", "integer", "boolean", "array", "object", "null")

NOTES: Final = ("title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly")

OF_ANY: Final = frozenset({"enum", "not", "if", "then", "else"})
"""Keywords that speak of values of any type."""

_NUMBER: Final = frozenset(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format"])

BY_TYPE: Final[Mapping[str, frozenset[str]]] = {
    "string": frozenset(["minLength", "maxLength", "pattern", "format"]),
    "number": _NUMBER,
    "integer": _NUMBER,
    "boolean": frozenset(),
    "array": frozenset(
        ["items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains", "minContains", "maxContains"]
    ),
    "object": frozenset(
        [
            "properties",
            "required",
            "additionalProperties",
            "patternProperties",
            "propertyNames",
            "minProperties",
            "maxProperties",
            "dependentRequired",
            "dependentSchemas",
        ]
    ),
    "null": frozenset(),
}
"""Keywords that speak of values of one type, and let all others pass."""


@frozen(kw_only=True)
class Node:
    """One object of a schema, in the terms of Draft 2020-12.

    Keywords stand apart by what they hold: plain JSON (*values*), annotations (*notes*), a schema (*one*), several (*many*),
    several by name (*named*).  *at* is a JSON pointer into the schema it was read from, *types* None when any will do, *ref*
    the name of a definition.
    """

    at: str = ""
    types: tuple[str, ...] | None = None
    values: Mapping[str, object] = Factory(dict[str, object])
    notes: Mapping[str, object] = Factory(dict[str, object])
    one: Mapping[str, Schema] = Factory(dict[str, "Schema"])
    many: Mapping[str, tuple[Schema, ...]] = Factory(dict[str, "tuple[Schema, ...]"])
    named: Mapping[str, Mapping[str, Schema]] = Factory(dict[str, "Mapping[str, Schema]"])
    ref: str | None = None

    @property
    def keywords(self) -> tuple[str, ...]:
        """The keywords that a value can fail, `type` and `$ref` aside."""
        return (*self.values, *self.one, *self.many, *self.named)

    @property
    def is_blank(self) -> bool:
        """Whether any value will do."""
        return self.types is None and self.ref is None and not self.keywords


Schema: TypeAlias = Node | bool
"""A schema: true takes any value, false none."""


@frozen
class Source:
    """A whole schema: its root, what its references name ("" is the root itself), what was no use in it."""

    root: Schema
    definitions: Mapping[str, Schema]
    dropped: tuple[Dropped, ...]
