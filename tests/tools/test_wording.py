from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from detent.tools.wording import Problem, brief, closest, listing, shortened, unknown, well_formed, worded

PATHS = st.lists(st.text(max_size=100) | st.integers(0, 9), max_size=30).map(tuple)


def test_each_problem_is_told_with_its_path() -> None:
    problems = [Problem(("city",), "a string", given="3"), Problem(("stops", 0, "day"), "missing"), Problem((), "too many")]

    assert "city: a string is wanted, not 3; stops[0].day: missing; the arguments: too many" == worded(problems)


def test_what_branches_of_a_union_want_is_one_problem() -> None:
    problems = [
        Problem(("a",), "an integer", given="[]"),
        Problem(("a",), "a string", given="[]"),
        Problem(("a",), "an integer", given="[]"),
    ]

    assert "a: an integer or a string is wanted, not []" == worded(problems)


def test_two_different_problems_in_one_place_stay_two() -> None:
    assert "a: missing; a: odd" == worded([Problem(("a",), "missing"), Problem(("a",), "odd"), Problem(("a",), "odd")])


def test_only_five_problems_are_told() -> None:
    text = worded(Problem((name,), "missing") for name in "abcdefg")

    assert "a: missing; b: missing; c: missing; d: missing; e: missing; and 2 more" == text
    assert worded(Problem((name,), "missing") for name in "abcdef").endswith("e: missing; and 1 more")
    assert worded(Problem((name,), "missing") for name in "abcde").endswith("e: missing")


@given(st.lists(st.builds(Problem, PATHS, st.text(), st.none() | st.text()), max_size=20))
def test_the_text_is_never_long(problems: list[Problem]) -> None:
    assert len(worded(problems)) <= 1500


def test_a_value_is_shown_short() -> None:
    assert '{"a": [1, "ü", null]}' == brief({"a": [1, "ü", None]})
    assert 40 == len(brief("x" * 1000))


def test_a_text_that_fits_is_not_cut() -> None:
    assert "abc" == shortened("abc", 3)
    assert "ab\u2026" == shortened("abcd", 3)


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    assert "unknown, no arguments are taken" == unknown((), "x")
    assert "unknown, did you mean `city`?" == unknown(("city", "days"), "citty")
    assert "unknown, the known ones are `city`, `days`" == unknown(("city", "days"), "zzz")


def test_the_closest_name_is_found_however_it_is_cased() -> None:
    assert "getWeather" == closest("GETWEATHER", ["other", "getWeather"])
    assert closest("x" * 1_000_000, ["weather"]) is None


def test_a_long_list_is_cut() -> None:
    assert "`a`, `b` and 2 more" == listing(["a", "b", "c", "d"], most=2)


@given(st.text(st.characters(codec=None)))
def test_a_well_formed_text_can_be_sent(text: str) -> None:
    clean = well_formed(text)

    clean.encode()
    assert "\0" not in clean
    assert clean == well_formed(clean)
