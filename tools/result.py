"""What a tool returned, as text for a model."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator, Mapping
from collections.abc import Set as AbstractSet
from typing import Literal, cast

import attrs
from attrs import frozen

from .media import File, Image, Media
from .secret import Secret
from .wording import shortened, well_formed

__all__ = ["Rendered", "Unserialisable", "render"]

_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
"""How the files of pictures begin, and their media types."""


@frozen
class Rendered:
    """The text; *missing* is how many characters were cut off, which the text's last line says.

    *media* is what is no text, in order; the text has a word of each where it stood.
    """

    text: str
    missing: int = 0
    media: tuple[Media, ...] = ()


@frozen
class Unserialisable:
    """The value has no text; *message* says why, naming its type and what to return instead."""

    message: str


def render(value: object, max_chars: int, redact: Callable[[str], str] = str) -> Rendered | Unserialisable:
    """Return *value* as a text of at most *max_chars* characters, and one line more when something was cut off.  Never raises.

    A string stays as it is and bytes are read as UTF-8 (URL-safe base64 where they are not), but for those of a PNG, JPEG,
    GIF or WebP file, which are an `Image`.  Of a list with an `Image` or a `File` in it each member is written by itself, a
    line each.  All else becomes compact JSON: None is `null`, like NaN and infinity; pydantic models, dataclasses and attrs
    classes are objects; enums are their values; sets and tuples are arrays; dates, decimals, UUIDs and paths are strings.
    Lone surrogates and NULs become U+FFFD.  *redact* takes out of the text what nobody may read, before it is cut.
    """
    try:
        members = _members(value)
        media = tuple(each for each in members if isinstance(each, Image | File))
        text = redact(well_formed("\n".join(map(_text, members))))
    except Exception as error:  # the value's own code runs here: what it raises is the tool's fault and the model's news
        return Unserialisable(_refusal(value, _reason(error, redact)))
    missing = len(text) - max_chars
    if missing <= 0:
        return Rendered(text, media=media)
    return Rendered(f"{text[:max_chars]}\n[cut: {missing:,} of {len(text):,} characters are missing]", missing, media)


def _members(value: object) -> list[object]:
    """Return the members of a list in which there is an image or a file, or *value* as the only one."""
    alone = [_image_or(value)]
    if not isinstance(value, list | tuple):
        return alone
    members = [_image_or(each) for each in cast("list[object]", value)]
    return members if any(isinstance(each, Image | File) for each in members) else alone


def _image_or(value: object) -> object:
    """Return the bytes of a picture as an `Image`, anything else as it is."""
    if not isinstance(value, bytes | bytearray):
        return value
    data = bytes(value)
    kind = next((kind for start, kind in _PICTURES if data.startswith(start)), None)
    if kind is None and data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        kind = "image/webp"
    return value if kind is None else Image(data, kind)


def _text(value: object) -> str:
    if isinstance(value, Image | File):
        return value.described
    if isinstance(value, Secret):
        return str(value)
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
        return cast("str", json.loads(_json(value)))


def _json(value: object) -> str:
    try:
        return _written(value, "utf8")
    except ValueError as error:
        if "invalid utf-8" not in str(error):
            raise
    return _written(value, "base64")


def _written(value: object, bytes_mode: Literal["utf8", "base64"]) -> str:
    from pydantic_core import (
        PydanticSerializationError,
        to_json,
        to_jsonable_python,
    )  # here: needed when the first tool returns

    try:
        return to_json(value, inf_nan_mode="null", bytes_mode=bytes_mode, fallback=_plain).decode()
    except PydanticSerializationError as error:
        if "surrogates not allowed" not in str(error):
            raise
    plain: object = to_jsonable_python(_with_clean_keys(value), bytes_mode=bytes_mode, fallback=_plain)
    written = well_formed(json.dumps(plain, ensure_ascii=False))
    return json.dumps(json.loads(written, parse_constant=lambda _: None), ensure_ascii=False, separators=(",", ":"))


def _with_clean_keys(value: object) -> object:
    """Return *value* with the keys of plain dictionaries well-formed: pydantic refuses others, but leaves values alone."""
    if isinstance(value, dict):
        members = cast("dict[object, object]", value).items()
        return {well_formed(key) if isinstance(key, str) else key: _with_clean_keys(each) for key, each in members}
    if isinstance(value, list | tuple):
        return [_with_clean_keys(each) for each in cast("list[object]", value)]
    return value


def _plain(value: object) -> object:
    """Return in other words what pydantic can not write by itself."""
    if isinstance(value, Secret):
        return str(value)
    if attrs.has(type(value)):
        return {each.name: getattr(value, each.name) for each in attrs.fields(cast("type[attrs.AttrsInstance]", type(value)))}
    if isinstance(value, Mapping):
        return dict(cast("Mapping[object, object]", value))
    if isinstance(value, os.PathLike):
        return os.fspath(cast("os.PathLike[str]", value))
    if isinstance(value, AbstractSet):
        return list(cast("AbstractSet[object]", value))
    raise TypeError(f"type {type(value).__name__} has no JSON form")


def _reason(error: Exception, redact: Callable[[str], str]) -> str:
    try:
        text = str(error).removeprefix("Error serializing to JSON: ").removeprefix("TypeError: ")
        return shortened(" ".join(redact(well_formed(text)).split()), 200)
    except Exception:  # an error whose own text raises
        return type(error).__name__


def _refusal(value: object, reason: str) -> str:
    advice = "a tool returns text, numbers, lists, dictionaries, dataclasses, attrs classes or pydantic models"
    return f"the result, of type {type(value).__name__}, can not be written as JSON: {reason}; {advice}"
