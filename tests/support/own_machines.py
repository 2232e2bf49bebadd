"""A machine with a state of its own, whose work says what it is told to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from detent import Conversation, Finding, Machine, OwnState, Row, State
from detent.states import came_to, go_on, tell_the_model
from detent.states.awaiting_model import answers, keep_the_answer
from detent.states.events import ModelReplied, Worked

__all__ = ["ASKED", "PASSED", "PASSED_LATE", "REFUSED", "guarded", "reviewing"]


def reviewing(*findings: str | Finding | Exception) -> OwnState:
    """Return a state whose work comes to these in turn, then passes everything."""
    left = list(findings)

    async def work(conversation: Conversation, deps: object) -> str | Finding:
        found = left.pop(0) if left else "passed"
        if isinstance(found, Exception):
            raise found
        return found

    return OwnState("reviewing", outcomes=("passed", "refused"), work=work)


_STATE = OwnState("reviewing")
ASKED: Row[ModelReplied] = Row(State.AWAITING_MODEL, ModelReplied, when=answers, then=keep_the_answer, to=_STATE)
PASSED: Row[Worked] = Row(_STATE, Worked, when=came_to("passed", interrupted=False), then=go_on, to=State.DONE)
PASSED_LATE: Row[Worked] = Row(_STATE, Worked, when=came_to("passed", interrupted=True), then=go_on, to=State.PROMPTING)
REFUSED: Row[Worked] = Row(_STATE, Worked, when=came_to("refused"), then=tell_the_model, to=State.PROMPTING)


def guarded(
    state: OwnState, *, name: str = "guarded", rows: Iterable[Row[Any]] = (ASKED, PASSED, PASSED_LATE, REFUSED)
) -> Machine:
    """Return detent's machine with that state before `done`."""
    return Machine().extend(name=name, states=[state], rows=rows)
