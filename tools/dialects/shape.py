"""A schema as a plain choice: one branch a type, each with the keywords that speak of that type and no others.

Every dialect but JSON Schema's own wants it so.  What `$ref`, `allOf`, `anyOf` and `oneOf` say together is multiplied out; what
can not be said of one value by itself is left out and reported, so that the choice takes more values than the schema, never
fewer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias, cast

from attrs import evolve, frozen

from .keywords import same
from .merging import merged
from .node import BY_TYPE, OF_ANY, Node, Schema, Source

__all__ = ["Branch", "Drop", "Flattening", "Shape"]

Drop: TypeAlias = Callable[[str, str, str], None]
"""Takes note of a keyword that is left out: where it stood, its name, and why."""

_UNSAID: Final = frozenset(
    [
        "not",
        "if",
        "then",
        "else",
        "contains",
        "minContains",
        "maxContains",
        "propertyNames",
        "patternProperties",
        "dependentRequired",
        "dependentSchemas",
    ]
)
_WHY_UNSAID: Final = "the dialect has nothing like it"
_MOST_BRANCHES: Final = 32
_ALL: Final = ("string", "number", "boolean", "array", "object", "null")


@frozen(kw_only=True)
class Branch:
    """One kind of value.

    *type* is None for a value of any kind, and for one that is described elsewhere, by the definition *ref*.  *node* has what
    else is asked of it.  *through* names the definitions that were opened on the way to it.
    """

    node: Node
    through: frozenset[str]
    type: str | None = None
    ref: str | None = None


@frozen
class Shape:
    """What a schema takes: a value that fits one of the *branches*.  *notes* are the schema's own annotations."""

    notes: dict[str, object]
    branches: tuple[Branch, ...]


@frozen
class Flattening:
    """Turns schemas of *source* into shapes.

    With *inline* every reference is opened; without, one that stands alone is kept.  A definition in *trail*, which is being
    described already, is not opened again: only its types are told.
    """

    source: Source
    inline: bool
    drop: Drop
    trail: frozenset[str] = frozenset()

    def shape(self, node: Node) -> Shape:
        """Return the shape of *node*."""
        flat = self._flat(evolve(node, notes={}))
        if len(flat) > 1:
            return Shape(dict(node.notes), tuple(_distinct(branch for each in flat for branch in self._typed(each))))
        bare = [evolve(each, node=evolve(each.node, notes={})) for each in flat]
        inner: Mapping[str, object] = flat[0].node.notes if flat else {}
        return Shape({**inner, **node.notes}, tuple(branch for each in bare for branch in self._typed(each)))

    def _flat(self, node: Node) -> list[Branch]:
        """Return the branches of *node*, not yet one a type."""
        found = [Branch(node=self._said(node), through=frozenset())]
        for keyword, alternatives in _parts(node):
            if keyword == "oneOf" and not _are_exclusive(alternatives):
                self.drop(node.at, "oneOf", "it is told as anyOf: more than one may fit")
            found = self._times(found, self._alternatives(alternatives), node.at, keyword)
        if node.ref is not None:
            found = self._times(found, self._referred(node.ref, node.at), node.at, "$ref")
        described = {key: value for key, value in node.notes.items() if key == "description"}
        return [_noted(each, node.notes) for each in found] if len(found) == 1 else [_noted(each, described) for each in found]

    def _said(self, node: Node) -> Node:
        """Return what *node* itself says of a value that any of the dialects could say."""
        for keyword in node.keywords:
            if keyword in _UNSAID:
                self.drop(node.at, keyword, _WHY_UNSAID)
        one = {key: value for key, value in node.one.items() if key not in _UNSAID}
        if "patternProperties" in node.named:  # the names it speaks of are not additional ones
            one["additionalProperties"] = True
        values = {key: value for key, value in node.values.items() if key not in _UNSAID}
        many = {key: value for key, value in node.many.items() if key == "prefixItems"}
        named = {key: value for key, value in node.named.items() if key == "properties"}
        return Node(at=node.at, types=node.types, values=values, one=one, many=many, named=named)

    def _alternatives(self, schemas: tuple[Schema, ...]) -> list[Branch]:
        nodes = [Node() if isinstance(each, bool) else each for each in schemas if each is not False]
        return [branch for node in nodes for branch in self._flat(node)]

    def _referred(self, name: str, at: str) -> list[Branch]:
        return self._opened(name, at) if self.inline else [Branch(node=Node(at=at), through=frozenset(), ref=name)]

    def _opened(self, name: str, at: str) -> list[Branch]:
        target = self.source.definitions[name]
        if name in self.trail:
            self.drop(at, "$ref", "it goes on without end, and only the first round is told")
            return [Branch(node=Node(at=at, types=target.types if isinstance(target, Node) else None), through=frozenset())]
        inner = evolve(self, trail=self.trail | {name})._alternatives((target,))
        return [evolve(each, through=each.through | {name}) for each in inner]

    def _times(self, some: list[Branch], others: list[Branch], at: str, keyword: str) -> list[Branch]:
        """Return what fits one of *some* and one of *others*."""
        if len(some) * len(others) > _MOST_BRANCHES:
            self.drop(at, keyword, "the choices multiply to too many")
            return some
        return [both for one in some for other in others for both in self._and(one, other)]

    def _and(self, one: Branch, other: Branch) -> Iterator[Branch]:
        if one.ref is None and other.ref is None:
            node, lost = merged(one.node, other.node)
            for keyword in sorted(lost):
                self.drop(other.node.at, keyword, "another of its kind is asked for at the same time")
            if node is not None:
                yield Branch(node=node, through=one.through | other.through)
        elif one.ref is None and one.node.is_blank:
            yield _noted(evolve(other, through=one.through | other.through), one.node.notes)
        elif other.ref is None and other.node.is_blank:
            yield _noted(evolve(one, through=one.through | other.through), other.node.notes)
        else:
            yield from (both for mine in self._open(one) for its in self._open(other) for both in self._and(mine, its))

    def _open(self, branch: Branch) -> list[Branch]:
        """Return *branch* itself, or what it refers to, to be told along with something else."""
        if branch.ref is None:
            return [branch]
        opened = evolve(self, inline=True, trail=self.trail | branch.through)._opened(branch.ref, branch.node.at)
        return [_noted(evolve(each, through=each.through | branch.through), branch.node.notes) for each in opened]

    def _typed(self, flat: Branch) -> Iterator[Branch]:
        """Yield a branch for each type that *flat* takes."""
        node = flat.node
        if flat.ref is not None or (node.types is None and not node.keywords):
            yield flat
            return
        allowed = cast("list[object] | None", node.values.get("enum"))
        for type_ in _types(node, allowed):
            fitting = None if allowed is None else [each for each in allowed if _is_of(each, type_)]
            if fitting != []:
                yield evolve(flat, type=type_, node=_about(node, type_, fitting))


