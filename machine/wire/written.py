"""Calls that a model wrote into its text instead of making them.  They are told apart from prose and code; never run."""

from __future__ import annotations

import json
import re
from typing import Final

from ...states.shapes import is_list
from .calls import clean_name
from .parsing import fields

__all__ = ["call_in", "written_call"]

_FENCE: Final = re.compile(r"```[^\n`]*\n(.*?)(?:```|\Z)", re.DOTALL)
_INLINE: Final = re.compile(r"`[^`\n]*`")

_MARKS: Final = re.compile(
    r"""
    <\|tool_calls?_section_begin\|> | <\|tool_call_begin\|> | <\|python_tag\|>           # Kimi, Llama
    | <\uff5ctool\u2581calls?\u2581begin\uff5c>                                              # DeepSeek
    | <\|channel\|>\s*commentary | ^\s*assistant(?:code|commentary|final)?\s*(?:to=|\{)  # harmony
    | ^\s*<tool_call>\s*(?:\{|<function=|[\w.-]+\s*(?:<arg_key>|</tool_call>))           # Hermes, Qwen, GLM
    | ^\s*\[TOOL_CALLS\]\s*(?:\[|\{|\w)                                                  # Mistral
    """,
    re.VERBOSE | re.MULTILINE,
)
"""What stands at the beginning of a call in the templates of the models that are named, and hardly anywhere else."""

_NAMING_MARKS: Final = re.compile(
    r"""
    \bto=(?:functions\.)?(?P<harmony>[\w.-]+)
    | <function=(?P<tag>[\w.-]+)
    | <(?:invoke|tool_call|function_call)\ name="(?P<attribute>[\w.-]+)"
    | \A\s*\[(?P<python>\w+)\([^\n]*\)\]\s*\Z
    """,
    re.VERBOSE,
)
"""What begins a call only when the name that follows is that of a tool."""

_TOOL_CODE: Final = re.compile(r"```(?:tool_code|tool_call)\s*\n\s*(?:print\()?(?:\w+\.)?(\w+)\(")
_OBJECT: Final = re.compile(r"^\s*(?:functools)?(\[?\s*\{)", re.MULTILINE)
_NAMES: Final = ("name", "tool", "tool_name", "function", "function_name", "recipient_name", "action")
_ARGUMENTS: Final = ("arguments", "parameters", "args", "input", "tool_input", "action_input")
_LONGEST_PREFACE: Final = 500


def written_call(text: str, offered: frozenset[str]) -> str | None:
    """Return the name in a call that stands in *text* where an answer should be; `a tool` when it can not be made out.

    None for prose and code: tags between back ticks or inside a longer answer's code fence, objects that are no call of an
    *offered* tool, an object with more text behind it.
    """
    if not offered or not ("{" in text or "(" in text or "<" in text):
        return None
    whole = _FENCE.fullmatch(text.strip())
    prose = whole[1] if whole else _INLINE.sub("", _FENCE.sub("", text))
    return _marked(prose, offered) or _tool_code(text, offered) or _object_at_the_end(text, offered)


def _marked(prose: str, offered: frozenset[str]) -> str | None:
    for naming in _NAMING_MARKS.finditer(prose):
        name = clean_name(naming[naming.lastgroup or 0], offered)
        if name in offered:
            return name
    mark = _MARKS.search(prose)
    if mark is None:
        return None
    words = re.findall(r"[\w-]+", prose[mark.start() : mark.end() + 300])
    return next((found for found in words if found in offered), "a tool")


def _tool_code(text: str, offered: frozenset[str]) -> str | None:
    mark = _TOOL_CODE.search(text)
    return mark[1] if mark is not None and mark[1] in offered else None


def _object_at_the_end(text: str, offered: frozenset[str]) -> str | None:
    """Return the name of the offered tool that an object names with which *text* ends."""
    fences = list(_FENCE.finditer(text))
    if len(fences) > 1 or (fences and text[fences[0].end() :].strip()):
        return None
    body = fences[0][1] if fences else text
    preface = len(text[: fences[0].start()]) if fences else 0
    begin = _OBJECT.search(body)
    if begin is None or preface + begin.start(1) > _LONGEST_PREFACE:
        return None
    try:
        value, end = json.JSONDecoder().raw_decode(body, begin.start(1))
    except (ValueError, RecursionError):
        return None
    called = None if body[end:].strip(" \t\r\n;") else call_in(value)
    name = clean_name(called[0], offered) if called else ""
    return name if name in offered else None


def call_in(value: object) -> tuple[str, object] | None:
    """Return the name and the arguments in an object that is the description of a call and nothing else; else None."""
    if is_list(value) and value:
        return call_in(value[0])
    call = fields(value)
    for wrapper in ("function", "function_call", "tool_calls", "tool_call"):
        inner = call.get(wrapper)
        if is_list(inner) or fields(inner):
            return call_in(inner)
    if len(call) > 4:
        return None
    name = next((call[key] for key in _NAMES if isinstance(call.get(key), str)), None)
    key = next((key for key in _ARGUMENTS if isinstance(call.get(key), dict | str)), None)
    return (str(name), call[key]) if name and key else None
