"""`Agent`: the API that most programs use.  It checks what it is given and hands the work to a driver."""

from __future__ import annotations

import copy
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Generic, cast

import anyio
from typing_extensions import TypeVar

from ..states import Conversation, Event, Limits, State
from ..states.events import UserSaid
from ..states.messages import UserMessage
from ..states.text import well_formed
from ..tools import Tool, Toolbox
from .agent_tool import agent_tool
from .beginning import begin, store_once, take_up
from .check import checked_count, checked_instance, checked_models, task_message
from .decisions import Approve, Decisions, Deny, decided
from .driver import Driver, Observer, lone_exceptions
from .journal import Journal
from .model import Model
from .notices import Notice
from .observe import is_listened_to, log_transition, logger
from .offering import Offering
from .output import Output
from .own_machine import Machine
from .recorder import moves_of
from .result import RunResult
from .run_stream import RunStream
from .sources import ToolLike, checked_sources
from .sync import run_to_the_end
from .world import ModelsAndTools
from .world_models import Models
from .world_tools import Tools

__all__ = ["TOOLS_NOTE", "Agent"]

T = TypeVar("T", default=str)

Task = str | Sequence[Mapping[str, object]]
ModelLike = Model | str | Mapping[str, object]

TOOLS_NOTE = "You can call tools. Use them when they help with the task, then answer from what they return."
"""Put after the instructions when there are tools; `Agent(tools_note=...)` replaces it."""


