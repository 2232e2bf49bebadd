"""AG-UI's messages and tools, in the form of chat completions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ag_ui import core

from ..errors import ConfigurationError

__all__ = ["read_messages", "read_tool"]

_NOT_TOLD: Final = ("reasoning", "activity")
"""The roles of messages that are for the front end alone."""


def read_messages(messages: Sequence[Any]) -> list[dict[str, Any]]:  # Any: the protocol's union, and JSON
    """Return the messages for a model.  Raises `ConfigurationError` for a part that no model takes."""
    return [_message(message) for message in messages if message.role not in _NOT_TOLD]


def read_tool(tool: core.Tool) -> dict[str, Any]:
    """Return a tool of the front end."""
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


def _message(message: Any) -> dict[str, Any]:
    told: dict[str, Any] = message.model_dump(by_alias=False, exclude_none=True, include=_MEMBERS)
    if told["role"] == "developer":
        told["role"] = "system"
    if isinstance(told.get("content"), list):
        parts: list[Any] = message.content
        told["content"] = [_part(part) for part in parts]
    return told


_MEMBERS: Final = {"role": True, "content": True, "tool_call_id": True, "tool_calls": {"__all__": {"id", "type", "function"}}}


def _part(part: Any) -> dict[str, Any]:
    if part.type == "text":
        return {"type": "text", "text": part.text}
    source = part.source
    if part.type == "image" and source.type == "url":
        return {"type": "image_url", "image_url": {"url": source.value}}
    if source.type != "data" or part.type not in _WITH_DATA:
        raise ConfigurationError(
            f"messages: a part of type {part.type} by its {source.type} is not understood: "
            "text, images, and the data of documents and sounds are"
        )
    return _WITH_DATA[part.type](source)


def _image(source: core.DataSource) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": _data_url(source)}}


def _audio(source: core.DataSource) -> dict[str, Any]:
    return {"type": "input_audio", "input_audio": {"data": source.value, "format": source.mime_type.partition("/")[2]}}


def _document(source: core.DataSource) -> dict[str, Any]:
    return {"type": "file", "file": {"filename": "document", "file_data": _data_url(source)}}


def _data_url(source: core.DataSource) -> str:
    return f"data:{source.mime_type};base64,{source.value}"


_WITH_DATA: Final[Mapping[str, Callable[[core.DataSource], dict[str, Any]]]] = {
    "image": _image,
    "audio": _audio,
    "document": _document,
}
