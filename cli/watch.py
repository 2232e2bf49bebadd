"""A run from its task to its end, with every move shown and Ctrl-C taken for what it means."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

import anyio
from attrs import evolve

from ..machine.agent import Agent
from ..machine.endpoint import close_clients
from ..machine.notices import Notice
from ..machine.result import RunResult
from ..machine.run_stream import RunStream
from ..machine.step import step
from ..machine.toolcall import ToolCall
from ..states import Conversation, State
from ..states.events import Cancelled

__all__ = ["Decide", "watch"]

Show: TypeAlias = Callable[[Notice], None]
Decide: TypeAlias = Callable[[Sequence[ToolCall]], Mapping[str, bool]]
"""Takes the calls that wait for a person, gives the answers by id; a call without an answer waits on."""


def watch(agent: Agent[str], task: str, start: Conversation | None, show: Show, decide: Decide | None) -> RunResult[str]:
    """Run *task* to its end and return the result: after Ctrl-C that of the run as it was stopped.

    Without *decide* a run that needs a person ends in waiting for one.  Raises what `Agent.stream` raises for a wrong task,
    and `KeyboardInterrupt` before there is anything to keep.
    """
    result = _shown(lambda: agent.stream(task, conversation=start), show)
    while result.state is State.AWAITING_APPROVAL and decide is not None:
        waiting = result
        try:
            answers = decide(waiting.approvals)
        except KeyboardInterrupt:
            return evolve(waiting, conversation=step(waiting.conversation, Cancelled(at=time.time())))
        if not answers:
            break
        approve = [call_id for call_id, agreed in answers.items() if agreed]
        deny = [call_id for call_id, agreed in answers.items() if not agreed]
        result = _shown(lambda: agent.resume_stream(waiting.conversation, approve=approve, deny=deny), show)  # noqa: B023  # called at once
    return result


def _shown(begin: Callable[[], AbstractAsyncContextManager[RunStream[str]]], show: Show) -> RunResult[str]:
    """Run it in an event loop, where the first Ctrl-C cancels it in good order; return its result."""
    runs: list[RunStream[str]] = []

    async def to_the_end() -> None:
        try:
            async with begin() as run:
                runs.append(run)
                await _show_all(run, show)
        finally:
            with anyio.CancelScope(shield=True):
                for run in runs:  # what came in while the run was being stopped
                    await _show_all(run, show)
                await close_clients()

    try:
        anyio.run(to_the_end)
    except KeyboardInterrupt:
        if not runs:
            raise
    return runs[0].result


async def _show_all(run: RunStream[str], show: Show) -> None:
    async for notice in run:
        show(notice)
