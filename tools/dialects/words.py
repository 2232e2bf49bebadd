"""Keywords in words, for the descriptions of dialects that can not say them otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Final, cast

from ..wording import shortened

__all__ = ["described", "in_words"]

_LONGEST: Final = 400


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _choices(value: object) -> str:
    return ", ".join(_json(each) for each in cast("list[object]", value))


_WORDS: Final[Mapping[str, Callable[[object], str]]] = {
    "enum": lambda value: f"one of: {_choices(value)}",
    "minimum": lambda value: f"at least {value}",
    "maximum": lambda value: f"at most {value}",
    "exclusiveMinimum": lambda value: f"more than {value}",
    "exclusiveMaximum": lambda value: f"less than {value}",
    "multipleOf": lambda value: f"a multiple of {value}",
    "minLength": lambda value: f"{value} or more characters",
    "maxLength": lambda value: f"{value} or fewer characters",
    "pattern": lambda value: f"matches the regular expression {value}",
    "format": lambda value: f"format: {value}",
    "minItems": lambda value: f"{value} or more items",
    "maxItems": lambda value: f"{value} or fewer items",
    "uniqueItems": lambda value: "no item twice" if value else "",
    "minProperties": lambda value: f"{value} or more properties",
    "maxProperties": lambda value: f"{value} or fewer properties",
    "required": lambda value: f"required: {_choices(value)}",
    "additionalProperties": lambda value: f"other properties: {_json(value)}",
    "default": lambda value: f"default: {_json(value)}",
}


def in_words(keyword: str, value: object) -> str:
    """Return what *keyword* asks for, in words; empty where words would be of no help."""
    return shortened(_WORDS[keyword](value), _LONGEST) if keyword in _WORDS else ""


def described(description: object, words: Iterable[str]) -> str:
    """Return *description* with *words* added: "The limit (more than 0; a multiple of 5)"."""
    said = "; ".join(each for each in dict.fromkeys(words) if each)
    text = description if isinstance(description, str) else ""
    if not text or not said:
        return text or said[:1].upper() + said[1:]
    return f"{text} ({said})"
