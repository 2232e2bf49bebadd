"""Text from models, tools and hosts, made safe to show: nothing in it can steer the terminal or hide what stands there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

__all__ = ["arguments", "in_one_line", "plain", "value"]

_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters but newline and tab, and the marks that turn the direction of writing."""

_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
"""Whole sequences of a terminal: colours and movements, titles and links."""


def plain(text: str) -> str:
    """Return *text* without terminal sequences and control characters; lines and tabs stay.

    Of a sequence that comes in two pieces the harmless rest stays, its letters and digits.
    """
    return _UNSAFE.sub("", _SEQUENCE.sub("", text))


def in_one_line(text: str) -> str:
    """Return the first line of *text* that says something, and how many more there are."""
    lines = [line.strip() for line in plain(text).expandtabs(2).splitlines() if line.strip()]
    if len(lines) < 2:
        return "".join(lines)
    return f"{lines[0]} (+{len(lines) - 1} line{'s' if len(lines) > 2 else ''})"


def value(given: object) -> str:
    """Return *given* as JSON.  Here control characters are kept, escaped: a person decides by what stands there."""
    return _escaped(json.dumps(given, ensure_ascii=False, default=str))


def arguments(args: Mapping[str, object] | str) -> str:
    """Return a call's arguments as one reads them: `city="Oslo", days=3`; what is no object, as it came, in one line."""
    if isinstance(args, str):
        return _escaped(" ".join(args.split()))
    return ", ".join(f"{plain(name)}={value(given)}" for name, given in args.items())


def _escaped(text: str) -> str:
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
