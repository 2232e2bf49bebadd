from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detent.tools.mcp.names import is_legal_prefix, legal_names

NAMES = st.lists(st.text("ab._/é-", max_size=70) | st.text(max_size=5), unique=True, max_size=12)
PREFIXES = st.sampled_from(["", "files_", "x" * 32])


@given(NAMES, PREFIXES)
def test_every_name_gets_a_legal_one_of_its_own(names: list[str], prefix: str) -> None:
    given_names = legal_names(names, prefix)

    assert set(names) == set(given_names)
    assert len(names) == len(set(given_names.values()))
    assert all(re.fullmatch("[A-Za-z0-9_-]{1,64}", name) for name in given_names.values())
    assert all(name.startswith(prefix) for name in given_names.values())


@given(NAMES, PREFIXES, st.randoms(use_true_random=False))
def test_the_order_in_which_a_server_lists_makes_no_difference(names: list[str], prefix: str, chance: random.Random) -> None:
    shuffled = list(names)
    chance.shuffle(shuffled)

    assert legal_names(names, prefix) == legal_names(shuffled, prefix)


@given(st.lists(st.from_regex("[A-Za-z0-9_-]{1,30}", fullmatch=True), unique=True), PREFIXES)
def test_a_legal_name_stays_as_it_is(names: list[str], prefix: str) -> None:
    assert {name: prefix + name for name in names} == legal_names(names, prefix)


def test_names_that_would_be_one_are_told_apart_and_a_lone_one_reads_as_before() -> None:
    both = legal_names(["a.b", "a/b"])

    assert {"x.y": "x_y"} == legal_names(["x.y"])
    assert {"a_b"} == {name[:3] for name in both.values()}
    assert {12} == {len(name) for name in both.values()}
    assert "a_b" == legal_names(["a.b", "a_b"])["a_b"]


@pytest.mark.parametrize(("prefix", "legal"), [("", True), ("a" * 32, True), ("a" * 33, False), ("a.", False), ("é", False)])
def test_a_prefix_is_short_and_of_legal_characters(prefix: str, legal: bool) -> None:
    assert legal is is_legal_prefix(prefix)
