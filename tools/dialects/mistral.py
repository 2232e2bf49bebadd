"""JSON Schema of Draft 7, which Mistral's hosts check every tool against.

Sources: `validate_json_schema_by_draft7` in mistral-common 1.13 ("Invalid tool schema: ..."); `$schema` and `$id` are refused
("Grammar error: failed to compile JSON schema", github.com/BerriAI/litellm/pull/13389).  Read 2026-11-21.
"""

from __future__ import annotations

import copy
from typing import cast

from ..wording import JsonObject
from .converted import Converted, Dropped
from .node import Node, Schema, Source

__all__ = ["mistral"]

_NEGATIVE = ("not", "if", "then", "else")


def mistral(source: Source) -> Converted:
    """Return *source* in the words of Draft 7, which lacks little."""
    whole = _Draft7(source, negations=True).converted()
    if not any(each.loosens for each in whole.dropped):
        return whole
    # What takes more than it should takes less under a `not`: without what was dropped, negations have to go as well.
    return _Draft7(source, negations=False).converted()


class _Draft7:
    def __init__(self, source: Source, *, negations: bool) -> None:
        self._source = source
        self._negations = negations
        self._dropped = dict.fromkeys(source.dropped)

    def converted(self) -> Converted:
        root = self._source.root if isinstance(self._source.root, Node) else Node()
        written = cast("JsonObject", self._schema(root))
        if written.get("type") != "object":
            types = root.types or ("object",)
            if "object" not in types:
                self._drop(root, "type", "the root has to be one object")
            written["type"] = "object"
        named = {name: self._schema(each) for name, each in self._source.definitions.items() if name}
        definitions: JsonObject = {"$defs": named} if named else {}
        return Converted({"type": "object", "properties": {}, **written, **definitions}, tuple(self._dropped))

    def _drop(self, node: Node, keyword: str, why: str) -> None:
        self._dropped[Dropped(node.at, keyword, why)] = None

    def _schema(self, schema: Schema) -> object:
        if isinstance(schema, bool):
            return {} if schema else False
        written: JsonObject = {}
        if schema.types:
            written["type"] = schema.types[0] if len(schema.types) == 1 else list(schema.types)
        written |= copy.deepcopy({**schema.notes, **self._values(schema)})
        written |= self._one(schema) | self._many(schema) | self._named(schema)
        if schema.ref is not None:
            reference: JsonObject = {"$ref": f"#/$defs/{schema.ref}" if schema.ref else "#"}
            if not written:
                return reference
            # Beside a `$ref` nothing counts in Draft 7.
            written["allOf"] = [*cast("list[object]", written.get("allOf", [])), reference]
        return written

    def _values(self, node: Node) -> JsonObject:
        values = dict(node.values)
        for key in ("minContains", "maxContains"):
            if key in values:
                del values[key]
                self._drop(node, key, "Draft 7 has nothing like it")
        if "dependentRequired" in values:
            values["dependencies"] = values.pop("dependentRequired")
        return values

    def _one(self, node: Node) -> JsonObject:
        written: JsonObject = {}
        for key, each in node.one.items():
            if key in _NEGATIVE and not self._negations:
                self._drop(node, key, "without what else is dropped it would take less")
            elif key == "contains" and node.values.get("minContains") == 0:
                self._drop(node, key, "without minContains it would take less")
            elif key == "items" and "prefixItems" in node.many:
                written["additionalItems"] = self._schema(each)
            else:
                written[key] = self._schema(each)
        return written

    def _many(self, node: Node) -> JsonObject:
        written: JsonObject = {}
        beside: list[object] = []
        for key, several in node.many.items():
            schemas = [self._schema(each) for each in several]
            if key == "oneOf" and not self._negations:
                self._drop(node, key, "it is told as anyOf: more than one may fit")
                beside.append({"anyOf": schemas})
            else:
                written["items" if key == "prefixItems" else key] = schemas
        return {**written, "allOf": [*cast("list[object]", written.get("allOf", [])), *beside]} if beside else written

    def _named(self, node: Node) -> JsonObject:
        written: JsonObject = {}
        for key, by_name in node.named.items():
            schemas = {name: self._schema(each) for name, each in by_name.items()}
            if key == "dependentSchemas":
                # One name can ask for others and for a schema at once, but has one place here.
                asked = cast("dict[str, list[str]]", node.values.get("dependentRequired", {}))
                both = {name: {"allOf": [schemas[name], {"required": asked[name]}]} for name in asked if name in schemas}
                written["dependencies"] = {**asked, **schemas, **both}
            else:
                written[key] = schemas
        return written
