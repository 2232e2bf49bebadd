"""A page of HTML as text to read: its words, headings, lists and links.

Written for pages that were made to do harm: each character is looked at a bounded number of times, however tags, quotes and
comments are left open.  The parsers at hand take minutes for some such pages of a megabyte, and nobody else gets to run
meanwhile.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import urljoin

from attrs import define, field

__all__ = ["readable"]

_TOKEN = re.compile(
    r"""
    <!--.*?(?:-->|\Z)
    | <[!?][^>]*+(?:>|\Z)
    | <(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)
      (?P<attributes>(?:[^>=]++|=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))?+)*+)(?:>|\Z)
    | (?P<text>[^<]++|<)
    """,
    re.DOTALL | re.VERBOSE,
)
_LINK = re.compile(r"""(?:^|\s)href\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"']++))""", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_UNSEEN = frozenset(("iframe", "math", "noscript", "object", "script", "select", "style", "svg", "template", "textarea"))
_APART = frozenset(
    "article aside blockquote div dl figure footer form h1 h2 h3 h4 h5 h6 header hr main nav ol p pre section table ul".split()  # noqa: SIM905
)
_LINES = frozenset(("br", "caption", "dd", "details", "dt", "figcaption", "legend", "li", "summary", "title", "tr"))
_BEFORE = {**{f"h{level}": f"{'#' * level} " for level in range(1, 7)}, "li": "- ", "td": " | ", "th": " | "}
_LONGEST_LINK = 500


def readable(page: str, url: str, most: int) -> str:
    """Return the text of *page*, an HTML document found at *url*; links as `[words](absolute address)`.

    What comes after *most* characters is not looked at; a little more than that may be returned.
    """
    text = _Text(url)
    for token in _seen(page):
        if text.size > most:
            break
        if token["text"] is not None:
            text.say(_unescaped(token["text"]))
        elif token["name"] is not None:
            text.tag(token["name"].lower(), bool(token["end"]), token["attributes"])
    return text.whole()


def _seen(page: str) -> Iterator[re.Match[str]]:
    """Yield the tokens of *page* without what is never shown, such as scripts."""
    at = 0
    while token := _TOKEN.match(page, at):
        at = token.end()
        name = (token["name"] or "").lower()
        if name in _UNSEEN and not token["end"]:
            closing = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(page, at)
            at = closing.start() if closing else len(page)
        yield token


def _unescaped(text: str) -> str:
    try:
        return html.unescape(text)
    except ValueError:  # the number of a character, with thousands of digits
        return text


@define
class _Text:
    """The text so far.  *breaks* is how many line ends are due before the next word."""

    url: str
    parts: list[str] = field(factory=list[str])
    size: int = 0
    breaks: int = 0
    fresh: bool = True
    verbatim: bool = False
    link: str = ""

    def say(self, words: str) -> None:
        said = words if self.verbatim else _SPACE.sub(" ", words)
        if self.fresh or self.breaks:
            said = said.lstrip("\r\n") if self.verbatim else said.lstrip()
        if said:
            self._put(said)
            self.fresh = said.endswith(" ") and not self.verbatim

    def tag(self, name: str, end: bool, attributes: str) -> None:
        if name in _APART:
            self.breaks = max(self.breaks, 2)
        elif name in _LINES:
            self.breaks = max(self.breaks, 1)
        if name == "pre":
            self.verbatim = not end
        elif name == "a":
            self._link("" if end else _address(attributes, self.url))
        if name in _BEFORE and not end:
            self._put(_BEFORE[name])
            self.fresh = True

    def whole(self) -> str:
        self._link("")
        lines = (line.rstrip() for line in "".join(self.parts).split("\n"))
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")

    def _link(self, link: str) -> None:
        """End the link that is open, if one is, and begin one to *link*, if that is one."""
        if self.link:
            self.parts.append(f"]({self.link})")
            self.size += len(self.link)
            self.fresh = False
        if link:
            self._put("[")
        self.link = link

    def _put(self, words: str) -> None:
        self.parts.append("\n" * self.breaks + words)
        self.size += len(words)
        self.breaks = 0


def _address(attributes: str, url: str) -> str:
    """Return where a link leads, "" where that is no page of the web or nothing to show."""
    if (found := _LINK.search(attributes)) is None:
        return ""
    try:
        leads_to = urljoin(url, _SPACE.sub("", _unescaped(found[1] or found[2] or found[3] or "")))
    except ValueError:  # such as the half of an IPv6 address
        return ""
    return leads_to if leads_to.startswith(("http://", "https://")) and len(leads_to) <= _LONGEST_LINK else ""
