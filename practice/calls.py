"""What a call of a history, and the name of a function, must be like."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from .refusal import Refusal, too_long
from .request import as_mapping

__all__ = ["check_call", "check_name"]

LONGEST_ID = 40
LONGEST_NAME = 64
PATTERN = "^[a-zA-Z0-9_-]+$"


def check_call(where: str, call: Mapping[str, object]) -> Iterator[Refusal]:
    """Yield what is wrong with *call*, which stands at *where*: its id, type, name or arguments."""
    function, identity = as_mapping(call.get("function")), call.get("id")
    if not isinstance(identity, str) or not identity:
        yield Refusal(f"Missing required parameter: '{where}.id'.", f"{where}.id", "missing_required_parameter")
    elif len(identity) > LONGEST_ID:
        yield Refusal(too_long(f"{where}.id", LONGEST_ID, len(identity)), f"{where}.id", "string_above_max_length")
    if call.get("type") != "function":
        yield Refusal(f"Invalid value for '{where}.type': expected 'function'.", f"{where}.type", "invalid_value")
    yield from check_name(f"{where}.function.name", function.get("name"))
    yield from _arguments(f"{where}.function.arguments", function.get("arguments"))


def check_name(where: str, name: object) -> Iterator[Refusal]:
    """Yield what is wrong with the name of a function: letters, digits, `_` and `-`, at most 64."""
    if not isinstance(name, str):
        yield Refusal(f"Missing required parameter: '{where}'.", where, "missing_required_parameter")
    elif not re.fullmatch("[a-zA-Z0-9_-]+", name):
        told = f"string does not match pattern. Expected a string that matches the pattern '{PATTERN}'."
        yield Refusal(f"Invalid '{where}': {told}", where, "invalid_value")
    elif len(name) > LONGEST_NAME:
        yield Refusal(too_long(where, LONGEST_NAME, len(name)), where, "string_above_max_length")


def _arguments(where: str, arguments: object) -> Iterator[Refusal]:
    if not isinstance(arguments, str):
        yield Refusal(f"Invalid type for '{where}': expected a string.", where, "invalid_type")
        return
    try:
        parsed: object = json.loads(arguments)
        problem = None if isinstance(parsed, dict) else "not an object"
    except (ValueError, RecursionError) as error:
        problem = str(error)
    if problem is not None:
        yield Refusal(f"Failed to parse tool call arguments as JSON: {problem}", where, "invalid_value")
