"""What a text, a name and an argument string must be like before they may enter a history."""

from __future__ import annotations

import json
import re
from functools import lru_cache

from .shapes import is_list, is_object

__all__ = ["legal_name", "settle_arguments", "settle_json", "settle_part", "well_formed"]

_ILLEGAL_IN_A_NAME = re.compile(r"[^a-zA-Z0-9_-]")
_LONGEST_NAME = 64
_HIDDEN = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]')  # possessive: a string that is never closed is read once
_DEEPEST = 100


def well_formed(text: str) -> str:
    """Return *text* with lone surrogates and NULs replaced by U+FFFD; surrogate pairs become the character they mean.

    One lone surrogate makes every later request of the conversation fail: hosts answer "The request body is not valid
    JSON: no low surrogate in string" and the like (seen at DeepSeek and Anthropic).
    """
    if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # refused by whoever holds the field
        return text
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def legal_name(name: str) -> str:
    """Return *name* as hosts accept it in a history: letters, digits, `_` and `-`, 1 to 64 of them.

    A name the model made up is refused with "string does not match pattern" on every later request otherwise.
    """
    return _ILLEGAL_IN_A_NAME.sub("_", name)[:_LONGEST_NAME] or "unnamed"


@lru_cache(maxsize=32)  # the same text is looked at again while its call finds its way into the record
def settle_arguments(text: str) -> tuple[str, str | None]:
    """Return the argument text to record, and what is wrong with it (None: it is one JSON object).

    Good text is returned byte for byte.  Only a lone surrogate or a NUL hidden in an escape makes it be written anew.
    """
    written, value, problem = _read(text)
    if problem is not None:
        return written, f"the arguments are {problem}"
    if not isinstance(value, dict):
        return written, f"the arguments must be one JSON object, not {_json_type(value)}"
    return written, None


def settle_json(text: str) -> str:
    """Return the JSON text to record.  Raises ValueError for what is none."""
    written, _, problem = _read(text)
    if problem is not None:
        raise ValueError(f"the text is {problem}")
    return written


def settle_part(text: str) -> str:
    """Return the JSON text of a content part to record.  Raises ValueError for anything but an object with a type."""
    written, value, problem = _read(text)
    if problem is not None:
        raise ValueError(f"a content part is {problem}")
    if not is_object(value) or not isinstance(value.get("type"), str) or not value["type"]:
        raise ValueError('a content part is an object such as {"type": "text", "text": "..."}')
    return written


def _read(text: str) -> tuple[str, object, str | None]:
    """Return JSON text well-formed, its value, and what is wrong with it."""
    text = well_formed(text)
    if _depth(text) > _DEEPEST:
        return text, None, "nested too deeply"
    try:
        value = _load(text)
        if _HIDDEN.search(text) and (clean := _clean(value)) != value:
            text = json.dumps(clean, ensure_ascii=False, allow_nan=False)
            value = _load(text)
    except json.JSONDecodeError as error:
        return text, None, f"not valid JSON: {error.msg} at character {error.pos}"
    except ValueError as error:
        return text, None, f"not valid JSON: {error}"
    return text, value, None


def _load(text: str) -> object:
    loaded: object = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refuse)
    return loaded


def _clean(value: object) -> object:
    """Return *value* with every text in it well-formed.  Raises ValueError where two keys become one."""
    if isinstance(value, str):
        return well_formed(value)
    if is_list(value):
        return [_clean(item) for item in value]
    if is_object(value):
        cleaned = {well_formed(key): _clean(item) for key, item in value.items()}
        if len(cleaned) < len(value):
            raise ValueError("two keys differ only in what is no character")
        return cleaned
    return value


def _depth(text: str) -> int:
    """Return how deep the brackets are nested.  Asked first: the parser's own limit moves with the caller's stack."""
    if text.count("[") + text.count("{") <= _DEEPEST:
        return 0
    depth = deepest = 0
    for token in _TOKENS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token.group(), 0)
        deepest = max(deepest, depth)
    return deepest


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for place, key in enumerate(keys) if key in keys[:place])
        raise ValueError(f"the key {well_formed(twice)!r} is given twice")
    return members


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _json_type(value: object) -> str:
    names: dict[type, str] = {str: "a string", bool: "a boolean", int: "a number", float: "a number", list: "an array"}
    return names.get(type(value), "null")
