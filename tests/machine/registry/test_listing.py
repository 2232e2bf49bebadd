"""Reading a host's list of models."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detent.machine.registry.listing import lists, models_in


@pytest.mark.parametrize(
    ("body", "shape", "expected"),
    [
        ({"data": [{"id": "a"}, {"id": "b"}]}, "data", ["a", "b"]),
        ([{"id": "a"}], "list", ["a"]),
        ({"models": [{"name": "a"}, {"model": "b"}]}, "models", ["a", "b"]),
        ({"models": [{"name": "a", "model": "a"}], "data": [{"id": "b"}]}, "data", ["b"]),
        ({"models": [{"name": "a", "model": "a"}], "data": [{"id": "b"}]}, "models", ["a"]),
        ([{"id": "a"}], "data", ["a"]),
        ({"data": [{"id": "a"}]}, "list", ["a"]),
        ({"models": [{"id": "a"}]}, "data", ["a"]),
        ({"data": [{"id": "a", "name": "A!"}, {"id": ""}, {"id": 3}, 3, None]}, "data", ["a", "A!"]),
        ({"error": "no"}, "data", []),
        (None, "list", []),
    ],
)
def test_each_shape_is_read_also_where_another_was_expected(body: object, shape: str, expected: list[str]) -> None:
    assert expected == list(models_in(body, shape))


JSONS = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["data", "models", "id", "name"]), inner),
)


@given(body=JSONS, shape=st.sampled_from(["data", "list", "models"]))
def test_any_body_is_a_list_of_names_perhaps_of_none(body: object, shape: str) -> None:
    assert all(name and isinstance(name, str) for name in models_in(body, shape))


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (("/models/qwen.gguf",), True),
        (("C:\\models\\qwen.gguf",), True),
        (("/models/qwen",), False),
        (("qwen",), True),
        (("models/qwen",), True),
        (("qwen:latest",), True),
        (("qwen:32b", "models/qwen2"), False),
        ((), False),
    ],
)
def test_prefixes_and_tags_that_hosts_add_do_not_hide_a_model(listed: tuple[str, ...], expected: bool) -> None:
    assert expected is lists(listed, "qwen")
