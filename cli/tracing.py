"""`detent trace`: what a conversation did, from its events."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from ..diagrams.trace import Trace, page, path, sequence, text, trace
from ..states import Event
from .drawing import put_out

__all__ = ["draw_trace"]


def draw_trace(
    conversation_id: str, events: Iterable[Event], form: Literal["text", "mermaid", "html"], output: Path | None
) -> None:
    """Write the trace of *events*, all of that conversation's, to the file *output*, or to stdout.

    `mermaid` is a Markdown text with two diagrams, the path on the machine and who said what; `html` is one file that opens
    offline.  Raises `IllegalEvent` when the events are no conversation, `ConfigurationError` when nothing can be written.
    """
    forms = {"text": text, "mermaid": _markdown, "html": page}
    put_out(forms[form](trace(events, conversation_id=conversation_id)), output)


def _markdown(drawn: Trace) -> str:
    return f"```mermaid\n{path(drawn)}```\n\n```mermaid\n{sequence(drawn)}```\n"
