from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tool_schemas import fits

from detent.tools.dialects.merging import merged
from detent.tools.dialects.node import Node
from detent.tools.dialects.reading import read

TYPES = st.lists(st.sampled_from(["string", "number", "integer", "array", "object"]), min_size=1, max_size=3, unique=True)
inner = st.sampled_from([{"type": "string"}, {"type": "integer"}, True, False])
flat = st.fixed_dictionaries(
    {},
    optional={
        "type": TYPES,
        "enum": st.lists(st.sampled_from(["a", "b", 1, 2.0, True]), min_size=1, max_size=3),
        "minimum": st.integers(0, 3),
        "maxItems": st.integers(0, 3),
        "required": st.lists(st.sampled_from("ab"), unique=True),
        "properties": st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
        "additionalProperties": inner,
        "items": inner,
        "uniqueItems": st.booleans(),
    },
)
values = st.sampled_from(
    ["a", "b", 1, 2, 2.5, True, [], ["a"], [1, 1], {}, {"a": "x"}, {"b": 1}, {"a": 1, "c": "x"}, {"a": "x", "b": "y"}]
)


def node(schema: dict[str, Any]) -> Node:
    found = read(schema).root
    assert isinstance(found, Node)
    return found


def takes(found: Node | bool, value: Any) -> bool:
    if isinstance(found, bool):
        return found
    schema = {
        **found.values,
        **({"type": list(found.types)} if found.types is not None else {}),
        **{key: takes_schema(each) for key, each in found.one.items()},
        **{key: {name: takes_schema(each) for name, each in by_name.items()} for key, by_name in found.named.items()},
    }
    return bool(fits(value, schema))


def takes_schema(found: Node | bool) -> Any:
    if isinstance(found, bool):
        return found
    both = [takes_schema(each) for each in found.many.get("allOf", ())]
    return {**({"type": list(found.types)} if found.types else {}), **({"allOf": both} if both else {})}


@given(one=flat, other=flat, value=values)
def test_two_demands_merged_take_what_both_take(one: dict[str, Any], other: dict[str, Any], value: Any) -> None:
    both, lost = merged(node(one), node(other))

    assert frozenset() == lost
    assert (bool(fits(value, one)) and bool(fits(value, other))) == (both is not None and takes(both, value))


def test_of_two_patterns_one_is_told() -> None:
    both, lost = merged(node({"pattern": "a", "multipleOf": 2}), node({"pattern": "b", "multipleOf": 2}))

    assert both is not None
    assert {"pattern": "a", "multipleOf": 2} == both.values
    assert {"pattern"} == lost
