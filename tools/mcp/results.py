"""What a tool of an MCP server returned, as a tool of an agent returns it.  Imports mcp: import it inside functions only."""

from __future__ import annotations

import base64
import json
from typing import TypeAlias, assert_never

from mcp_types import (
    AudioContent,
    BlobResourceContents,
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
    TextResourceContents,
)

from ...errors import ToolError
from ..media import File, Image, Media
from ..wording import shortened

__all__ = ["Returned", "returned"]

Returned: TypeAlias = str | list[str | Media]
"""Text, or text and media in the server's order."""


def returned(result: CallToolResult) -> Returned:
    """Return the *result*: its text, a line a block, and images and sound where they stand; else its structured content.

    Raises `ToolError` for one that the server marks as an error.
    """
    parts = [_part(block) for block in result.content]
    if result.is_error:
        said = "\n".join(part if isinstance(part, str) else part.described for part in parts).strip()
        raise ToolError(said or "the server says that the call failed, and no more")
    if result.structured_content is not None and not any(isinstance(part, str) and part.strip() for part in parts):
        parts.append(json.dumps(result.structured_content, ensure_ascii=False))
    texts = [part for part in parts if isinstance(part, str)]
    return parts if len(texts) < len(parts) else "\n".join(texts)


def _part(block: ContentBlock) -> str | Media:
    match block:
        case TextContent():
            return block.text
        case ImageContent():
            return _media(block.data, block.mime_type, "")
        case AudioContent():
            return _media(block.data, block.mime_type, "")
        case ResourceLink():
            return _link(block)
        case EmbeddedResource():
            return _resource(block.resource)
        case _:
            assert_never(block)


def _media(data: str, mime_type: str, name: str) -> str | Media:
    """Return what is in the base64 *data*, or that it can not be read: one bad picture is not the whole result."""
    try:
        read = base64.b64decode(data, validate=True)
        return Image(read, mime_type) if mime_type.startswith("image/") else File(read, mime_type, name)
    except ValueError:
        return f"[{shortened(mime_type, 80)}, which can not be read]"


def _link(link: ResourceLink) -> str:
    about = ", ".join(part for part in (link.title or link.name, link.mime_type, link.description) if part)
    return f"[resource {link.uri}: {about}]"


def _resource(resource: TextResourceContents | BlobResourceContents) -> str | Media:
    match resource:
        case TextResourceContents():
            return f"[resource {resource.uri}]\n{resource.text}"
        case BlobResourceContents() if (resource.mime_type or "").startswith("image/"):
            return _media(resource.blob, resource.mime_type or "", resource.uri)
        case BlobResourceContents():
            kind = resource.mime_type or "of no stated type"
            return f"[resource {resource.uri}: binary, {kind}, {len(resource.blob) * 3 // 4:,} bytes]"
        case _:
            assert_never(resource)
