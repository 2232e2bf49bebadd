"""From what tools answered to a sentence or two: honest, short, with the result in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

__all__ = ["Wording", "answered", "failed", "first_path", "is_error", "shorten", "told_files", "told_listing", "told_text"]

Wording: TypeAlias = Callable[[str], str]
"""Takes a tool's result, gives what the answer says of it."""

LONGEST = 600
MOST_LINES = 20
_ERROR = "Tool error:"
_MATCH = re.compile(r"(?P<path>[^:\n]+):\d+:")


def shorten(text: str) -> str:
    """Return *text*, or its beginning and how much was left out."""
    text = text.strip()
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        return shorten("\n".join(lines[:MOST_LINES])) + f"\n... and {len(lines) - MOST_LINES} more lines."
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()} ... ({len(text) - LONGEST} more characters)"


def is_error(result: str) -> bool:
    """Whether *result* says that the tool could not do it."""
    return result.lstrip().startswith(_ERROR)


def failed(tool: str, result: str) -> str:
    """Return what is said of a call that did not work."""
    return f"{tool} could not do it: {shorten(result.lstrip().removeprefix(_ERROR))}"


def answered(tool: str) -> Wording:
    """Return the wording for a tool of which nothing else is known."""
    return lambda result: _with(f"{tool} answered", result)


def told_text(path: str) -> Wording:
    """Return the wording for a file that was read."""
    return lambda result: f"{path} reads:\n\n{shorten(result)}"


def told_listing(where: str) -> Wording:
    """Return the wording for a folder that was listed."""
    return lambda result: _with(f"The files in {where}" if where not in ("", ".") else "The files here", result)


def told_files(text: str) -> Wording:
    """Return the wording for a search: the files by name when the result has the form `path:line: ...`."""

    def told(result: str) -> str:
        lines = result.strip().splitlines()
        found = list(dict.fromkeys(match["path"] for line in lines if (match := _MATCH.match(line))))
        if not found:
            return _with(f'Searched for "{text}"', result)
        more = f" and {len(found) - MOST_LINES} more" if len(found) > MOST_LINES else ""
        count = sum(1 for line in lines if _MATCH.match(line))
        lined = f"{count} line{'s' if count > 1 else ''}"
        verb = "mention" if len(found) > 1 else "mentions"
        return f'{", ".join(found[:MOST_LINES])}{more} {verb} "{text}" ({lined}).'

    return told


def first_path(result: str) -> str | None:
    """Return the first file that a listing or a search names; a name that ends in a slash is a folder."""
    for line in result.strip().splitlines():
        found = _MATCH.match(line)
        path = found["path"] if found else line.strip().removeprefix("- ")
        if re.fullmatch(r"[^\s()\[\]{}]+[^\s()\[\]{}/:]", path):
            return path
    return None


def _with(lead: str, result: str) -> str:
    short = shorten(result) or "nothing"
    if "\n" in short:
        return f"{lead}:\n{short}"
    return f"{lead}: {short}" if short.endswith((".", "!", "?")) else f"{lead}: {short}."
