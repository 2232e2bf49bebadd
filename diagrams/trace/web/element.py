"""Elements of a page, built as a tree: what stands in a record can only ever become text or the value of an attribute."""

from __future__ import annotations

from typing import TypeAlias
from xml.etree.ElementTree import XML, Element, tostring

from ...words import visible

__all__ = ["Child", "Element", "drawn", "element", "markup"]

Child: TypeAlias = Element | str


def element(tag: str, *children: Child, **attributes: str | float | None) -> Element:
    """Return an element.  `class_` is written `class`, `font_size` `font-size`; what is None is left out.

    Characters that can not be seen stand as U+FFFD, in text and attributes both.
    """
    made = Element(tag, {_named(name): visible(str(value)) for name, value in attributes.items() if value is not None})
    for child in children:
        if isinstance(child, Element):
            made.append(child)
        elif len(made):
            made[-1].tail = (made[-1].tail or "") + visible(child)
        else:
            made.text = (made.text or "") + visible(child)
    return made


def drawn(svg: str) -> list[Element]:
    """Return what the drawing of the machine wrote, as elements."""
    return list(XML(f"<svg>{svg}</svg>"))  # our own text, and no entity is declared in it


def markup(page: Element) -> str:
    """Return the page as HTML."""
    return f"<!doctype html>\n{tostring(page, encoding='unicode', method='html')}\n"


def _named(name: str) -> str:
    return name.rstrip("_").replace("_", "-")
