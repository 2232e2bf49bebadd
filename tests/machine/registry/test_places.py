"""The line of every key, in TOML and in JSON."""

from __future__ import annotations

import json

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from detent.machine.registry.places import Place, json_places, toml_places

TOML = '''# a comment = "with an equals sign"

[hosts.house]  # [not.a.header]
api_url = "http://chat.example"
text = """
api_url = "not a key"
[models.not-one]
"""
list = [
    "a",  # b = 1
    { inner = 1 },
]
last = 1

[hosts."with.dot"]
profile.keys.user = ["role"]
[[rows]]
a = 1
[models]
# and
short = { host = "house", model_name = "m" }
[hosts.house.headers]
X = "1"
'''


def test_toml_keys_are_found_in_every_form_of_writing_them() -> None:
    found = dict(toml_places(TOML))

    assert {
        ("hosts",): 22,
        ("hosts", "house"): 22,
        ("hosts", "house", "api_url"): 4,
        ("hosts", "house", "text"): 5,
        ("hosts", "house", "list"): 9,
        ("hosts", "house", "last"): 13,
        ("hosts", "with.dot"): 15,
        ("hosts", "with.dot", "profile"): 16,
        ("hosts", "with.dot", "profile", "keys"): 16,
        ("hosts", "with.dot", "profile", "keys", "user"): 16,
        ("rows",): 17,
        ("rows", "a"): 18,
        ("models",): 19,
        ("models", "short"): 21,
        ("models", "short", "host"): 21,
        ("models", "short", "model_name"): 21,
        ("hosts", "house", "headers"): 22,
        ("hosts", "house", "headers", "X"): 23,
    } == found


def test_a_table_that_is_opened_twice_comes_twice() -> None:
    assert [3, 15, 22] == [line for place, line in toml_places(TOML) if place == ("hosts",)]


def test_carriage_returns_do_not_matter() -> None:
    assert list(toml_places(TOML)) == list(toml_places(TOML.replace("\n", "\r\n")))


def test_json_keys_are_found_however_they_are_laid_out() -> None:
    text = '{\n "a": {"b": "c: \\"{,[", "d\\u0065":\n 1},\n "list": [1, {"x": 2},\n {"x": 3}], "a": {}\n}'

    assert [
        (("a",), 2),
        (("a", "b"), 2),
        (("a", "de"), 2),
        (("list",), 4),
        (("list", 1, "x"), 4),
        (("list", 2, "x"), 5),
        (("a",), 5),
    ] == list(json_places(text))


NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=6)
SCALARS = st.one_of(st.integers(-9, 9), st.booleans(), st.text(alphabet='ab"{}[],:\\ \n', max_size=8))
TREES = st.recursive(
    SCALARS, lambda inner: st.dictionaries(NAMES, inner, max_size=3) | st.lists(inner, max_size=3), max_leaves=8
)


def every_place(value: object, place: Place = ()) -> list[Place]:
    """Return the places of all keys by walking the value itself."""
    if isinstance(value, dict):
        return [each for key, inner in value.items() for each in [(*place, key), *every_place(inner, (*place, key))]]
    if isinstance(value, list):
        return [each for number, inner in enumerate(value) for each in every_place(inner, (*place, number))]
    return []


@given(tree=st.dictionaries(NAMES, TREES, max_size=4), indent=st.sampled_from([None, 1]))
def test_every_key_of_any_json_is_found_on_the_line_where_it_stands(tree: dict[str, object], indent: int | None) -> None:
    text = json.dumps(tree, indent=indent, ensure_ascii=False)
    found = list(json_places(text))
    lines = text.split("\n")

    assert every_place(tree) == [place for place, _ in found]
    assert all(json.dumps(place[-1], ensure_ascii=False) in lines[line - 1] for place, line in found)


@given(tree=st.dictionaries(NAMES, st.dictionaries(NAMES, st.dictionaries(NAMES, SCALARS, max_size=3), max_size=3), max_size=3))
def test_every_key_of_any_toml_is_found(tree: dict[str, object]) -> None:
    found = [place for place, _ in toml_places(tomlkit.dumps(tree))]

    assert sorted(every_place(tree)) == sorted(set(found))


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n"])
def test_a_file_without_keys_has_no_places(text: str) -> None:
    assert [] == list(toml_places(text))
