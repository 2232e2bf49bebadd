"""What can be found in the words of a task: sums, quoted texts, numbers, names, paths.  Pure patterns, no understanding."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from attrs import frozen

__all__ = ["Clues", "Sum", "clauses", "clues", "matches", "names", "paths", "quoted", "sums"]

NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
LONGEST_SUM = 200
_DATE = r"\b\d{4}-\d\d-\d\d\b"
_URL = r"\bhttps?://[^\s\"'<>]+[^\s\"'<>.,;?!)]"
_EMAIL = r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b"
PATH = r"(?<![^\s\"'`(])(?:[\w.-]*/)*[\w.-]*(?:\.[A-Za-z]\w{0,7}|(?<=/)[\w.-]*\w)(?=[\s\"'`),.:;?!]|$)"
_QUOTED = r"\"([^\"]+)\"|“([^”]+)”|`([^`]+)`|(?<!\w)'([^']+)'(?!\w)"

_NAME = r"[^\W\d_a-z][\w'-]*(?:\s+[^\W\d_a-z][\w'-]*)*"
_AND = r"(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*)"
_PLACED = rf"\b(?:in|at|for|of|from|to|near|about|with|on)\s+(?:the\s+)?({_NAME}(?:{_AND}{_NAME})*)"
_SMALL = r"\b(?:in|at|for|of|from|to|near|about|with)\s+(?:the\s+|a\s+)?(\w[^?!.;,]*)"
_NOT_NAMES = {"I", "What", "Which", "Who", "Where", "When", "How", "Is", "Are", "The", "A", "And", "Please", "Tell"}

_STARTERS = (
    "what|what's|which|who|where|when|how|is|are|tell|show|give|list|find|read|open|search|look|grep|print|calculate|compute|"
    "work|please|then|also|say|get|send|summarise|summarize"
)

SPECIAL = (
    ({"email", "mail", "recipient", "to"}, _EMAIL, False),
    ({"url", "uri", "link", "website"}, _URL, False),
    ({"date", "day"}, _DATE, False),
    ({"path", "file", "filename", "filepath"}, PATH, True),
    ({"expression", "formula"}, r"(?!)", True),
)
"""Parameters whose values have a form of their own, by the words of their names; True: they take nothing else."""
_USUAL = r"\b(?:LICEN[SC]E|CHANGELOG|CONTRIBUTING|Makefile|Dockerfile)\b(?![.\w])"


@frozen
class Sum:
    """Something to calculate: *phrase* as the task has it, *expression* in plain arithmetic."""

    phrase: str
    expression: str


@frozen(kw_only=True)
class Clues:
    """What a clause offers to fill parameters with.  *together*: names that stand side by side, as in "Oslo and Paris"."""

    text: str
    quoted: tuple[str, ...]
    numbers: tuple[int | float, ...]
    names: tuple[str, ...]
    together: tuple[str, ...]
    rest: str


def clauses(text: str, verbs: Iterable[str] = ()) -> list[str]:
    """Return the parts of *text* that ask for something each; *verbs* are more words that begin one after an "and"."""
    masked = re.sub(_QUOTED, lambda found: "_" * len(found[0]), text)
    starters = "|".join([_STARTERS, *(re.escape(verb) for verb in verbs)])
    joint = rf"[?!;]+\s*|\.\s+|\n+|(?:,\s*|\s+)(?:and|then|and then)\s+(?=(?:the\s+)?(?:{starters})\b)"
    ends = [(found.start(), found.end()) for found in re.finditer(joint, masked, re.IGNORECASE)]
    starts = [0, *(end for _, end in ends)]
    stops = [*(start for start, _ in ends), len(text)]
    return [part for start, stop in zip(starts, stops, strict=True) if (part := text[start:stop].strip())]


def quoted(text: str) -> tuple[str, ...]:
    """Return what stands between quotation marks."""
    return tuple(next(filter(None, found.groups())) for found in re.finditer(_QUOTED, text))


def paths(text: str) -> tuple[str, ...]:
    """Return the words that look like a file's path: with a slash or a suffix, or the usual README."""
    usual = ["README.md"] if re.search(r"\breadme\b(?!\.)", text, re.IGNORECASE) else []
    written = [path for path in matches(PATH, text) if not re.fullmatch(r"[\d./]+|\w\.\w", path)]
    return (*written, *usual, *matches(_USUAL, text))


def matches(pattern: str, text: str) -> tuple[str, ...]:
    """Return every match of *pattern* in *text*."""
    return tuple(found[0] for found in re.finditer(pattern, text))


