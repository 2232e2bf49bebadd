"""What the drawings of a page refer to by name: hatchings, and the head of an arrow.  Once a page."""

from __future__ import annotations

from .element import Element, element

__all__ = ["patterns"]


def patterns() -> Element:
    """Return the definitions: `waiting`, `pause` and `broken` to fill with, `says` for the end of a line."""
    return element(
        "svg",
        element(
            "defs",
            _pattern(
                "waiting",
                7,
                element("rect", width=7, height=7, class_="ground"),
                element("line", x1=0, y1=0, x2=0, y2=7, class_="stripe"),
                patternTransform="rotate(45)",
            ),
            _pattern("pause", 6, element("circle", cx=3, cy=3, r=1.2, class_="dot")),
            _pattern(
                "broken",
                8,
                element("rect", width=8, height=8, class_="wrong"),
                element("path", d="M0 0 L8 8 M8 0 L0 8", class_="cross"),
            ),
            _tip(),
        ),
        width=0,
        height=0,
        aria_hidden="true",
        class_="patterns",
    )


def _pattern(name: str, size: int, *parts: Element, **attributes: str) -> Element:
    return element("pattern", *parts, id=name, width=size, height=size, patternUnits="userSpaceOnUse", **attributes)


def _tip() -> Element:
    shape = element("path", d="M0 0 L10 5 L0 10 L3 5 Z", class_="tip")
    return element(
        "marker",
        shape,
        id="says",
        viewBox="0 0 10 10",
        refX=9,
        refY=5,
        markerWidth=9,
        markerHeight=9,
        markerUnits="userSpaceOnUse",
        orient="auto",
    )
