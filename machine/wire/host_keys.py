"""Names that several kinds of hosts share: patterns of call ids, members of a request."""

from __future__ import annotations

from typing import Final

__all__ = ["ANY_ID", "COMMON_BODY", "names"]

ANY_ID: Final = r"[!-~]+"
"""For a host that wants its own ids back, whatever they look like.

Kimi's `functions.<name>:<counter>` makes the model write calls as text when it is changed, and LiteLLM keeps Gemini's
thought signature in the id, behind `__thought__`.
"""


def names(text: str) -> frozenset[str]:
    """Return the words of *text*."""
    return frozenset(text.split())


COMMON_BODY: Final = names("""
    model messages tools tool_choice parallel_tool_calls stream temperature top_p stop seed n frequency_penalty
    presence_penalty response_format
""")