def _noted(branch: Branch, notes: Mapping[str, object]) -> Branch:
    return evolve(branch, node=evolve(branch.node, notes={**branch.node.notes, **notes}))


def _parts(node: Node) -> Iterator[tuple[str, tuple[Schema, ...]]]:
    for each in node.many.get("allOf", ()):
        yield "allOf", (each,)
    for keyword in ("anyOf", "oneOf"):
        if keyword in node.many:
            yield keyword, node.many[keyword]


def _are_exclusive(schemas: tuple[Schema, ...]) -> bool:
    """Whether no value can fit two of *schemas*, because their types differ."""
    types = [each for schema in schemas if schema is not False for each in _declared(schema)]
    return len(types) == len(set(types))


def _declared(schema: Schema) -> list[str]:
    types = schema.types if isinstance(schema, Node) else None
    return ["number" if each == "integer" else each for each in types or _ALL]


def _types(node: Node, allowed: list[object] | None) -> tuple[str, ...]:
    types = node.types or _ALL
    if (
        node.types is None
        and allowed is not None
        and all(_is_of(each, "integer") for each in allowed if _is_of(each, "number"))
    ):
        types = tuple("integer" if each == "number" else each for each in _ALL)
    return tuple(each for each in types if each != "integer" or "number" not in types)


def _is_of(value: object, type_: str) -> bool:
    match value:
        case None:
            return type_ == "null"
        case bool():
            return type_ == "boolean"
        case int() | float():
            return type_ == "number" or (type_ == "integer" and value == value // 1)
        case str():
            return type_ == "string"
        case list():
            return type_ == "array"
        case _:
            return type_ == "object"


def _about(node: Node, type_: str, allowed: list[object] | None) -> Node:
    """Return what *node* says of values of that type.  *allowed* are the choices, unless they are all there are."""
    known = BY_TYPE[type_] | OF_ANY
    values = {key: value for key, value in node.values.items() if key in known and key != "enum"}
    every: dict[str, list[object]] = {"boolean": [True, False], "null": [None]}
    if allowed is not None and not all(any(same(each, its) for its in allowed) for each in every.get(type_, [...])):
        values["enum"] = allowed
    return evolve(
        node,
        types=(type_,),
        values=values,
        one={key: value for key, value in node.one.items() if key in known},
        many={key: value for key, value in node.many.items() if key in known},
        named={key: value for key, value in node.named.items() if key in known},
    )


def _distinct(branches: Iterator[Branch]) -> Iterator[Branch]:
    seen: list[Branch] = []
    for each in branches:
        if each not in seen:
            seen.append(each)
            yield each
