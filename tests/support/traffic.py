"""Recorded exchanges with real hosts, and a plain reading of what they answered that shares no code with `detent`."""

from __future__ import annotations

import functools
import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Exchange", "Reading", "read", "traffic"]

Json = dict[str, Any]

_FILE = Path(__file__).parents[1] / "data" / "traffic" / "traffic.jsonl.gz"


@dataclass(frozen=True)
class Exchange:
    """One request and what came back."""

    id: str
    status: int
    headers: dict[str, str]
    request: Json | None
    response: object

    @property
    def is_stream(self) -> bool:
        """Whether the answer is an event stream."""
        return isinstance(self.response, list)

    @property
    def body(self) -> bytes:
        """The bytes of the answer."""
        if isinstance(self.response, list):
            return "\n".join(self.response).encode()
        return self.response.encode() if isinstance(self.response, str) else json.dumps(self.response).encode()

    @property
    def content_type(self) -> str:
        """What the host called it, or what it is."""
        return self.headers.get("content-type") or ("text/event-stream" if self.is_stream else "application/json")

    @property
    def tools(self) -> list[Json]:
        """The functions that the request offered, each name once."""
        offered = (tool.get("function") for tool in (self.request or {}).get("tools") or ())
        return list({function["name"]: function for function in offered if function}.values())


@functools.cache
def traffic() -> tuple[Exchange, ...]:
    """Return all recorded exchanges, in the file's order."""
    with gzip.open(_FILE, "rt", encoding="utf-8") as lines:
        return tuple(_exchange(json.loads(line)) for line in lines)


def _exchange(line: Json) -> Exchange:
    return Exchange(
        id=line["id"],
        status=line["status"],
        headers=line["response_headers"] or {},
        request=line["request"],
        response=line["response"],
    )


@dataclass(frozen=True)
class Reading:
    """What a recorded success says: the text, and the calls that are plain (a name and an object for arguments)."""

    text: str
    calls: list[tuple[str, Json]]
    other_calls: int


_CUT = ("length", "max_output_tokens", "error", "content_filter")


def read(exchange: Exchange) -> Reading:
    """Return the plain reading of a recorded success."""
    texts, refusals, asked, cut = _read_stream(exchange) if exchange.is_stream else _read_whole(exchange)
    plain = [(name, given) for name, arguments in asked if (given := _given(arguments, cut=cut)) is not None and name]
    text = re.sub(r"\A\s*<think>.*?(</think>\s*|\Z)", "", texts, flags=re.DOTALL) or refusals
    return Reading(text=text, calls=plain, other_calls=len(asked) - len(plain))


Read = tuple[str, str, list[tuple[str, object]], bool]


def _read_whole(exchange: Exchange) -> Read:
    body = exchange.response
    assert isinstance(body, dict)
    choice = next(choice for choice in body["choices"] if choice.get("index", 0) == 0)
    message = choice.get("message") or {}
    asked = [
        (call.get("function", {}).get("name", ""), call.get("function", {}).get("arguments"))
        for call in message.get("tool_calls") or ()
    ]
    older = message.get("function_call") or {}
    if older.get("name"):
        asked.append((older["name"], older["arguments"]))
    ends = (choice.get("finish_reason"), choice.get("native_finish_reason"))
    return _text(message.get("content")), message.get("refusal") or "", asked, any(end in _CUT for end in ends)


def _read_stream(exchange: Exchange) -> Read:
    texts, refusals, cut = "", "", False
    names: dict[object, str] = {}
    arguments: dict[object, str] = {}
    for choice in _choices(exchange):
        delta = choice.get("delta") or {}
        texts += _text(delta.get("content"))
        refusals += delta.get("refusal") or ""
        cut = cut or choice.get("finish_reason") in _CUT or choice.get("native_finish_reason") in _CUT
        for call in delta.get("tool_calls") or ():
            key = call.get("index", call.get("id"))
            names[key] = names.get(key) or call["function"].get("name") or ""
            arguments[key] = arguments.get(key, "") + (call["function"].get("arguments") or "")
    return texts, refusals, [(names[key], arguments[key]) for key in names], cut


def _choices(exchange: Exchange) -> Iterator[Json]:
    for line in exchange.body.decode().split("\n"):
        if line.startswith("data:") and line[5:].strip() != "[DONE]":
            chunk = json.loads(line[5:])
            yield from (choice for choice in chunk.get("choices") or () if choice.get("index", 0) == 0)


def _text(content: object) -> str:
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content if part.get("type") == "text")
    return content if isinstance(content, str) else ""


def _given(arguments: object, *, cut: bool) -> Json | None:
    """Return the object that the arguments are; None when they are not one, or when a cut may have taken them."""
    if arguments in (None, "", "null"):
        return None if cut else {}
    try:
        given = json.loads(str(arguments))
    except ValueError:
        return None
    return given if isinstance(given, dict) else None
