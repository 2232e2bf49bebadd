"""JSON from hosts: read fast where it is sound, read all the same where it nearly is, and written again as text."""

from __future__ import annotations

import json
from typing import cast

import orjson

__all__ = ["compact", "fields", "items", "parse", "word"]

_NONE: dict[str, object] = {}


def parse(data: bytes) -> object:
    """Return the value that *data* holds.  Raises `ValueError` when it is not JSON by any reading.

    Besides strict JSON it takes what hosts are known to send: a byte order mark, half a surrogate pair as an escape (an
    emoji cut in two by a stream), `NaN` among log probabilities, a raw line feed in a string, a broken UTF-8 sequence.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return _parse_leniently(data)


def _parse_leniently(data: bytes) -> object:
    try:
        return json.loads(data.decode("utf-8-sig", "replace"), strict=False)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def compact(value: object) -> str:
    """Return *value* as JSON text without spaces; `null` for what has no such text (NaN, bottomless nesting)."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (ValueError, RecursionError):
        return "null"


# Unlike those of `states.shapes`, these are for freshly parsed JSON only, which holds exact types: no ABC is asked.


def fields(value: object) -> dict[str, object]:
    """Return a parsed JSON object; an empty one for anything else.  Not to be changed."""
    return cast("dict[str, object]", value) if type(value) is dict else _NONE


def items(value: object) -> list[dict[str, object]]:
    """Return the objects in a parsed JSON array; none of anything else."""
    if type(value) is not list:
        return []
    return [cast("dict[str, object]", item) for item in cast("list[object]", value) if type(item) is dict]


def word(value: object) -> str:
    """Return a JSON string; an empty one for anything else."""
    return value if isinstance(value, str) else ""
