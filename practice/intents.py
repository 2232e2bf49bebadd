"""The rules: what each looks for in a clause, which tools serve it, and how its result is told.  Data, read from the top."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from attrs import field, frozen

from .reading import names, paths, quoted, sums
from .request import JSONValue, Offer
from .schema import takes_text
from .wording import Wording, told_files, told_listing, told_text

__all__ = ["FIRST", "READ", "RULES", "Found", "Rule", "read_found"]

FIRST = re.compile(r"\b(?:read|open|show|print|summari[sz]e)\b[^.?!]*\bfirst\b", re.IGNORECASE)
"""A task that wants the first file read, whichever that is: answered in two steps."""


@frozen(kw_only=True)
class Found:
    """One thing a clause asks for: *phrase* in its words, *values* by what they are for, *told* to word the result."""

    phrase: str
    values: Mapping[str, str]
    told: Wording


@frozen(kw_only=True)
class Rule:
    """A plain rule.

    A tool serves it when a word of its name is among *names*, or else its description matches *said*; and its name or
    description must match *also*.  *main* is the value without which the tool can not be called; *spare* has those for
    parameters which a tool insists on and the task says nothing about.
    """

    about: str
    example: str
    names: frozenset[str]
    find: Callable[[str], tuple[Found, ...]]
    said: str = r"(?!)"
    also: str = ""
    main: str | None = None
    spare: Mapping[str, str] = field(factory=dict[str, str])

    def serving(self, offers: tuple[Offer, ...]) -> tuple[Offer, ...]:
        """Return the tools that serve this rule, the likeliest first."""
        fit = [offer for offer in offers if re.search(self.also, f"{offer.name} {offer.description}", re.IGNORECASE)]
        named = [offer for offer in fit if self.names & set(offer.words)]
        described = [offer for offer in fit if offer not in named and re.search(self.said, offer.description, re.IGNORECASE)]
        return tuple(named + described)

    def place(self, offer: Offer, values: Mapping[str, str]) -> dict[str, JSONValue] | None:
        """Return *values* under the names which *offer* has for them; None when the main one has no place."""
        placed: dict[str, JSONValue] = {}
        for role, value in {**self.spare, **values}.items():
            name = _parameter(offer, role, value, main=role == self.main)
            if name is not None and name not in placed and (role in values or name in offer.required):
                placed[name] = value
        taken = self.main is None or _parameter(offer, self.main, values[self.main], main=True) in placed
        return placed if taken else None


PARAMETERS = {
    "expression": ("expression", "expr", "formula", "calculation", "input", "query"),
    "text": ("text", "query", "q", "term", "keyword", "search", "pattern", "regex"),
    "path": ("path", "file", "filename", "file_path", "filepath", "folder", "directory", "dir"),
    "pattern": ("pattern", "glob"),
    "timezone": ("timezone", "tz", "zone", "time_zone", "location", "city", "place"),
}
"""What tools call the parameter that takes a value."""


def _parameter(offer: Offer, role: str, value: str, *, main: bool) -> str | None:
    takers = [name for name, schema in offer.properties.items() if takes_text(schema, value)]
    known = [name for name in PARAMETERS[role] if name in takers]
    only = [name for name in offer.required if name in takers] or takers
    if known or role == "path":
        return known[0] if known else None
    return only[0] if main and len(only) == 1 else None


def _sums(clause: str) -> tuple[Found, ...]:
    return tuple(Found(phrase=one.phrase, values={"expression": one.expression}, told=_is(one.phrase)) for one in sums(clause))


def _is(phrase: str) -> Wording:
    return lambda result: (
        f"{phrase} is {result.strip()}." if len(result.strip()) < 80 else f"{phrase} is {result.strip()[:60]}..."
    )


_CLOCK = re.compile(
    r"\b(?:what(?:'s| is| was)?(?: the)?|tell(?: me)?(?: the)?|the|current|today's|local)\s+(?:current\s+|local\s+|exact\s+)?"
    r"(?:time|date|day|weekday)\b(?!\s+of)(?:\s+and\s+(?:time|date))?(?:\s+is\s+it|\s+it\s+is)?"
    r"(?:\s+(?:right\s+)?now|\s+today)?",
    re.IGNORECASE,
)
_ZONE = re.compile(r"\b(?:[A-Z]\w+(?:/[A-Z]\w+)+|UTC|GMT)\b")


def _clock(clause: str) -> tuple[Found, ...]:
    asked = _CLOCK.search(clause)
    if asked is None:
        return ()
    after = clause[asked.end() :]
    small = re.match(r"\s+(?:in|at|for)\s+([a-z][\w ]*)", after)
    zones = _ZONE.findall(after) or names(f"it is{after}")[1] or ((small[1].strip(),) if small else ())
    if not zones:
        return (Found(phrase=asked[0], values={}, told=lambda result: f"It is {result.strip()}."),)
    return tuple(Found(phrase=asked[0] + after, values={"timezone": zone}, told=_there(zone)) for zone in zones)


def _there(zone: str) -> Wording:
    return lambda result: f"In {zone} it is {result.strip()}."


_SUBJECT = (
    r"(?:(?:the\s+)?(?:definitions?|uses?|mentions?|occurrences?)\s+of\s+)?(?:(?:the|a|any)\s+)?"
    r"(?:(?:word|text|string|phrase|term)s?\s+)?(?P<subject>\"[^\"]+\"|“[^”]+”|`[^`]+`|'[^']+'|[^?!,;\"“`]+?)"
)
_SEARCH = re.compile(
    r"\b(?:(?:search|look|scan)\b(?:\s+[\w.*/-]+){0,5}?\s+for"
    r"|(?:find|grep)(?:\s+(?:me|out|for))?(?!\s+(?:all\s+)?(?:the\s+)?files?\b)"
    r"|mention(?:s|ed|ing)?|contain(?:s|ing)?|refers?\s+to)\s+"
    + _SUBJECT
    + r"(?:\s+(?:in|inside|among|within)\s+(?P<where>[^?!,;]+?))?\s*(?:[.?!,;]?$|[.?!,;]\s)",
    re.IGNORECASE,
)
_FILES = r"(?:[\w.*]+\s+)?(?:files?|folders?|director(?:y|ies))\b"
_LIST = re.compile(
    rf"\b(?:list|show(?:\s+me)?|give\s+me|see)\s+(?:(?:me|all|of|the|my|which|what)\s+)*{_FILES}"
    r"|\b(?:which|what)\s+(?:[\w.*]+\s+)?files\s+(?:are|do|exist|can|live)\b"
    r"|\bwhat(?:'s|\s+is)\s+in\s+(?:this|the|my)\s+(?:[\w./-]+\s+)?(?:folder|directory)"
    rf"|\bfind\s+(?:all\s+)?(?:the\s+)?{_FILES}|\bfiles\s+(?:are\s+)?(?:here|there)\b|^\s*ls\b",
    re.IGNORECASE,
)
_READ = re.compile(
    r"\b(?:read|open|show|cat|print|display|summari[sz]e|what\s+(?:is|does|do|are)|what's|view|look\s+at|say|says)\b",
    re.IGNORECASE,
)
_FOLDER = re.compile(
    r"\b(?:in|inside|under|of|within)\s+(?:the\s+)?(?:folder\s+|directory\s+)?([\w.-]+(?:/[\w.-]+)*)/?", re.IGNORECASE
)
_HERE = {
    "this",
    "here",
    "the",
    "my",
    "folder",
    "directory",
    "current",
    "working",
    "project",
    "repository",
    "files",
    "file",
    "it",
    "them",
}
_SUFFIXES = {"python": "*.py", "markdown": "*.md", "text": "*.txt", "json": "*.json", "toml": "*.toml", "yaml": "*.yaml"}


def _search(clause: str) -> tuple[Found, ...]:
    asked = _SEARCH.search(clause)
    if asked is None:
        return ()
    subject = asked["subject"].strip(" \"'“”`.")
    values = {"text": (quoted(asked["subject"]) or (subject,))[0], **_where(clause.replace(asked["subject"], " "))}
    return (Found(phrase=clause, values=values, told=told_files(values["text"])),) if subject else ()


def _list(clause: str) -> tuple[Found, ...]:
    asked = _LIST.search(clause)
    if asked is None:
        return ()
    values = _where(clause)
    return (Found(phrase=clause, values=values, told=told_listing(values.get("path", "."))),)


def _where(clause: str) -> dict[str, str]:
    """Return the folder and the pattern of names that *clause* gives, where it does: "the Python files in src"."""
    folder = next((name.rstrip(".") or "." for name in _FOLDER.findall(clause) if name.lower() not in _HERE), None)
    glob = re.search(r"(?<!\S)[\w./-]*\*[\w.*/-]*", clause)
    kind = next((glob for word, glob in _SUFFIXES.items() if re.search(rf"\b{word}\s+files?\b", clause, re.IGNORECASE)), None)
    suffix = re.search(r"(?<!\S)(\.[A-Za-z]\w*)\s+files?\b", clause)
    pattern = glob[0] if glob else f"*{suffix[1]}" if suffix else kind
    return {role: value for role, value in (("path", folder), ("pattern", pattern)) if value}


def _read(clause: str) -> tuple[Found, ...]:
    verb = _READ.search(clause)
    wanted = [path for path in paths(clause) if verb or "." in path.rsplit("/", 1)[-1]]
    return tuple(read_found(path.rstrip("/"), clause) for path in dict.fromkeys(wanted))[:4]


def read_found(path: str, phrase: str) -> Found:
    """Return the wish to read *path*."""
    return Found(phrase=phrase, values={"path": path}, told=told_text(path))


READ = Rule(
    about="read a file",
    example="Read README.md.",
    names=frozenset({"read", "open", "cat", "view", "load"}),
    also=r"file|text|document",
    main="path",
    find=_read,
)
RULES = (
    Rule(
        about="calculate",
        example="What is 17% of 2,340?",
        names=frozenset({"calculate", "calculator", "calc", "math", "maths", "compute", "evaluate", "arithmetic"}),
        said=r"\b(?:calculat|arithmetic|math)",
        main="expression",
        find=_sums,
    ),
    Rule(
        about="tell the time",
        example="What time is it?",
        names=frozenset({"now", "time", "clock", "date", "datetime", "today"}),
        said=r"\bcurrent (?:date|time)",
        spare={"timezone": "UTC"},
        find=_clock,
    ),
    Rule(
        about="search files",
        example='Which files mention "detent"?',
        names=frozenset({"search", "find", "grep"}),
        main="text",
        spare={"path": ".", "pattern": "*"},
        find=_search,
    ),
    Rule(
        about="list files",
        example="List the files.",
        names=frozenset({"list", "ls", "dir", "glob"}),
        also=r"file|folder|director",
        spare={"path": ".", "pattern": "*"},
        find=_list,
    ),
    READ,
)
"""In this order: what an earlier rule took a clause for, a later one does not see."""