def names(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the capitalised names in *text*, and of them those that stand side by side after a preposition."""
    placed = re.search(_PLACED, text)
    together = tuple(re.split(_AND, placed[1])) if placed else ()
    begun = text[:1].lower() + text[1:]
    others = tuple(name for name in matches(rf"\b{_NAME}", begun) if name not in _NOT_NAMES)
    return tuple(dict.fromkeys((*together, *others))), together


def clues(text: str, tool_words: Iterable[str] = ()) -> Clues:
    """Return what *text* offers to fill parameters with; *tool_words* are the words that named the tool, and fill none."""
    bare = re.sub(rf"{_QUOTED}|\b(?:please|thanks|thank you)\b", " ", text, flags=re.IGNORECASE)
    words = "|".join(re.escape(word) for word in tool_words) or "(?!)"
    found, together = names(bare)
    leading = re.match(rf"({_NAME})(?:'s)?\s+(?:{words})\b", bare)
    small = re.search(_SMALL, bare)
    rest = small[1] if small else _around(bare, words)
    numbers = matches(rf"(?<![\w.])-?{NUMBER}(?![\w.]*\w)", re.sub(_DATE, " ", bare))
    special = matches(f"{_DATE}|{_EMAIL}|{_URL}", bare)
    return Clues(
        text=text,
        quoted=quoted(text),
        numbers=tuple(_number(number) for number in numbers),
        names=found or special or ((leading[1],) if leading and leading[1] not in _NOT_NAMES else ()),
        together=together,
        rest=rest.strip(" ,.:"),
    )


def _around(text: str, words: str) -> str:
    """Return what follows the last of *words* in *text*, or else what stands before the first; all of it without any."""
    found = list(re.finditer(rf"\b(?:{words})\w*", text, re.IGNORECASE))
    if not found:
        return text
    return text[found[-1].end() :] if text[found[-1].end() :].strip(" ,.:?!") else text[: found[0].start()]


def _number(text: str) -> int | float:
    plain = text.replace(",", "")
    return float(plain[:40]) if "." in plain else int(plain[:40])


_OPERATORS = (
    (rf"(?<![\w.])({NUMBER})\s*(?:%|percent\b|per cent\b)\s+of\b", r"\1/100*"),
    (r"\bsquare root of\s+\(?\s*(" + NUMBER + r")\s*\)?", r"sqrt(\1)"),
    (r"\s*(?:\bmultiplied by\b|\btimes\b|\u00d7|\u00b7)\s*|(?<=\d)\s*x\s*(?=\d)", "*"),
    (r"\s*(?:\bdivided by\b|\bover\b|\u00f7)\s*", "/"),
    (r"\s*\bplus\b\s*", "+"),
    (r"\s*\bminus\b\s*|\u2212", "-"),
    (r"\s*(?:\bto the power of\b|\^)\s*", "**"),
    (r"(?<=\d)\s+squared\b", "**2"),
    (r"(?<=\d)\s+cubed\b", "**3"),
    (r"\s*\bmod(?:ulo)?\b\s*", "%"),
    (r"(?<=\d),(?=\d{3})", ""),
)
_WORDED = (
    r"%\s+of\b|percent\s+of\b|per cent\s+of\b|multiplied by|divided by|to the power of|square root of|"
    r"squared|cubed|plus|minus|times|over|modulo|mod"
)
_CALLED = r"\b(?:sqrt|abs|round|sin|cos|tan|log|exp|floor|ceil|min|max)\("
_SIGN = r"(?<![A-Za-z_])x(?=\s*\d)|\*\*|[-+*/%^()\u00d7\u00f7\u00b7\u2212]|,(?=\s*\d)"
_ATOM = rf"(?:{NUMBER}|{_CALLED}|\bpi\b|\b(?:{_WORDED})\b|{_SIGN})"
_TRIMMED = " +*/%^,\u00d7\u00b7\u00f7\u2212"
_SPAN = rf"(?<![\w.@/])(?:{_ATOM}\s*)+"


def sums(text: str) -> tuple[Sum, ...]:
    """Return what *text* wants calculated, at most eight of them: "17% of 2,340" is the sum 17/100*2340."""
    masked = re.sub(f"{_DATE}|{_URL}|{_QUOTED}|{PATH}", _unless_a_sum, text)
    found = (_sum(span[0].strip(" ,")) for span in re.finditer(_SPAN, masked, re.IGNORECASE))
    return tuple(one for one in found if one)[:8]


def _unless_a_sum(found: re.Match[str]) -> str:
    """Blank a quoted text, a date or a path, but keep what is arithmetic in spite of its looks: 12/4."""
    return found[0] if re.fullmatch(r"[\d./]+/[\d.]+", found[0]) else " ;" * (len(found[0]) // 2) + " " * (len(found[0]) % 2)


def _sum(phrase: str) -> Sum | None:
    while 0 < len(phrase) <= LONGEST_SUM:
        expression = phrase
        for pattern, plain in _OPERATORS:
            expression = re.sub(pattern, plain, expression, flags=re.IGNORECASE)
        if _is_arithmetic(expression := re.sub(r"\s+", "", expression)):
            return Sum(phrase, expression)
        shorter = phrase.strip(_TRIMMED).rstrip(_TRIMMED + "-(")
        phrase = shorter if shorter != phrase else ""
    return None


def _is_arithmetic(expression: str) -> bool:
    try:
        tree = ast.parse(expression, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return isinstance(tree, ast.BinOp | ast.Call) or (isinstance(tree, ast.UnaryOp) and isinstance(tree.operand, ast.BinOp))
