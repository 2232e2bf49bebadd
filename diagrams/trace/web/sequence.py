"""The run as a sequence picture: a line down for the user, each model and each tool, and arrows for what they said."""

from __future__ import annotations

from ...text import text_width
from ...words import cut, in_one_line
from ..runs import RunTrace
from ..sequence import Party, Step, Way, parties, steps
from .element import Element, element

__all__ = ["sequence"]

_APART, _STEP, _HEAD, _MARGIN, _SIZE = 230, 34, 44, 110, 12
_AGAIN = 30
"""After so many steps the heads are drawn again."""


def sequence(run: RunTrace) -> Element:
    """Return the picture of *run*: texts are cut to the room there is, and whole when pointed at."""
    told = steps(run.moves)
    met = parties(told)
    columns = {party: _MARGIN + _APART * index for index, party in enumerate(met)}
    parts: list[Element] = []
    y = 0
    for index, step in enumerate(told):
        if index % _AGAIN == 0:
            parts += [_head(party, columns[party], y) for party in met]
            y += _HEAD
        y += _STEP
        parts.append(_step(step, columns, y))
    height, width = y + _STEP // 2, 2 * _MARGIN + _APART * (len(met) - 1)
    lines = [element("line", class_="life", x1=x, x2=x, y1=0, y2=height) for x in columns.values()]
    return element(
        "svg",
        *lines,
        *parts,
        class_="sequence",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        aria_label=f"Who said what in run {run.number}; the timeline has the same as text.",
    )


def _head(party: Party, x: int, y: int) -> Element:
    name = in_one_line(party.name)
    wide = _APART - 30
    return element(
        "g",
        element("rect", class_=f"head {party.lane.value}", x=x - wide // 2, y=y + 4, width=wide, height=28, rx=6),
        element("text", element("title", name), _fitting(name, wide - 10), x=x, y=y + 23, text_anchor="middle"),
    )


def _step(step: Step, columns: dict[Party, int], y: int) -> Element:
    start, end = columns[step.source], columns[step.to]
    said = ("✗ " if step.fault else "") + in_one_line(step.text)
    title = element("title", f"{step.source.name} → {step.to.name}: {in_one_line(step.text, 2_000)}")
    kind = f"step {step.way.value}{' fault' if step.fault else ''}"
    if step.way is Way.NOTE or start == end:
        return _note(title, said, start, y, kind)
    room = abs(end - start) - 24
    label = element("text", _fitting(said, room), x=(start + end) // 2, y=y - 6, text_anchor="middle")
    line = element("path", d=f"M{start} {y} H{end}", marker_end="url(#says)")
    return element("g", title, line, label, class_=kind)


def _note(title: Element, said: str, x: int, y: int, kind: str) -> Element:
    wide = _APART - 20
    box = element("rect", x=x - wide // 2, y=y - 20, width=wide, height=24)
    return element("g", title, box, element("text", _fitting(said, wide - 12), x=x, y=y - 4, text_anchor="middle"), class_=kind)


def _fitting(text: str, room: int) -> str:
    """Return *text*, or as much of its beginning as fits."""
    if text_width(text[:200], _SIZE) <= room and len(text) <= 200:
        return text
    fits = next((most for most in range(min(len(text), 200), 1, -1) if text_width(text[:most], _SIZE) <= room), 1)
    return cut(text, fits)
