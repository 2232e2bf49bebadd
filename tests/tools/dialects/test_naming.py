from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from detent.tools.dialects.naming import RESERVED, aliases, prefixed


def test_names_that_every_host_takes_stay() -> None:
    assert {} == aliases(["a", "_b", "c1", "x" * 64])


def test_others_get_one_that_every_host_takes() -> None:
    expected = {"$filter": "_filter", "1st": "_1st", "a-b": "_a_b", "größe": "_gr__e", "anyOf": "_anyOf", "": "_"}

    assert expected == aliases(expected)


def test_a_name_that_is_taken_is_not_given_again() -> None:
    assert {"$a": "_a_2", "-a": "__a"} == aliases(["_a", "$a", "-a"])
    assert {"$a": "_a", "%": "__", "&": "___2"} == aliases(["$a", "%", "&"])


@given(st.lists(st.text(max_size=70), unique=True, max_size=8))
def test_every_name_given_is_legal_and_given_once(names: list[str]) -> None:
    found = aliases(names)
    sent = [found.get(name, name) for name in names]

    assert len(set(sent)) == len(names)
    assert all(re.fullmatch("[A-Za-z_][A-Za-z0-9_]{0,63}", each) and each not in RESERVED for each in sent)


def test_a_prefix_leaves_a_name_short_enough() -> None:
    assert "_1st" == prefixed("1st")
    assert 64 == len(prefixed("1" * 64))
