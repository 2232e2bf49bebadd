"""What a text, a name and an argument string must be like before they may enter a history."""

from __future__ import annotations

import json
import re

__all__ = ["legal_name", "settle_arguments", "well_formed"]

_ILLEGAL_IN_A_NAME = re.compile(r"[^a-zA-Z0-9_-]")
_LONGEST_NAME = 64
_SURROGATE = re.compile("[\ud800-\udfff]")


def well_formed(text: str) -> str:
    """Return *text* with lone surrogates and NULs replaced by U+FFFD; surrogate pairs become the character they mean.

    One lone surrogate makes every later request of the conversation fail: hosts answer "The request body is not valid
    JSON: no low surrogate in string" and the like (seen at DeepSeek and Anthropic).
    """
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


def settle_arguments(text: str) -> tuple[str, str | None]:
    """Return the argument text to record, and what is wrong with it (None: it is one JSON object).

    Good text is returned byte for byte.  Only a lone surrogate hidden in an escape makes it be written anew.
    """
    try:
        value = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        return well_formed(text), f"the arguments are not valid JSON: {error.msg} at character {error.pos}"
    except RecursionError:
        return well_formed(text), "the arguments are nested too deeply"
    except ValueError as error:
        return well_formed(text), f"the arguments are not valid JSON: {error}"
    if not isinstance(value, dict):
        return well_formed(text), f"the arguments must be one JSON object, not {_json_type(value)}"
    if "\\u" in text and _SURROGATE.search(written := json.dumps(value, ensure_ascii=False)):
        return well_formed(written), None
    return well_formed(text), None


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for place, key in enumerate(keys) if key in keys[:place])
        raise ValueError(f"the key {twice!r} is given twice")
    return members


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _json_type(value: object) -> str:
    names: dict[type, str] = {str: "a string", bool: "a boolean", int: "a number", float: "a number", list: "an array"}
    return names.get(type(value), "null")
