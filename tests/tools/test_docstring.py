from __future__ import annotations

import functools
from collections.abc import Callable

import docstring_parser
import pytest

from detent.tools.docstring import Documentation, read_docstring


def google(city: str, days: int) -> None:
    """Report the weather.

    In one sentence.

    Args:
        city: The city,
            in English.
        days (int, optional): How many days.
        wind: There is none.

    Returns:
        A sentence.
    """


def numpy(city: str, days: int) -> None:
    """Report the weather.

    In one sentence.

    Parameters
    ----------
    city, days : str
        Where and when.
    """


def sphinx(city: str, days: int) -> None:
    """Report the weather.

    In one sentence.

    :param city: The city.
    :param int days: How many days.
    :returns: A sentence.
    """


@pytest.mark.parametrize(
    ("function", "texts"),
    [
        (google, {"city": "The city, in English.", "days": "How many days.", "wind": "There is none."}),
        (numpy, {"city": "Where and when.", "days": "Where and when."}),
        (sphinx, {"city": "The city.", "days": "How many days."}),
    ],
)
def test_every_style_is_read(function: Callable[..., object], texts: dict[str, str]) -> None:
    assert Documentation("Report the weather.\n\nIn one sentence.", texts) == read_docstring(function)


class Silent:
    """Does something."""

    def __call__(self) -> None: ...


class Speaking(Silent):
    def __call__(self) -> None:
        """Say something."""


def undocumented() -> None: ...


def test_no_docstring_is_no_description() -> None:
    assert Documentation() == read_docstring(undocumented)


def test_an_object_is_described_by_its_call_or_else_its_class() -> None:
    assert "Does something." == read_docstring(Silent()).description
    assert "Say something." == read_docstring(Speaking()).description
    assert "Report the weather." in read_docstring(functools.partial(google, days=1)).description


def test_a_docstring_that_can_not_be_taken_apart_is_the_description(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str) -> None:
        raise docstring_parser.ParseError(text)

    monkeypatch.setattr(docstring_parser, "parse", fail)

    assert Documentation("Say something.") == read_docstring(Speaking())
