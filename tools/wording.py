"""Short texts for a model: what is wrong where, which known name is closest, how a value looks.  All bounded in length."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from attrs import frozen

__all__ = ["JsonObject", "Problem", "brief", "closest", "listing", "shortened", "unknown", "well_formed", "worded"]

JsonObject: TypeAlias = dict[str, object]
"""A JSON object as Python reads it."""

_MOST_PROBLEMS = 5
_LONGEST_PROBLEM = 200
_LONGEST_VALUE = 40
_LONGEST_PATH = 80
_LONGEST_NAME = 64


@frozen
class Problem:
    """One thing that is wrong with the value at *path* (keys and positions; empty: the arguments as a whole).

    Either *text* says what is wrong ("missing"), or, with *given*, it names what is wanted ("a string") in place of it.
    """

    path: tuple[str | int, ...]
    text: str
    given: str | None = None


def worded(problems: Iterable[Problem]) -> str:
    """Return the *problems* as one line: "city: a string is wanted, not 3; days: missing", at most 5 and how many more."""
    together: dict[tuple[str, str | None, str], list[str]] = {}
    for problem in problems:
        # What several branches of a union want in one place is one problem: "an integer or a string is wanted".
        key = (_path(problem.path), problem.given, problem.text if problem.given is None else "")
        texts = together.setdefault(key, [])
        if problem.text not in texts:
            texts.append(problem.text)
    lines = [f"{where}: {shortened(_said(texts, given), _LONGEST_PROBLEM)}" for (where, given, _), texts in together.items()]
    more = len(lines) - _MOST_PROBLEMS
    return "; ".join(lines[:_MOST_PROBLEMS]) + (f"; and {more} more" if more > 0 else "")


def _said(texts: list[str], given: str | None) -> str:
    return texts[0] if given is None else f"{' or '.join(texts)} is wanted, not {given}"


def _path(path: tuple[str | int, ...]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f"{'.' if text else ''}{shortened(part, _LONGEST_VALUE)}"
    return shortened(text, _LONGEST_PATH) or "the arguments"


def brief(value: object) -> str:
    """Return *value* as JSON of at most 40 characters."""
    return shortened(json.dumps(value, ensure_ascii=False, default=str), _LONGEST_VALUE)


def shortened(text: str, length: int) -> str:
    """Return *text*, cut to *length* characters with an ellipsis as the last."""
    return text if len(text) <= length else f"{text[: length - 1]}\u2026"


def unknown(known: Sequence[str], name: str) -> str:
    """Return what to say of an argument *name* that is none of the *known* ones."""
    if not known:
        return "unknown, no arguments are taken"
    near = closest(name, known)
    return f"unknown, did you mean `{near}`?" if near else f"unknown, the known ones are {listing(known)}"


def closest(name: str, known: Sequence[str]) -> str | None:
    """Return the name in *known* that *name* most likely means, however its letters are cased; None when none is near."""
    folded = {each.casefold(): each for each in known}
    # A made-up name may be of any length, and comparing takes the product of both lengths.
    near = difflib.get_close_matches(name[:_LONGEST_NAME].casefold(), folded, n=1)
    return folded[near[0]] if near else None


def listing(names: Sequence[str], most: int = 20) -> str:
    """Return "`a`, `b` and 3 more": the first *most* of *names*."""
    shown = ", ".join(f"`{shortened(name, _LONGEST_NAME)}`" for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def well_formed(text: str) -> str:
    """Return *text* as every host takes it: lone surrogates and NULs replaced by U+FFFD, surrogate pairs joined."""
    text = text.replace("\0", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
