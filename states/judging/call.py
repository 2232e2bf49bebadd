"""One tool call of a history by itself: its shape, its id, its function's name and its arguments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from .kinds import brief, is_object, nested_over, strings
from .profile import Profile

__all__ = ["FUNCTION_NAME", "call_faults"]

FUNCTION_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CALL: Final = frozenset({"id", "type", "function"})
_FUNCTION: Final = frozenset({"name", "arguments"})
_ILL_FORMED: Final = re.compile("[\0\ud800-\udfff]")
_DEEPEST: Final = 100


def call_faults(number: int, call: object, profile: Profile) -> Iterator[tuple[str, str]]:
    """Return the rules that *call*, the one of that *number* in its message, breaks."""
    where = f"call {number}"
    if not is_object(call):
        yield "V28", f"{where} is {brief(call)}, not an object"
        return
    for key in sorted(call.keys() - _CALL - profile.call_keys):
        yield "V8", f"the key {brief(key)} of {where} is unknown"
    if call.get("type") != "function":
        yield "V28", f"the type of {where} is {brief(call.get('type'))}, not 'function'"
    yield from _id(where, call, profile)
    function = call.get("function")
    if not is_object(function):
        yield "V28", f"{where} has no function"
        return
    for key in sorted(function.keys() - _FUNCTION):
        yield "V8", f"the key {brief(key)} of the function of {where} is unknown"
    yield from _name(where, function.get("name"))
    yield from _arguments(where, function)


def _id(where: str, call: Mapping[str, object], profile: Profile) -> Iterator[tuple[str, str]]:
    call_id = call.get("id")
    if "id" not in call:
        yield "V28", f"{where} has no id"
    elif not isinstance(call_id, str) or not re.fullmatch(profile.id_pattern, call_id):
        long = f" ({len(call_id)} characters)" if isinstance(call_id, str) else ""
        yield "V29", f"the id {brief(call_id)}{long} of {where} is not of the form {profile.id_pattern}"


def _name(where: str, name: object) -> Iterator[tuple[str, str]]:
    if not isinstance(name, str) or not FUNCTION_NAME.fullmatch(name):
        yield "V30", f"the function name {brief(name)} of {where} is not 1 to 64 letters, digits, _ and -"


def _arguments(where: str, function: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    text = function.get("arguments")
    if not isinstance(text, str):
        yield "V31", f"the arguments of {where} are {brief(text) if 'arguments' in function else 'missing'}, not a text"
        return
    try:
        value = _parsed(text)
    except (ValueError, RecursionError) as error:
        yield "V31", f"the arguments of {where} are no JSON: {error or 'nested too deeply'}"
        return
    if not is_object(value):
        yield "V31", f"the arguments of {where} are {brief(value)}, not an object"
    if any(_ILL_FORMED.search(inner) for inner in strings(value)) and not _ILL_FORMED.search(text):
        yield "V10", f"the arguments of {where} hide a lone surrogate or a NUL in an escape"


def _parsed(text: str) -> object:
    """Return the JSON value in *text*.  Raises ValueError for none, and for what parsers do not agree on."""
    value: object = json.loads(text, object_pairs_hook=_each_key_once, parse_constant=_no_constant)
    if nested_over(_DEEPEST, value):
        raise ValueError("nested too deeply")
    return value


def _each_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {brief(key)} comes twice")
        found[key] = value
    return found


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
