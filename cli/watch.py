"""A run from its task to its end, with every move shown and Ctrl-C taken for what it means."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias

import anyio
from attrs import define, evolve, field

from ..errors import UnknownConversation
from ..machine.agent import Agent
from ..machine.endpoint import close_clients
from ..machine.journal import Journal
from ..machine.notices import Notice, TextDelta, notices_of
from ..machine.result import RunResult
from ..machine.run_stream import RunStream
from ..machine.step import step
from ..machine.toolcall import ToolCall
from ..states import Conversation, Event, State
from ..states.events import Cancelled, ModelReplied

__all__ = ["Decide", "Make", "watch"]

Show: TypeAlias = Callable[[Notice], None]
Make: TypeAlias = Callable[[Journal | None], Agent[str]]
Decide: TypeAlias = Callable[[Sequence[ToolCall]], Mapping[str, bool]]
"""Takes the calls that wait for a person, gives the answers by id; a call without an answer waits on."""


def watch(make: Make, task: str, start: Conversation | None, show: Show, decide: Decide | None) -> RunResult[str]:
    """Run *task* to its end and return the result: after Ctrl-C that of the run as it was stopped.

    *make* gives the agent.  Without *decide* a run that needs a person ends in waiting for one.  Raises what `Agent.stream`
    raises for a wrong task, and `KeyboardInterrupt` before there is anything to keep.
    """
    result = _streamed(make(None), task, start, show)
    while result.state is State.AWAITING_APPROVAL and decide is not None:
        try:
            answers = decide(result.approvals)
        except KeyboardInterrupt:
            return _stopped(result)
        if not answers:
            break
        result = _resumed(make, result, answers, show)
    return result


def _streamed(agent: Agent[str], task: str, start: Conversation | None, show: Show) -> RunResult[str]:
    runs: list[RunStream[str]] = []

    async def to_the_end() -> None:
        try:
            async with agent.stream(task, conversation=start) as run:
                runs.append(run)
                await _show_all(run, show)
        finally:
            with anyio.CancelScope(shield=True):
                for run in runs:  # what came in while the run was being stopped
                    await _show_all(run, show)
                await close_clients()

    return _interruptible(to_the_end, lambda: [_result(run.conversation, agent) for run in runs])


async def _show_all(run: RunStream[str], show: Show) -> None:
    async for notice in run:
        show(notice)


def _resumed(make: Make, result: RunResult[str], answers: Mapping[str, bool], show: Show) -> RunResult[str]:
    """Go on with a run that waited; an agent resumes unobserved, so the journal is what sees it."""
    witness = Witness(result.conversation, show)
    agent = make(witness)

    async def to_the_end() -> None:
        try:
            await agent.resume(
                result.conversation,
                approve=[call_id for call_id, agreed in answers.items() if agreed],
                deny=[call_id for call_id, agreed in answers.items() if not agreed],
            )
        finally:
            with anyio.CancelScope(shield=True):
                await close_clients()

    return _interruptible(to_the_end, lambda: [_result(witness.conversation, agent)])


def _interruptible(run: Callable[[], Awaitable[object]], results: Callable[[], Sequence[RunResult[str]]]) -> RunResult[str]:
    """Run it in an event loop, where the first Ctrl-C cancels it in good order; return the last of the results."""
    try:
        anyio.run(run)
    except KeyboardInterrupt:
        for result in results():
            return _stopped(result)
        raise
    return results()[-1]


def _stopped(result: RunResult[str]) -> RunResult[str]:
    """Return the result of a run that Ctrl-C stopped while it waited, or of one that has ended already, as it is."""
    if result.state.ends_a_run:
        return result
    return evolve(result, conversation=step(result.conversation, Cancelled(at=time.time())))


def _result(conversation: Conversation, agent: Agent[str]) -> RunResult[str]:
    return RunResult(conversation=conversation, model=agent.models[0].label)


@define(eq=False)
class Witness:
    """A journal that keeps the newest record of one conversation, and shows what each event moves."""

    conversation: Conversation
    show: Show
    _moved_at: float = field(factory=time.monotonic, init=False)

    async def append(self, conversation_id: str, expected_seq: int, events: Sequence[Event]) -> None:  # noqa: ARG002  # a journal's signature
        """Take in the *events*."""
        for event in events:
            before, self.conversation = self.conversation, step(self.conversation, event)
            moved_at, self._moved_at = self._moved_at, time.monotonic()
            if isinstance(event, ModelReplied) and event.reply.said.text:
                self.show(TextDelta(event.reply.said.text))
            for notice in notices_of(before, event, self.conversation, self._moved_at - moved_at):
                self.show(notice)

    async def read(self, conversation_id: str) -> Sequence[Event]:
        """Raise `UnknownConversation`: events are not kept."""
        raise UnknownConversation(conversation_id)

    async def list(self) -> Sequence[str]:
        """Return the one id."""
        return [self.conversation.id]

    async def fork(self, conversation_id: str, at: int) -> str:  # noqa: ARG002  # a journal's signature
        """Raise `UnknownConversation`: events are not kept."""
        raise UnknownConversation(conversation_id)
