"""What a tool returned, as text for a model."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from collections.abc import Set as AbstractSet
from typing import cast

import attrs
from attrs import frozen

from .wording import shortened, well_formed

__all__ = ["Rendered", "Unserialisable", "render"]


@frozen
class Rendered:
    """The text; *missing* is how many characters were cut off, which the text's last line says."""

    text: str
    missing: int = 0


@frozen
class Unserialisable:
    """The value has no text; *message* says why, naming its type and what to return instead."""

    message: str


def render(value: object, max_chars: int) -> Rendered | Unserialisable:
    """Return *value* as a text of at most *max_chars* characters, and one line more when something was cut off.  Never raises.

    A string stays as it is and bytes are read as UTF-8 (base64 where they are not).  All else becomes compact JSON: None is
    `null`, like NaN and infinity; pydantic models, dataclasses and attrs classes are objects; enums are their values; sets
    and tuples are arrays; dates, decimals, UUIDs and paths are strings.  Lone surrogates and NULs become U+FFFD.
    """
    try:
        text = well_formed(_text(value))
    except RecursionError:
        return Unserialisable(_refusal(value, "it is nested too deeply"))
    except Exception as error:  # noqa: BLE001  # the value's own code runs here: what it raises is the tool's fault and the model's news
        return Unserialisable(_refusal(value, _reason(error)))
    missing = len(text) - max_chars
    if missing <= 0:
        return Rendered(text)
    return Rendered(f"{text[:max_chars]}\n[cut: {missing:,} of {len(text):,} characters are missing]", missing)


def _text(value: object) -> str:
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bytes | bytearray):
        return _of_bytes(bytes(value))
    if isinstance(value, Generator):  # it may have no end, and it would run the tool's code outside of its time limit
        raise TypeError("a generator is no value")
    return _json(value)


def _of_bytes(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return cast(str, json.loads(_json(value)))


def _json(value: object) -> str:
    from pydantic_core import PydanticSerializationError, to_json, to_jsonable_python  # here: needed first when a tool returns

    try:
        return to_json(value, inf_nan_mode="null", fallback=_plain).decode()
    except PydanticSerializationError as error:
        if "invalid utf-8" in str(error):
            return to_json(value, inf_nan_mode="null", bytes_mode="base64", fallback=_plain).decode()
        if "surrogates not allowed" not in str(error):
            raise
    plain: object = to_jsonable_python(value, fallback=_plain)
    written = well_formed(json.dumps(plain, ensure_ascii=False))
    return json.dumps(json.loads(written, parse_constant=lambda _: None), ensure_ascii=False, separators=(",", ":"))


def _plain(value: object) -> object:
    """Return in other words what pydantic can not write by itself."""
    if attrs.has(type(value)):
        return {each.name: getattr(value, each.name) for each in attrs.fields(type(value))}
    if isinstance(value, Mapping):
        return dict(cast(Mapping[object, object], value))
    if isinstance(value, AbstractSet):
        return list(cast(AbstractSet[object], value))
    raise TypeError(f"a {type(value).__name__} has no JSON form")


def _reason(error: Exception) -> str:
    try:
        return shortened(" ".join(well_formed(str(error)).split()), 200)
    except Exception:  # noqa: BLE001  # an error whose own text raises
        return type(error).__name__


def _refusal(value: object, reason: str) -> str:
    advice = "a tool returns text, numbers, lists, dictionaries, dataclasses, attrs classes or pydantic models"
    return f"the result, a {type(value).__name__}, can not be written as JSON: {reason}; {advice}"
