"""From the shape of a schema to JSON: what all dialects with a subset of JSON Schema have in common."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from typing import ClassVar, Final, cast

from attrs import evolve

from ..wording import JsonObject
from .bounds import bounded
from .converted import Converted, Dropped
from .keywords import escaped
from .naming import aliases
from .node import Node, Schema, Source
from .shape import Branch, Flattening, Shape
from .uniting import united
from .words import described, in_words

__all__ = ["Writer"]

_DEEPEST: Final = 40
_MOST: Final = 3_000


class Writer:
    """Writes one schema in one dialect.  A dialect says what it keeps, and how it spells what differs."""

    kept: ClassVar[frozenset[str]]
    """The keywords it has, annotations included."""
    inline: ClassVar[bool] = False
    """Whether it has no references."""
    any_value: ClassVar[JsonObject] = {}
    """Its schema of any value."""

    def __init__(self, source: Source) -> None:
        """Begin with *source*."""
        self.source = source
        self.dropped: dict[tuple[str, str], Dropped] = {(each.path, each.keyword): each for each in source.dropped}
        self._flattening = Flattening(source, self.inline, self.drop)
        self._named: dict[str, None] = {}
        self._count = 0

    def converted(self) -> Converted:
        """Return the whole schema.  Its root is one object, whatever the original says."""
        schema = self._root()
        definitions: JsonObject = {}
        while left := [name for name in self._named if name not in definitions]:
            for name in left:
                if (target := self.source.definitions[name]) is False:
                    self.drop(f"/$defs/{name}", "", "nothing fits it, which can not be said")
                definitions[name] = self.schema(target, frozenset({name}), 1)
        return Converted({**schema, "$defs": definitions} if definitions else schema, tuple(self.dropped.values()))

    def drop(self, path: str, keyword: str, why: str) -> None:
        """Take note that the schema says nothing of *keyword*."""
        self.dropped.setdefault((path, keyword), Dropped(path, keyword, why))

    # --- what dialects differ in ---------------------------------------------------------------------------------------

    def anything(self, at: str) -> JsonObject:  # noqa: ARG002  # strict needs it
        """Return the schema of any value, for the one that stands at *at*."""
        return copy.deepcopy(self.any_value)

    def keeps(self, type_: str, keyword: str, value: object) -> bool:
        """Whether *keyword* with this *value* can be said of a *type_*."""
        raise NotImplementedError

    def may_be_called(self, name: str, *, at_root: bool) -> bool:  # noqa: ARG002  # some hosts need them
        """Whether a property may have this *name*."""
        return True

    def optional(self, written: JsonObject) -> JsonObject:
        """Return the schema of a property that may be left out."""
        return written

    # --- a schema ------------------------------------------------------------------------------------------------------

    def schema(self, schema: Schema, trail: frozenset[str], depth: int, at: str = "") -> JsonObject:
        """Return *schema*, which stands at *at* and is reached through the definitions in *trail*."""
        if isinstance(schema, bool):
            return self.anything(at)
        self._count += 1
        if depth > _DEEPEST or self._count > _MOST:
            self.drop(schema.at, "", "it is nested too deeply, or the whole is too long")
            return self.anything(schema.at)
        return self._choice(evolve(self._flattening, trail=trail).shape(schema), schema.at, trail, depth)

    def _choice(self, shape: Shape, at: str, trail: frozenset[str], depth: int) -> JsonObject:
        if len(shape.branches) == 1:
            branch = shape.branches[0]
            return self._branch(
                evolve(branch, node=evolve(branch.node, notes={**branch.node.notes, **shape.notes})), trail, depth
            )
        written: list[JsonObject] = []
        for each in shape.branches:
            one = self._branch(each, trail, depth)
            if one == self.any_value:
                written = [one]
                break
            if one not in written:
                written.append(one)
        return self._union(written, shape.notes, at)

    def _union(self, written: list[JsonObject], notes: Mapping[str, object], at: str) -> JsonObject:
        if not written:
            self.drop(at, "", "nothing fits it, which can not be said")
            written = [self.anything(at)]
        for key in notes:
            if key != "description":
                self.drop(at, key, "a choice has no room for it")
        # Hosts take nothing beside `anyOf`, so what is said of the choice is said of the first.
        place = next((number for number, each in enumerate(written) if "$ref" not in each and each.get("type") != "null"), None)
        beside: JsonObject = {"description": notes["description"]} if notes.get("description") else {}
        if place is not None and beside:
            own = written[place].get("description")
            words = [own] if isinstance(own, str) and own != beside["description"] else []
            written[place] = {**written[place], "description": described(beside["description"], words)}
            beside = {}
        return {**written[0], **beside} if len(written) == 1 else {"anyOf": written, **beside}

    def _branch(self, branch: Branch, trail: frozenset[str], depth: int) -> JsonObject:
        if branch.ref is not None:
            return self._reference(branch)
        if branch.type is None:
            return self._annotated(self.anything(branch.node.at), branch, [])
        words: list[str] = []
        inner = trail | branch.through
        if branch.type == "object":
            written = self._object(branch, words, inner, depth)
        elif branch.type == "array":
            written = self._array(branch, words, inner, depth)
        else:
            written = self._values(branch.node, branch.type, words)
        return self._annotated({"type": branch.type, **written}, branch, words)

    def _reference(self, branch: Branch) -> JsonObject:
        name = branch.ref or ""
        if name:
            self._named[name] = None
        written: JsonObject = {"$ref": f"#/$defs/{name}" if name else "#"}
        annotated = self._annotated({}, branch, [])
        return {"anyOf": [written], **annotated} if annotated else written

    def _annotated(self, written: JsonObject, branch: Branch, words: list[str]) -> JsonObject:
        node = branch.node
        notes: JsonObject = {}
        for key, value in node.notes.items():
            if key in self.kept and (key != "default" or (branch.type is not None and self.keeps(branch.type, key, value))):
                notes[key] = copy.deepcopy(value)
            else:
                self.drop(node.at, key, "the dialect has no place for it")
                words.append(in_words(key, value))
        description = described(notes.pop("description", ""), words)
        return {**written, **({"description": description} if description else {}), **notes}

    # --- what is said of a type ----------------------------------------------------------------------------------------

    def _values(self, node: Node, type_: str, words: list[str]) -> JsonObject:
        written: JsonObject = {}
        values, lost = bounded(node.values, type_, lambda key, value: self.keeps(type_, key, value))
        for key, value in lost.items():
            self._say(node, key, value, words)
        for key, value in values.items():
            if self.keeps(type_, key, value):
                written[key] = copy.deepcopy(value)
            else:
                self._say(node, key, value, words)
        return written

    def _say(self, node: Node, keyword: str, value: object, words: list[str]) -> None:
        self.drop(node.at, keyword, "the dialect has nothing like it")
        words.append(in_words(keyword, value))

    def _array(self, branch: Branch, words: list[str], trail: frozenset[str], depth: int) -> JsonObject:
        node = branch.node
        items: Schema = node.one.get("items", True)
        values = dict(node.values)
        prefix = node.many.get("prefixItems", ())
        most = cast("float", values.get("maxItems", math.inf))
        if items is False and most > len(prefix):
            values["maxItems"] = most = len(prefix)
        if prefix:
            self.drop(node.at, "prefixItems", "the items are told without their order")
            rest = (items,) if most > len(prefix) else ()
            items = Node(at=node.at, many={"anyOf": (*prefix, *rest)})
        written = self._values(evolve(node, values=values), "array", words)
        return {**written, **self._items(items, node.at, trail, depth)}

    def _items(self, items: Schema, at: str, trail: frozenset[str], depth: int) -> JsonObject:
        written = self.schema(items, trail, depth + 1, f"{at}/items")
        return {} if written == self.any_value else {"items": written}

    def _object(self, branch: Branch, words: list[str], trail: frozenset[str], depth: int) -> JsonObject:
        node = branch.node
        every = node.named.get("properties", {})
        known = self._names(every, depth)
        asked = list(dict.fromkeys(cast("list[str]", node.values.get("required", []))))
        if unlisted := [name for name in asked if name not in known]:
            self._say(node, "required", unlisted, words)
        if len(known) < len(every) and node.one.get("additionalProperties", True) is not False:
            self.drop(node.at, "properties", "that one must not be there can not be said")
        properties: JsonObject = {}
        for name, sent in known.items():
            written = self.schema(every[name], trail, depth + 1, f"{node.at}/properties/{escaped(name)}")
            properties[sent] = written if name in asked else self.optional(written)
        values = {key: value for key, value in node.values.items() if key != "required"}
        written = self._values(evolve(node, values=values), "object", words)
        required = [known[name] for name in asked if name in known]
        listed = {**({"properties": properties} if properties else {}), **({"required": required} if required else {})}
        return {**written, **listed, **self._additional(node, words, trail, depth)}

    def _names(self, properties: Mapping[str, Schema], depth: int) -> dict[str, str]:
        """Return under which name each of *properties* goes out; those that nothing fits do not."""
        other = aliases(properties)
        possible = [name for name, each in properties.items() if each is not False]
        return {name: name if self.may_be_called(name, at_root=depth == 0) else other.get(name, name) for name in possible}

    def _additional(self, node: Node, words: list[str], trail: frozenset[str], depth: int) -> JsonObject:
        """Return what is said of properties that are not listed."""
        rest = node.one.get("additionalProperties")
        if rest is None:
            return {}
        if "additionalProperties" in self.kept:
            return {"additionalProperties": rest if isinstance(rest, bool) else self.schema(rest, trail, depth + 1)}
        if rest is not True:
            self.drop(node.at, "additionalProperties", "the dialect has nothing like it")
        if isinstance(rest, Node):
            words.append(in_words("additionalProperties", self.schema(rest, trail, depth + 1)))
        return {}

    # --- the root ------------------------------------------------------------------------------------------------------

    def _root(self) -> JsonObject:
        root = self.source.root if isinstance(self.source.root, Node) else Node()
        shape = evolve(self._flattening, inline=True, trail=frozenset({""})).shape(root)
        objects = [each for each in shape.branches if each.type in ("object", None)]
        if len(objects) == 1 and objects[0].type:
            branch = objects[0]
        else:
            why = "the root has to be one object" if objects else "nothing fits it, which can not be said"
            self.drop(root.at, "anyOf" if objects else "", why)
            branch = united(objects, root.at)
        notes = {**branch.node.notes, **shape.notes}
        written = self._branch(evolve(branch, node=evolve(branch.node, notes=notes)), frozenset({""}), 0)
        return {"type": "object", "properties": {}, **written}
