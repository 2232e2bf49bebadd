"""What a run's tools returned, in words: the answer of a run that met a limit, and the tool-loop summary of any run."""

from __future__ import annotations

import json

from .conversation import Conversation
from .messages import Call
from .turn import SealedTurn

__all__ = ["LONGEST_RESULT", "summary"]

LONGEST_RESULT = 500
"""Characters of each result that a summary shows."""

_LONGEST_ARGUMENTS = 100


def summary(conversation: Conversation, *, limit: str | None = None) -> str:
    """Return a line a tool call of the run, each result cut to 500 characters, under a line that says what this is.

    *limit*, in words ("10 rounds"), is named first when it was met.  Only sealed turns are told of.
    """
    gathered = [
        f"- {_asked(call)}: {_cut(outcome.content, LONGEST_RESULT)}"
        for turn in conversation.history[conversation.run.first :]
        if isinstance(turn, SealedTurn)
        for call, outcome in zip(turn.calls, turn.outcomes, strict=True)
    ]
    met = f"The limit of {limit} was reached. " if limit else ""
    head = "What the tools returned:" if gathered else "No tool returned anything."
    return "\n".join([met + head, *gathered])


def _asked(call: Call) -> str:
    if call.problem is not None:
        return f"{call.name}({_cut(call.arguments, _LONGEST_ARGUMENTS)})"
    members = json.loads(call.arguments)
    named = ", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in members.items())
    return f"{call.name}({_cut(named, _LONGEST_ARGUMENTS)})"


def _cut(text: str, longest: int) -> str:
    """Return *text* on one line, at most *longest* characters and an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[:longest]}…"
