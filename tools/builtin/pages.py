"""What a web server answered, as text: so much of it and no more, of types that are text."""

from __future__ import annotations

import codecs
import re
import zlib
from typing import TYPE_CHECKING, Protocol

from attrs import frozen

from .readable import readable
from .searching import is_binary

if TYPE_CHECKING:
    from httpx2 import Response

__all__ = ["Page", "page_of"]

_TEXT = re.compile(r"text/.+|application/(.+\+)?(json|xml|yaml|toml|javascript|x-ndjson|x-yaml)", re.IGNORECASE)
_HTML = ("text/html", "application/xhtml+xml")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_PREAMBLE = 1024
"""Bytes in which a page of HTML has to say its encoding.  Source: the HTML standard."""
_ENCODINGS = re.compile(
    r"ascii|utf-8(-sig)?|utf-16(-[lb]e)?|iso8859-\d+|cp(866|874|932|949|125\d)|koi8-[ru]|shift_jis|euc_(jp|kr)|gb(2312|k|18030)"
    r"|big5|iso2022_jp|mac-(roman|cyrillic)"
)
"""The encodings of the web.  Python has more, and some of those take the square of a text's length, such as punycode."""


class _Inflate(Protocol):
    """What zlib makes; it has no public name there."""

    @property
    def eof(self) -> bool: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


@frozen
class Page:
    """The beginning of what was answered.  *media* is its type in lower case; *cut*: there was more, or may have been."""

    media: str
    content: bytes
    charset: str
    cut: bool

    def text(self, url: str, most: int) -> str:
        """Return it as text, HTML as it reads; of HTML little more than *most* characters.

        Raises `ValueError` when it is no text.
        """
        if self.media not in _HTML and is_binary(self.content) and not self.charset.startswith("utf-16"):
            raise ValueError("the content is binary; only text can be read")
        text = self.content.decode(self.charset, errors="replace").removeprefix("\ufeff")
        return readable(text, url, most) if self.media in _HTML else text


async def page_of(response: Response, most: int) -> Page:
    """Return the first *most* bytes of what *response* brings, counted after decompression; no more are received either.

    Raises `ValueError` for a type that is no text, and for a compression that was not asked for.
    """
    said = response.headers.get("content-type", "text/plain")
    media = said.partition(";")[0].strip().lower()
    if not _TEXT.fullmatch(media):
        raise ValueError(f"the content is {media[:80]!r}; only text, HTML, JSON and the like can be read")
    content, cut = await _received(response, most)
    return Page(media, content, _charset(said, content if media in _HTML else b""), cut)


async def _received(response: Response, most: int) -> tuple[bytes, bool]:
    inflate = _inflate(response.headers.get("content-encoding", "identity").strip().lower())
    kept, received = bytearray(), 0
    try:
        async for piece in response.aiter_raw():
            received += len(piece)
            kept += piece if inflate is None else inflate.decompress(piece, most + 1 - len(kept))
            if len(kept) > most or received > most:
                return bytes(kept[:most]), True
    except zlib.error:
        raise ValueError("the content can not be decompressed") from None
    return bytes(kept), inflate is not None and not inflate.eof


def _inflate(coding: str) -> _Inflate | None:
    if coding in ("", "identity"):
        return None
    if coding in ("gzip", "x-gzip", "deflate"):
        return zlib.decompressobj(zlib.MAX_WBITS | 32)  # 32: with the header of either
    raise ValueError(f"the content is compressed as {coding[:40]!r}, which was not asked for")


def _charset(said: str, page: bytes) -> str:
    """Return Python's name of the encoding that the header or the page itself names; UTF-8 when that is none of the web's."""
    named = _CHARSET.search(said) or _CHARSET.search(page[:_PREAMBLE].decode("latin-1"))
    try:
        name = codecs.lookup(named[1]).name if named else "utf-8"
    except LookupError:
        return "utf-8"
    return name if _ENCODINGS.fullmatch(name) else "utf-8"
