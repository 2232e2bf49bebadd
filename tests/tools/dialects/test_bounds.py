from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tool_schemas import fits

from detent.tools.dialects.bounds import bounded


def without_exclusive(keyword: str, value: object) -> bool:
    return not keyword.startswith("exclusive")


@pytest.mark.parametrize(
    ("values", "type_", "expected", "lost"),
    [
        ({"exclusiveMinimum": 0}, "integer", {"minimum": 1}, {}),
        ({"exclusiveMinimum": 0.5}, "integer", {"minimum": 1}, {}),
        ({"exclusiveMaximum": 2.5}, "integer", {"maximum": 2}, {}),
        ({"exclusiveMaximum": 2}, "integer", {"maximum": 1}, {}),
        ({"exclusiveMinimum": 0, "minimum": 5}, "integer", {"minimum": 5}, {}),
        ({"exclusiveMaximum": 3, "maximum": 5}, "number", {"maximum": 3}, {"exclusiveMaximum": 3}),
        ({"exclusiveMaximum": 3, "minimum": 5}, "integer", {"minimum": 5}, {"maximum": 2}),
        ({"minItems": 3, "maxItems": 1}, "array", {"minItems": 3}, {"maxItems": 1}),
        ({"minItems": 1, "maxItems": 1}, "array", {"minItems": 1, "maxItems": 1}, {}),
    ],
)
def test_bounds_are_told_in_the_form_there_is(values: dict[str, object], type_: str, expected: object, lost: object) -> None:
    assert (expected, lost) == bounded(values, type_, without_exclusive)


def test_exclusive_bounds_stay_where_the_dialect_has_them() -> None:
    assert ({"exclusiveMinimum": 0}, {}) == bounded({"exclusiveMinimum": 0}, "integer", lambda keyword, value: True)


@given(
    st.dictionaries(st.sampled_from(["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"]), st.floats(-4, 4)),
    st.integers(-5, 5),
)
def test_for_integers_they_are_exact(values: dict[str, object], value: int) -> None:
    found, lost = bounded(values, "integer", without_exclusive)

    assert lost or fits(value, values) == fits(value, found)
