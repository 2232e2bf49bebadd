"""What the process's exit code says."""

from __future__ import annotations

from enum import IntEnum

from ..states import AnyState, State

__all__ = ["EXIT_CODES", "Exit", "exit_for"]


class Exit(IntEnum):
    """The exit codes of `detent`: scripts may rely on them."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    LIMIT_HIT = 3
    APPROVAL_NEEDED = 4
    CANCELLED = 130


EXIT_CODES = "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 limit hit, 4 approval needed, 130 cancelled (Ctrl-C)."
"""The same, for `--help`."""

_EXITS: dict[AnyState, Exit] = {
    State.DONE: Exit.DONE,
    State.LIMIT_HIT: Exit.LIMIT_HIT,
    State.AWAITING_APPROVAL: Exit.APPROVAL_NEEDED,
    State.CANCELLED: Exit.CANCELLED,
}


def exit_for(state: AnyState) -> Exit:
    """Return the exit code of a run that came to rest in *state*."""
    return _EXITS.get(state, Exit.FAILED)
