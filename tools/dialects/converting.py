"""A schema, or the tools of an agent, in the dialect of a host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, assert_never, cast

from ..dialect import Dialect
from ..wording import JsonObject
from .converted import Converted
from .gemini import Gemini
from .keywords import copied
from .mistral import mistral
from .moonshot import Moonshot
from .naming import prefixed
from .reading import read
from .strict import Strict

if TYPE_CHECKING:
    from ..tool import Tool

__all__ = ["convert", "entry", "in_dialect", "sent_name"]


def convert(schema: Mapping[str, object], dialect: Dialect) -> Converted:
    """Return *schema*, which is that of a tool's arguments, in *dialect*, and what could not be said.

    A value that fits the original fits what is returned, `strict` aside, which wants null where the original lets a property be
    left out, and takes no properties that are not listed.  What is returned takes more than the original only where a
    `Dropped` says so.  Total: what is no schema takes anything.  *schema* is not changed.
    """
    match dialect:
        case "openai":
            return Converted(cast("JsonObject", copied(schema, hole=None)))
        case "strict":
            written = Strict(read(schema)).converted()
            return written if written.strict else Converted(convert(schema, "openai").schema, written.dropped)
        case "gemini":
            return Gemini(read(schema)).converted()
        case "moonshot":
            return Moonshot(read(schema)).converted()
        case "mistral":
            return mistral(read(schema))
        case _:
            assert_never(dialect)


def sent_name(name: str, dialect: Dialect) -> str:
    """Return the name that a tool called *name* goes by: Gemini and Moonshot want a letter or `_` first."""
    return prefixed(name) if dialect in ("gemini", "moonshot") and not (name[:1].isalpha() or name[:1] == "_") else name


def entry(tool: Tool, dialect: Dialect) -> JsonObject:
    """Return the entry of a request's `tools` for *tool*: a dictionary of the caller's own."""
    written = convert(tool.parameters, dialect)
    function: JsonObject = {"name": sent_name(tool.name, dialect)}
    if tool.description:
        function["description"] = tool.description
    function["parameters"] = written.schema
    if written.strict:
        function["strict"] = True
    return {"type": "function", "function": function}


def in_dialect(tools: Iterable[Tool], dialect: Dialect) -> list[JsonObject]:
    """Return the `tools` of a request to an OpenAI-compatible host that has this *dialect*.

    The original schemas go on judging what the model answers; see `restored` for what of the answer has to be undone first.
    """
    return [entry(each, dialect) for each in tools]
