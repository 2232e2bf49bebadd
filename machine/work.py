"""The work of a state of one's own: whatever it does, it comes to exactly one outcome."""

from __future__ import annotations

import math
import time

import anyio

from ..states import Conversation, Finding, OwnState
from ..states.effects import Work
from ..states.events import Worked
from ..states.own_state import FAILED
from .dispatch import words
from .own_machine import machine_of
from .world_tools import Tools, seconds_left

__all__ = ["work"]


async def work(effect: Work, conversation: Conversation, tools: Tools) -> Worked:
    """Do the work of the state and return what it came to, without the secrets that *tools* are given."""
    state = machine_of(conversation).own(effect.state)
    began = time.monotonic()
    finding = await _finding(state, conversation, tools.deps)
    return Worked(
        state=state.value,
        outcome=finding.outcome,
        note=tools.redacted(finding.note),
        usage=finding.usage,
        seconds=time.monotonic() - began,
        at=time.time(),
    )


async def _finding(state: OwnState, conversation: Conversation, deps: object) -> Finding:
    assert state.work is not None
    with anyio.move_on_after(seconds_left(conversation)):
        try:
            return _checked(state, await state.work(conversation, deps))
        except (Exception, SystemExit) as error:  # it is the user's code
            return Finding(FAILED, f"{state.value}: {words(error)}")
        except anyio.get_cancelled_exc_class():
            if anyio.current_effective_deadline() == -math.inf:
                raise  # we were cancelled, or the time is up
            return Finding(FAILED, f"{state.value}: something that it waited for was cancelled")
    return Finding(FAILED, f"{state.value} did not come to an end within the run's time")


def _checked(state: OwnState, found: object) -> Finding:
    finding = Finding(found) if isinstance(found, str) else found
    if isinstance(finding, Finding) and finding.outcome in (*state.outcomes, FAILED):
        return finding
    known = ", ".join(map(repr, state.outcomes))
    return Finding(FAILED, f"{state.value} came to {found!r}, which is none of its outcomes: {known}")
