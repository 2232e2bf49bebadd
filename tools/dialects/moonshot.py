"""Moonshot's "flavored" JSON Schema (MFJS), which Kimi's hosts check every tool against.

A schema that breaks a rule is a 400 for the whole request: "tools.function.parameters is not a valid moonshot flavored json
schema, details: <At path ...: when using anyOf, type should be defined in anyOf items instead of the parent schema>", "type is
not defined", "items must be an object", "property name ... is reserved for JSON Schema keywords".

Sources: the specification (docs/mfjs-spec.md) and the validator (walle.md, model.go) at github.com/MoonshotAI/walle, read
2026-11-21.  What is written here passes its most exacting level; the hosts are reported to use the one below.
"""

from __future__ import annotations

from typing import ClassVar, Final, cast

from ..wording import JsonObject
from .converted import Converted
from .naming import RESERVED
from .writing import Writer

__all__ = ["Moonshot"]

_NUMBER: Final = frozenset({"enum", "minimum", "maximum", "default"})
_KEPT: Final = {
    "string": frozenset({"enum", "minLength", "maxLength", "pattern", "default"}),
    "number": _NUMBER,
    "integer": _NUMBER,
    "boolean": frozenset({"enum", "default"}),
    "null": frozenset({"default"}),
    "array": frozenset({"minItems", "maxItems"}),
    "object": frozenset({"additionalProperties"}),
}
_EXACT: Final = 2**53 - 1
_MOST_CHOICES: Final = 500


class Moonshot(Writer):
    """Writes MFJS: a type for every schema, `anyOf` and `$ref` by themselves, definitions at the root."""

    any_value: ClassVar[JsonObject] = {"type": ["string", "number", "boolean", "array", "object", "null"]}
    kept: ClassVar[frozenset[str]] = frozenset({"title", "description"}).union(*_KEPT.values())

    def converted(self) -> Converted:
        """Return the whole schema; references that never come to an end, which the hosts refuse, are cut in it."""
        written = super().converted()
        return written if _ends(written.schema) else _Inlined(self.source).converted()

    def keeps(self, type_: str, keyword: str, value: object) -> bool:
        """Whether *keyword* with this *value* can be said of a *type_*: numbers must be exact in floating point."""
        values = cast("list[object]", value) if isinstance(value, list) else [value]
        if len(values) > _MOST_CHOICES or any(_is_number(each) and abs(cast("float", each)) > _EXACT for each in values):
            return False
        return keyword in _KEPT[type_] and (keyword != "default" or _is_of(values[0], type_))

    def may_be_called(self, name: str, *, at_root: bool) -> bool:  # noqa: ARG002  # wherever it stands
        """Whether a property may have this *name*."""
        return bool(name) and name not in RESERVED and "/" not in name


class _Inlined(Moonshot):
    """Writes MFJS without references."""

    inline: ClassVar[bool] = True


def _ends(schema: JsonObject) -> bool:
    """Whether every reference in *schema* leads to something that can be written to its end, as the validator sees it."""
    definitions = cast("dict[str, JsonObject]", schema.get("$defs", {}))
    targets = {"#": schema, **{f"#/$defs/{name}": each for name, each in definitions.items()}}
    ended: set[str] = set()
    for _ in targets:  # each round ends those that lead to what has ended before
        ended |= {name for name, each in targets.items() if _can_end(each, ended)}
    return ended == targets.keys()


def _can_end(schema: JsonObject, ended: set[str]) -> bool:
    if "$ref" in schema:
        return schema["$ref"] in ended
    if "anyOf" in schema:
        return any(_can_end(each, ended) for each in cast("list[JsonObject]", schema["anyOf"]))
    if schema["type"] == "array":
        return "items" not in schema or _can_end(cast("JsonObject", schema["items"]), ended)
    required = cast("list[str]", schema.get("required", []))
    properties = cast("dict[str, JsonObject]", schema.get("properties", {}))
    return not required or any(_can_end(properties[name], ended) for name in required)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_of(value: object, type_: str) -> bool:
    kinds: dict[str, type | tuple[type, ...]] = {"string": str, "number": (int, float), "integer": int, "boolean": bool}
    return isinstance(value, kinds.get(type_, type(None))) and isinstance(value, bool) == (type_ == "boolean")
