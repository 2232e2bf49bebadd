"""Taking secrets out of texts."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Final
from urllib.parse import quote, quote_plus

from .secret import SHORTEST, Secret
from .wording import well_formed

__all__ = ["MARK", "Redactor"]

MARK: Final = "[secret]"
"""What stands in a text where a secret was."""
_SAFE = ("", "/", "!'()*~", "!#$&'()*+,/:;=?@~")
"""What is left as it is in URLs: nothing, slashes, and what JavaScript's encodeURIComponent and encodeURI leave."""


class Redactor:
    """Takes secrets out of texts: `redactor(text)` is *text* with `[secret]` wherever one of them was.

    Each is found as it is (without the space around it) and as it is written in URLs, in JSON, in HTML, by Python's `repr`,
    in hexadecimal, and in base64, also inside of something longer such as `user:password`.  Where secrets overlap, the whole
    of it goes.  The rest stays as it is, and doing it again changes nothing.  Other disguises are not found: half a secret,
    one that is spelled backwards, encoded twice or broken into lines.
    """

    __slots__ = ("_forms", "_mark")

    def __init__(self, secrets: Iterable[Secret]) -> None:
        """Look for these; without any, texts stay as they are."""
        self._forms = tuple({form for secret in secrets for form in _forms(secret.reveal().strip()) if len(form) >= SHORTEST})
        self._mark = _mark(self._forms)

    def __call__(self, text: str) -> str:
        """Return *text* without the secrets.  Takes time in proportion to its length; never raises."""
        spans = sorted((at, at + len(form)) for form in self._forms for at in _places(form, text))
        if not spans:
            return text
        parts, end = list[str](), 0
        for start, stop in spans:
            if start >= end:
                parts += (text[end:start], self._mark)
            end = max(end, stop)
        return "".join((*parts, text[end:]))

    def __repr__(self) -> str:
        return "Redactor(***)"


def _places(form: str, text: str) -> Iterator[int]:
    at = text.find(form)
    while at >= 0:
        yield at
        at = text.find(form, at + 1)


def _mark(forms: Iterable[str]) -> str:
    """Return `[secret]`, or a sign that is in none of *forms* where one could be read out of that and what stands beside it."""
    if not any(_touches(MARK, form) for form in forms):
        return MARK
    signs = frozenset("".join(forms))
    return next(sign for sign in map(chr, count(0x2588)) if sign not in signs)


def _touches(mark: str, form: str) -> bool:
    ends = (mark[:size] for size in range(1, len(mark) + 1))
    starts = (mark[-size:] for size in range(1, len(mark) + 1))
    return mark in form or form in mark or form.endswith(tuple(ends)) or form.startswith(tuple(starts))


def _forms(text: str) -> Iterator[str]:
    data = text.encode("utf-8", "surrogatepass")
    yield from (text, well_formed(text), repr(text)[1:-1], html.escape(text), html.escape(text, quote=False))
    for plain in (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]):
        yield from (plain, plain.replace("/", "\\/"))
    for quoted in (quote_plus(data), *(quote(data, safe=safe) for safe in _SAFE)):
        yield from (quoted, re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), quoted))
    yield from (data.hex(), data.hex().upper())
    alone = base64.b64encode(data).decode()
    for digits in (alone, alone.rstrip("="), *(_within_base64(data, before) for before in range(3))):
        yield from (digits, digits.replace("+", "-").replace("/", "_"))


def _within_base64(data: bytes, before: int) -> str:
    """Return those digits of base64 that *data* alone decides when *before* bytes (0 to 2) come first in its group of three."""
    first, last = -(-before * 8 // 6), (before + len(data)) * 8 // 6
    return base64.b64encode(bytes(before) + data + bytes(2)).decode()[first:last]
