"""What a tool may return beside text: images, and files of other kinds."""

from __future__ import annotations

import base64

from attrs import Attribute, field, frozen
from attrs.validators import instance_of, matches_re

from .wording import JsonObject

__all__ = ["File", "Image", "Media"]

_TYPE = r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*"


def _not_empty(instance: object, attribute: Attribute[bytes], data: bytes) -> None:
    if not data:
        raise ValueError("data: at least one byte is wanted")


def _an_image(instance: object, attribute: Attribute[str], mime_type: str) -> None:
    if not mime_type.startswith("image/"):
        raise ValueError(f"mime_type: a type of image such as 'image/png' is wanted, not {mime_type!r}; use File for others")


@frozen
class Image:
    """A picture: *data* is the encoded file, of the media type *mime_type*.  Raises `ValueError` for no data or another type.

    The model is shown it right after the results of all calls, because hosts take no picture in a result.
    """

    data: bytes = field(validator=[instance_of(bytes), _not_empty], repr=False)
    mime_type: str = field(default="image/png", validator=[matches_re(_TYPE), _an_image])

    @property
    def described(self) -> str:
        """The image in words, for the place where it can not stand."""
        return f"[image, {self.mime_type}, {len(self.data):,} bytes]"

    def to_part(self) -> JsonObject:
        """Return it as a content part of a user's message."""
        return {"type": "image_url", "image_url": {"url": _data_url(self.data, self.mime_type)}}


@frozen
class File:
    """A file: *data* of the media type *mime_type*, called *name*.  Raises `ValueError` for no data.

    It becomes a `file` part, or an `input_audio` part for WAV and MP3; not every host takes these.
    """

    data: bytes = field(validator=[instance_of(bytes), _not_empty], repr=False)
    mime_type: str = field(validator=matches_re(_TYPE))
    name: str = field(default="", validator=instance_of(str))

    @property
    def described(self) -> str:
        """The file in words, for the place where it can not stand."""
        return f"[file {self.name or '(no name)'}, {self.mime_type}, {len(self.data):,} bytes]"

    def to_part(self) -> JsonObject:
        """Return it as a content part of a user's message."""
        audio = {"audio/wav": "wav", "audio/x-wav": "wav", "audio/mpeg": "mp3", "audio/mp3": "mp3"}.get(self.mime_type)
        if audio is not None:
            return {"type": "input_audio", "input_audio": {"data": base64.b64encode(self.data).decode(), "format": audio}}
        named = {"filename": self.name or "file", "file_data": _data_url(self.data, self.mime_type)}
        return {"type": "file", "file": named}


Media = Image | File


def _data_url(data: bytes, mime_type: str) -> str:
    return f"data:{mime_type};base64,{base64.b64encode(data).decode()}"
