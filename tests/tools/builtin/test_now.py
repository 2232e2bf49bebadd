"""The time, in a zone that is named loosely or not at all."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detent.tools.builtin import now

MODULE = sys.modules["detent.tools.builtin.now"]


def test_it_is_the_time_of_now_with_zone_and_day() -> None:
    found = re.fullmatch(r"(\S+) UTC, (\w+day)", now())

    assert found is not None
    moment = datetime.fromisoformat(found[1])
    assert timedelta(0) <= datetime.now(UTC) - moment < timedelta(seconds=5)
    assert f"{moment:%A}" == found[2]


@pytest.mark.parametrize("asked", ["Europe/Oslo", "europe/oslo", "Oslo", " oslo "])
def test_a_zone_is_known_by_its_name_or_its_city(asked: str) -> None:
    stamp, name, _ = re.split(r",? ", now(asked))

    assert name == "Europe/Oslo"
    assert datetime.fromisoformat(stamp).utcoffset() == datetime.now(ZoneInfo("Europe/Oslo")).utcoffset()


@pytest.mark.parametrize("asked", ["New York", "America/New_York", "america/new york"])
def test_a_city_of_two_words_is_known(asked: str) -> None:
    assert "America/New_York" in now(asked)


@pytest.mark.parametrize("asked", ["", "utc", "Z"])
def test_utc_goes_by_several_names(asked: str) -> None:
    assert " UTC, " in now(asked)


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("Europe/Olso", "did you mean Europe/Oslo"),
        ("Tokio", "did you mean Asia/Tokyo"),
        ("Istanbul", "did you mean Asia/Istanbul, Europe/Istanbul"),
        ("qqqqqq", "use an IANA name such as Europe/Oslo"),
        ("../../etc/passwd", "no time zone is named"),
        ("Europe", "no time zone is named"),
        ("/etc/localtime", "no time zone is named"),
        ("a\0b", "no time zone is named"),
    ],
)
def test_an_unknown_zone_is_refused_with_those_that_are_spelled_alike(asked: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        now(asked)


def test_without_a_time_zone_database_utc_is_still_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MODULE, "available_timezones", set[str])

    assert " UTC, " in now("UTC")
    with pytest.raises(ValueError, match="the package tzdata brings the others"):
        now("Europe/Oslo")


def test_a_zone_that_can_not_be_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MODULE, "available_timezones", lambda: {"No/Where"})

    with pytest.raises(ValueError, match="'No/Where' can not be read"):
        now("Where")


@given(st.text(max_size=30))
@settings(max_examples=25, deadline=None)
def test_anything_is_a_zone_or_refused(asked: str) -> None:
    with suppress(ValueError):
        assert "day" in now(asked)
