"""Telling apart the shapes of JSON of unknown origin."""

from __future__ import annotations

import pytest

from detent.states.shapes import is_list, is_object, members, objects


@pytest.mark.parametrize("value", [None, 7, "hi", True, 2.5, []])
def test_what_is_no_object_has_no_members(value: object) -> None:
    assert not is_object(value)
    assert {} == members(value)


@pytest.mark.parametrize("value", [None, 7, "hi", True, 2.5, {}, (1,)])
def test_what_is_no_array_holds_no_objects(value: object) -> None:
    assert not is_list(value)
    assert [] == objects(value)


def test_an_object_has_its_members() -> None:
    assert is_object({"a": 1})
    assert {"a": 1} == members({"a": 1})


def test_of_an_array_only_the_objects_are_taken_in_order() -> None:
    assert is_list([1])
    assert [{"a": 1}, {}] == objects([{"a": 1}, "hi", None, {}, []])
