"""A run from its beginning to its end, with every move shown, people asked, and Ctrl-C taken for what it means."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any, TypeAlias

import anyio
from attrs import evolve, frozen

from ..machine.agent import Agent
from ..machine.endpoint import close_clients
from ..machine.notices import Notice
from ..machine.result import RunResult
from ..machine.run_stream import RunStream
from ..machine.step import step
from ..states import State
from ..states.events import Cancelled

__all__ = ["Begin", "Conduct", "Decide", "Words"]


@frozen(kw_only=True)
class Words:
    """What a person said of the calls that wait, by the calls' ids: a yes or no, or the answer to a question.

    *rest_waits*: they left before everything was said.
    """

    approve: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    answer: dict[str, object]
    rest_waits: bool = False

    def __bool__(self) -> bool:
        """Whether anything was said."""
        return bool(self.approve or self.deny or self.answer)


# Any: what the agent answers with does not matter here.
Run: TypeAlias = AbstractAsyncContextManager[RunStream[Any]]
Begin: TypeAlias = Callable[[], Run]
Show: TypeAlias = Callable[[Notice], None]
Decide: TypeAlias = Callable[[RunResult[Any]], Words]
"""Asks a person for what a run waits for; what is not answered waits on."""


# Any: as above.
@frozen
class Conduct:
    """Drives runs of *agent*.  Without *decide* a run that needs a person ends in waiting for one."""

    agent: Agent[Any]
    show: Show
    decide: Decide | None

    def __call__(self, begin: Begin) -> RunResult[Any]:
        """Return the result of the run that *begin* begins: after Ctrl-C that of the run as it was stopped.

        Raises what `Agent.stream` raises, and `KeyboardInterrupt` before there is anything to keep.
        """
        result = self._shown(begin)
        while result.state is State.AWAITING_APPROVAL and self.decide is not None:
            try:
                words = self.decide(result)
            except KeyboardInterrupt:
                return self._stopped(result)
            if not words:
                break
            result = self._shown(partial(self._resumed, result, words))
            if words.rest_waits:
                break
        return result

    def _resumed(self, waiting: RunResult[Any], words: Words) -> Run:
        record = waiting.conversation
        return self.agent.resume_stream(record, approve=words.approve, deny=words.deny, answer=words.answer)

    def _stopped(self, waiting: RunResult[Any]) -> RunResult[Any]:
        event = Cancelled(at=time.time())
        after = step(waiting.conversation, event)
        if self.agent.journal is not None:
            anyio.run(self.agent.journal.append, after.id, waiting.conversation.seq, (event,), after)
        return evolve(waiting, conversation=after)

    def _shown(self, begin: Begin) -> RunResult[Any]:
        """Run it in an event loop, where the first Ctrl-C cancels it in good order; return its result."""
        runs: list[RunStream[Any]] = []

        async def to_the_end() -> None:
            try:
                async with begin() as run:
                    runs.append(run)
                    await self._show_all(run)
            finally:
                with anyio.CancelScope(shield=True):
                    for run in runs:  # what came in while the run was being stopped
                        await self._show_all(run)
                    await close_clients()

        try:
            anyio.run(to_the_end)
        except KeyboardInterrupt:
            if not runs:
                raise
        return runs[0].result

    async def _show_all(self, run: RunStream[Any]) -> None:
        async for notice in run:
            self.show(notice)
