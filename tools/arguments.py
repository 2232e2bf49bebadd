"""The arguments of a call: from the model's text to a JSON object, or to a refusal in words the model can act on."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import TypeAlias, cast

from attrs import frozen

from .wording import JsonObject, well_formed

__all__ = ["Arguments", "Reader", "Refused", "parse"]

_SURROGATE = re.compile("[\ud800-\udfff]")


@frozen(kw_only=True)
class Arguments:
    """Arguments that fit the tool.

    *keywords* is what to call the function with: values of the annotated types, and for each parameter that was not given
    the function's own default.  *json* is the plain JSON object as the model gave it.
    """

    keywords: dict[str, object]
    json: JsonObject


@frozen
class Refused:
    """Arguments that do not fit; *message* tells the model what is wrong with which, in about 1,000 characters at most."""

    message: str


Reader: TypeAlias = Callable[[JsonObject], Arguments | Refused]
"""Checks a JSON object against what one tool takes."""


def parse(text: str) -> JsonObject | Refused:
    """Return the JSON object in *text* (a blank text is an empty one), lone surrogates replaced by U+FFFD.

    Refused: what is no JSON (`NaN`, a key given twice and a number beyond the range of floats are none either), and what
    is JSON but no object.  Raises `RecursionError` for a text nested too deeply.
    """
    try:
        value: object = _load(text) if text.strip() else JsonObject()
    except json.JSONDecodeError as error:
        return Refused(f"the arguments are not valid JSON: {error.msg} at character {error.pos}")
    except _NotJsonError as error:
        return Refused(f"the arguments are not valid JSON: {error}")
    except ValueError:  # Python's own limit, with advice that is not for a model
        return Refused("the arguments are not valid JSON: a number has too many digits")
    if not isinstance(value, dict):
        return Refused(f"the arguments must be one JSON object, not {_kind(value)}")
    return cast("JsonObject", value)


class _NotJsonError(ValueError):
    """What Python reads as JSON, but hosts do not."""


def _load(text: str) -> object:
    value: object = json.loads(text, object_pairs_hook=_members, parse_constant=_refuse_constant, parse_float=_finite)
    if _SURROGATE.search(text) or "\\u" in text:  # a lone surrogate also hides in an escape
        written = json.dumps(value, ensure_ascii=False)
        if _SURROGATE.search(written):
            return json.loads(well_formed(written), object_pairs_hook=_members)
    return value


def _members(pairs: list[tuple[str, object]]) -> JsonObject:
    members = dict(pairs)
    if len(members) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for number, key in enumerate(keys) if key in keys[:number])
        raise _NotJsonError(f"the key {well_formed(twice[:40])!r} is given twice")
    return members


def _refuse_constant(name: str) -> object:
    raise _NotJsonError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _NotJsonError(f"the number {digits[:40]} is too large")
    return number


def _kind(value: object) -> str:
    names: dict[type, str] = {str: "a string", bool: "a boolean", int: "a number", float: "a number", list: "an array"}
    return names.get(type(value), "null")
