"""What must stand in a turn and in a history, call by call and message by message, in the words of the model of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["Expected", "Kind", "Shown", "Slot", "Waits", "matches"]

Kind = Literal["runs", "gated", "flawed", "over"]
Waits = Literal["for nobody", "for a word", "for an answer"]
Shown = tuple[str, tuple[object, ...]]
"""What a call returned beside its text: the tool's name, and the parts."""


@dataclass(frozen=True)
class Expected:
    """A message that must be in the history: its role, and its exact content or what it must contain.

    *edited* are the arguments that a person put there: the content stands beside a note that names them.  *shown* is what
    tools returned beside their texts.
    """

    role: str
    content: str | None = None
    parts: tuple[str, ...] = ()
    exact: bool = True
    edited: str | None = None
    failed: bool = False
    shown: tuple[Shown, ...] = ()


@dataclass
class Slot:
    """A call of the open turn: what is to become of it, and what did.

    *spent* are the tokens that models had used for its tool when it asked.
    """

    kind: Kind
    outcome: Expected | None = None
    started: bool = False
    waits: Waits = "for nobody"
    answers: tuple[str, ...] = ()
    edited: str | None = None
    spent: int = 0
    shown: Shown | None = None


def matches(expected: Expected, message: Mapping[str, object]) -> bool:
    """Return whether *message* is the expected one."""
    content = message["content"]
    if expected.role != message["role"]:
        return False
    if expected.shown:
        return isinstance(content, list) and expected.shown == _shown(content, [name for name, _ in expected.shown])
    if expected.edited is not None:
        return isinstance(content, str) and _is_noted(content, expected.content or "", expected.edited, last=expected.failed)
    if expected.exact:
        return expected.content == content
    return isinstance(content, str) and all(part in content for part in expected.parts)


def _is_noted(content: str, text: str, edited: str, *, last: bool) -> bool:
    """Return whether *content* is *text* with a note of *edited* in front of it, or behind it where it tells of an error."""
    note = content.removeprefix(text + "\n") if last else content.removesuffix("\n" + text)
    return note != content and edited in note


def _shown(content: Sequence[Mapping[str, object]], tools: Sequence[str]) -> tuple[Shown, ...]:
    """Return the parts in *content* under the tools that a text before them names."""
    left, found = list(tools), list[tuple[str, list[object]]]()
    for part in content:
        if left and part["type"] == "text" and left[0] in str(part["text"]):
            found.append((left.pop(0), []))
        elif not found:
            return ()
        else:
            found[-1][1].append(part)
    return tuple((name, tuple(parts)) for name, parts in found)
