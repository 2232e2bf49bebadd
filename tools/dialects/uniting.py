"""Several objects as one: what the root of a tool's parameters has to be."""

from __future__ import annotations

from typing import cast

from .node import Node, Schema
from .shape import Branch

__all__ = ["united"]


def united(branches: list[Branch], at: str) -> Branch:
    """Return one object that takes what any of *branches* takes; any object when there are none.  It stands at *at*."""
    nodes = [each.node for each in branches] or [Node()]
    rests = [each.one.get("additionalProperties", True) for each in nodes]
    names = dict.fromkeys(name for each in nodes for name in each.named.get("properties", {}))
    asked = [cast("list[str]", each.values.get("required", [])) for each in nodes]
    common = [name for name in asked[0] if all(name in each for each in asked)]
    node = Node(
        at=at,
        types=("object",),
        values={"required": common} if common else {},
        one={"additionalProperties": False} if all(each is False for each in rests) else {},
        named={"properties": {name: _any_of([_property(each, name) for each in nodes]) for name in names}},
    )
    return Branch(type="object", node=node, through=frozenset[str]().union(*(each.through for each in branches)))


def _property(node: Node, name: str) -> Schema:
    return node.named.get("properties", {}).get(name, node.one.get("additionalProperties", True))


def _any_of(schemas: list[Schema]) -> Schema:
    distinct: list[Node] = []
    for each in schemas:
        if each is True:
            return True
        if isinstance(each, Node) and each not in distinct:
            distinct.append(each)
    if len(distinct) <= 1:
        return distinct[0] if distinct else False
    return Node(at=distinct[0].at, many={"anyOf": tuple(distinct)})
