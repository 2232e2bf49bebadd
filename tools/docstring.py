"""What a docstring says of a function and its parameters: Google, NumPy, Sphinx and Epytext style."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from attrs import field, frozen

from .signature import underlying, without_partials

__all__ = ["Documentation", "read_docstring"]


@frozen
class Documentation:
    """The text before the sections, and a text for each parameter that has one; not all of those need exist."""

    description: str = ""
    parameters: dict[str, str] = field(factory=dict[str, str])


def read_docstring(function: Callable[..., object]) -> Documentation:
    """Return what the docstring of *function* says: for a callable object that of `__call__`, else that of its class."""
    text = underlying(function).__doc__
    if text is None and not inspect.isroutine(without_partials(function)):
        text = type(without_partials(function)).__doc__
    return _parsed(inspect.cleandoc(text)) if text else Documentation()


def _parsed(text: str) -> Documentation:
    import docstring_parser  # here, because most programs that import detent define no tool

    try:
        parsed = docstring_parser.parse(text)
    except Exception:  # a docstring is no reason to refuse a tool: what can not be taken apart is the description as a whole
        return Documentation(text)
    texts: dict[str, str] = {}
    for each in parsed.params:
        for name in each.arg_name.split(","):  # NumPy style documents `x, y : int` together
            texts[name.strip()] = " ".join((each.description or "").split())
    return Documentation((parsed.description or "").strip(), {name: said for name, said in texts.items() if said})