class Agent(Generic[T]):
    """A model, its tools, and the limits within which it may use them.  One agent serves many runs at once."""

    def __init__(
        self,
        model: ModelLike,
        *,
        tools: ToolLike | Iterable[ToolLike] = (),
        instructions: str | None = None,
        limits: Limits = Limits(),  # noqa: B008  # immutable
        fallbacks: Iterable[ModelLike] = (),
        output: type[T] | None = None,
        window: int | None = None,
        journal: Journal | None = None,
        machine: Machine = Machine(),  # noqa: B008  # immutable
        max_parallel_tools: int = 8,
        tools_note: str | None = TOOLS_NOTE,
    ) -> None:
        """Check everything now, so that a run can only fail for what a model, a tool or a host does.

        *model* is a `Model`, a name (`"gpt-5-mini"`, `"ollama:llama3.1"`) or a configuration mapping
        (`Model.from_config`). *instructions* is the system message; *tools_note* follows it when there are tools.
        *fallbacks* are asked in turn when the model before them fails for good.  *output* is the type of the answer
        (default: text).  *window* is how many of the messages before the task the model is shown (default: all).
        *journal* stores every event before what it causes.  *machine* is the table by which the conversations go that
        begin here.  *max_parallel_tools* caps the tools of one run that run at once.

        Raises `ConfigurationError` (`ToolDefinitionError` for a tool) that names the argument.
        """
        checked_instance(limits, Limits, "limits")
        checked_instance(machine, Machine, "machine")
        checked_count(max_parallel_tools, "max_parallel_tools", least=1)
        if window is not None:
            checked_count(window, "window", least=0)
        if instructions is not None:
            checked_instance(instructions, str, "instructions")
        self.models = checked_models(model, fallbacks)
        self._sources = checked_sources(tools)
        self._offering = Offering(self._sources.toolbox())
        self.limits = limits
        self.window = window
        self.journal = journal
        self.machine = machine
        self.max_parallel_tools = max_parallel_tools
        self._output = None if output is None or output is str else Output(output)
        has_tools = bool(len(self.toolbox)) or self._sources.is_live
        notes = (instructions, tools_note if has_tools else None, self._output.note if self._output else None)
        self.system = well_formed("\n\n".join(note for note in notes if note))

    @property
    def toolbox(self) -> Toolbox:
        """The tools as they are now: those of a server may have changed since the last run."""
        return self._offered().toolbox

    async def run(
        self,
        task: Task,
        *,
        conversation: Conversation | None = None,
        conversation_id: str | None = None,
        history: Iterable[Mapping[str, object]] | None = None,
        deps: object = None,
        respond_with_final: bool = True,
    ) -> RunResult[T]:
        """Run *task* until it is answered, meets a limit, fails, is cancelled or needs a person; return the result.

        It goes on from *conversation*, or from the one that the journal holds under *conversation_id*, or from *history*
        (chat-completions messages of any origin, repaired); from nothing otherwise.  *task* is a text or a list of content
        parts.  *deps* is for the tools (`Context.deps`).  With *respond_with_final* false the result's text is what the
        tools returned.

        Never raises for what a model, a tool or a host did.  Raises `ConfigurationError` for wrong arguments and
        `JournalError` when the journal fails; when the task around it is cancelled, the run ends in `cancelled`, is
        stored, and the cancellation goes on.
        """
        said = self._said(task_message(task), final=respond_with_final)
        start, first = await begin(said, conversation, conversation_id, history, self.journal, self.machine.name)
        return await self._drive(start, first, deps)

    def run_sync(
        self,
        task: Task,
        *,
        conversation: Conversation | None = None,
        conversation_id: str | None = None,
        history: Iterable[Mapping[str, object]] | None = None,
        deps: object = None,
        respond_with_final: bool = True,
    ) -> RunResult[T]:
        """Do what `run` does, from code that is not async.  Raises `ConfigurationError` inside a running event loop."""
        return run_to_the_end(
            partial(
                self.run,
                task,
                conversation=conversation,
                conversation_id=conversation_id,
                history=history,
                deps=deps,
                respond_with_final=respond_with_final,
            )
        )

    @asynccontextmanager
    async def stream(
        self,
        task: Task,
        *,
        conversation: Conversation | None = None,
        conversation_id: str | None = None,
        history: Iterable[Mapping[str, object]] | None = None,
        deps: object = None,
        respond_with_final: bool = True,
    ) -> AsyncGenerator[RunStream[T]]:
        """Do what `run` does, observed: iterate the run for text as it comes, states as they change, tools as they run.

        The run goes on while the block does, read or not; leaving the block before its end cancels it.
        """
        said = self._said(task_message(task), final=respond_with_final)
        start, first = await begin(said, conversation, conversation_id, history, self.journal, self.machine.name)
        async with self._watch(start, first, deps) as run:
            yield run

    async def resume(
        self,
        conversation: Conversation | str,
        *,
        approve: Approve = (),
        deny: Deny = None,
        answer: Mapping[str, object] | None = None,
        deps: object = None,
    ) -> RunResult[T]:
        """Go on with a run: one that waits for a person, one that a crash left in the middle, or one that failed.

        *conversation* is the record, or its id in the journal.  *approve* and *deny* decide the calls that wait
        (`result.approvals`), *answer* maps those that ask (`result.questions`) to what is answered; what is left undecided
        waits on.  *approve* takes ids, or the `ToolCall`s themselves, which are refused if their arguments are no longer
        the ones shown; or it maps ids to arguments to run with in place of the model's (None: as they are).  *deny* may map
        ids to the reasons that the model is told.  To approve twice runs once.  A run that has come to its end is returned
        as it is.  Raises `ConfigurationError`, and changes nothing, for a call that does not wait.
        """
        return await self.resume_with(conversation, decided(approve, deny, answer), deps=deps)

    async def resume_with(self, conversation: Conversation | str, decisions: Decisions, *, deps: object = None) -> RunResult[T]:
        """Do what `resume` does, with *decisions* that are put together already."""
        start, first = await take_up(conversation, decisions, self.limits, self.journal)
        return await self._drive(start, first, deps)

    def resume_sync(
        self,
        conversation: Conversation | str,
        *,
        approve: Approve = (),
        deny: Deny = None,
        answer: Mapping[str, object] | None = None,
        deps: object = None,
    ) -> RunResult[T]:
        """Do what `resume` does, from code that is not async."""
        return run_to_the_end(partial(self.resume, conversation, approve=approve, deny=deny, answer=answer, deps=deps))

    @asynccontextmanager
    async def resume_stream(
        self,
        conversation: Conversation | str,
        *,
        approve: Approve = (),
        deny: Deny = None,
        answer: Mapping[str, object] | None = None,
        deps: object = None,
    ) -> AsyncGenerator[RunStream[T]]:
        """Do what `resume` does, observed as by `stream`."""
        start, first = await take_up(conversation, decided(approve, deny, answer), self.limits, self.journal)
        async with self._watch(start, first, deps) as run:
            yield run

    def as_tool(self, name: str, description: str, *, timeout: float | None = None) -> Tool:
        """Return this agent as a tool for another, which gives it a *task* and is told its answer.

        Each call is a conversation of its own, stored under the call's idempotency key in this agent's journal, or else in
        that of the agent outside.  What it uses counts against the limits outside, and it stops at what is left of them;
        to cancel outside cancels it; and what it needs people for is asked outside (`result.approvals`, `questions`).
        """
        return agent_tool(self, name, description, timeout)

    def within(self, limits: Limits, journal: Journal | None) -> Agent[T]:
        """Return an agent that is this one but for its *limits* and its *journal*."""
        narrowed = copy.copy(self)
        narrowed.limits, narrowed.journal = limits, journal
        return narrowed

    def with_tools(self, tools: Iterable[ToolLike]) -> Agent[T]:
        """Return an agent that is this one with more *tools*.  Raises `ToolDefinitionError` for two of one name."""
        more = copy.copy(self)
        more._sources = checked_sources([*self._sources.given, *tools])
        more._offering = Offering(more._sources.toolbox())
        return more

    async def opened(self, task: Task, conversation_id: str, journal: Journal) -> Conversation:
        """Return the conversation of that id in *journal*; where there is none, a new one that is told *task*, not begun on."""
        said = self._said(task_message(task), final=True)
        start, first = await begin(said, None, conversation_id, None, None, self.machine.name)
        return await store_once(moves_of(start, first), journal, _observers())

    @asynccontextmanager
    async def _watch(self, start: Conversation, first: tuple[Event, ...], deps: object) -> AsyncGenerator[RunStream[T]]:
        run = RunStream(first, self._result, self._say)
        run.driver = Driver(start, self._world(deps, run.notify), self.journal, (*_observers(), run.observe))
        with lone_exceptions():
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(run.drive)
                yield run
                await run.leave()

    async def _drive(self, start: Conversation, first: tuple[Event, ...], deps: object) -> RunResult[T]:
        return self._result(await Driver(start, self._world(deps), self.journal, _observers()).run(*first))

    def _world(self, deps: object, notify: Callable[[Notice], None] | None = None) -> ModelsAndTools:
        self.machine.check_newest()
        offering, check = self._offered(), self._output.problem if self._output else None
        return ModelsAndTools(
            Models(models=self.models, offering=offering, system=self.system, notify=notify, check=check),
            Tools(offering=offering, deps=deps, journal=self.journal, max_parallel=self.max_parallel_tools, notify=notify),
        )

    def _offered(self) -> Offering:
        if self._sources.has_changed(self._offering.toolbox):
            self._offering = Offering(self._sources.toolbox())
        return self._offering

    def _result(self, conversation: Conversation) -> RunResult[T]:
        label = self.models[min(conversation.run.model_index, len(self.models) - 1)].label
        result = RunResult[T](conversation=conversation, model=label)
        if conversation.state is not State.DONE:
            return result
        # Without an output type the answer is the text, and T is str.
        output = self._output.fitting(result.text) if self._output and conversation.run.final else cast("T", result.text)
        return RunResult[T](conversation=conversation, model=label, output=output)

    def _say(self, text: str) -> Event:
        return self._said(task_message(text), final=True)

    def _said(self, message: UserMessage, *, final: bool) -> UserSaid:
        return UserSaid(message=message, limits=self.limits, window=self.window, final=final, at=time.time())


def _observers() -> tuple[Observer, ...]:
    return (partial(log_transition, logger()),) if is_listened_to() else ()
