from __future__ import annotations

from typing import Any

import pytest
from mcp_types import ToolAnnotations

from detent import ConfigurationError
from detent.tools.mcp import mcp_tools
from detent.tools.mcp.options import Options, checked_approve

YES_NO_NOTHING = (True, False, None)


def hints(read_only: bool | None, destructive: bool | None, idempotent: bool | None = None) -> ToolAnnotations:
    return ToolAnnotations(read_only_hint=read_only, destructive_hint=destructive, idempotent_hint=idempotent)


@pytest.mark.parametrize("destructive", YES_NO_NOTHING)
@pytest.mark.parametrize("read_only", YES_NO_NOTHING)
def test_a_person_is_asked_unless_a_tool_is_said_to_read_only_or_to_destroy_nothing(
    read_only: bool | None, destructive: bool | None
) -> None:
    is_said_to_be_harmless = read_only is True or destructive is False

    assert is_said_to_be_harmless is not Options().approval("t", hints(read_only, destructive))


def test_a_tool_of_which_nothing_is_said_may_be_destructive_and_is_not_repeated() -> None:
    assert True is Options().approval("t", None)
    assert False is Options().is_idempotent(None)


def test_what_reads_only_or_is_said_to_be_idempotent_may_be_called_again() -> None:
    assert Options().is_idempotent(hints(True, None))
    assert Options().is_idempotent(hints(None, True, True))
    assert not Options().is_idempotent(hints(False, False, None))


def test_the_callers_word_counts_more_than_the_hints() -> None:
    harmless, harmful = hints(True, False), hints(False, True)

    def judge(arguments: object) -> bool:
        return False

    assert False is Options(approve=False).approval("t", harmful)
    assert True is Options(approve=True).approval("t", harmless)
    assert judge is Options(approve=judge).approval("t", harmless)
    assert [True, False] == [Options(approved=("t",)).approval(name, each) for name, each in (("t", harmless), ("u", harmful))]
    assert False is Options(approved=()).approval("t", harmful)


def test_only_and_without_choose() -> None:
    assert ["a", "b", "c"] == [name for name in "abc" if Options().wants(name)]
    assert ["a"] == [name for name in "abc" if Options(only=("a", "b"), without=("b",)).wants(name)]
    assert [] == [name for name in "abc" if Options(only=()).wants(name)]
    assert ("a", "b", "c") == Options(only=("a",), without=("b",), approved=("c",)).named


def test_names_may_be_given_by_any_collection() -> None:
    assert (None, ("a",)) == checked_approve({"a"})
    assert (None, ()) == checked_approve([])
    assert (True, None) == checked_approve(True)


async def decide(arguments: object) -> bool:
    return True


@pytest.mark.parametrize(
    ("option", "match"),
    [
        ({"prefix": "a b"}, "prefix must be at most 32 of"),
        ({"prefix": None}, "prefix must be"),
        ({"only": "name"}, "only must be a list of names, not 'name'"),
        ({"only": 3}, "only must be a list of names"),
        ({"without": [1]}, "without must be a list of names"),
        ({"without": None}, "without must be a list of names"),
        ({"approve": "name"}, "approve must be a list of names"),
        ({"approve": 3}, "approve must be a list of names"),
        ({"approve": decide}, "approve must be a plain function"),
        ({"timeout": 0}, "timeout must be a number of seconds above 0"),
        ({"max_chars": 3}, "max_chars must be"),
        ({"start_timeout": -1}, "start_timeout must be a number of seconds above 0"),
        ({"start_timeout": None}, "start_timeout must be a number of seconds above 0"),
    ],
)
def test_what_can_not_be_is_refused_before_anything_runs(option: dict[str, Any], match: str) -> None:
    with pytest.raises(ConfigurationError, match=match):
        mcp_tools("never-run", **option)
