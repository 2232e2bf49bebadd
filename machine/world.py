"""The world that a driver acts on: models at their endpoints, tools, the clock, chance."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence
from typing import Final, assert_never

import anyio
from anyio import CapacityLimiter
from attrs import define, evolve, field

from ..states import Conversation, Event
from ..states.effects import AskApproval, CallModel, CallTool, Effect, Prepare
from ..states.events import ModelFailed, ModelReplied, Prepared, Reply, RequestedCall, ToolFailed, ToolReturned
from ..states.text import legal_name
from ..states.turn import OutcomeKind
from ..tools import Arguments, Context, Tool, Toolbox
from .cooldown import COOLDOWNS
from .dispatch import Ran, run_tool
from .endpoint import ask
from .model import Model
from .notices import CallDelta, Notice, ReasoningDelta, TextDelta, ToolStarted
from .toolcall import told
from .wire.fault import Fault
from .wire.projection import Projection
from .wire.request import offer, request_body
from .wire.stream import Delta

__all__ = ["ModelsAndTools"]

_LONGEST_PAUSE: Final = 8.0
_REST: Final = 30.0
_COOLING: Final = frozenset({"connection", "overloaded", "rate_limited"})
_UNKNOWN_OUTCOME: Final = (
    "the program stopped while this tool ran, so its outcome is unknown: it may or may not have taken effect. "
    "Find out before you call it again."
)


@define(eq=False, kw_only=True)
class ModelsAndTools:
    """The world of one run: *models* in the order in which they are tried, the tools, and what the tools are given.

    *tools* is the toolbox as requests carry it, encoded by the agent once and for all its runs; None: no tools are sent.

    With *notify* model calls are streamed, and it is told of the pieces and of tools that start.
    """

    models: Sequence[Model]
    toolbox: Toolbox
    tools: bytes | None = None
    system: str = ""
    deps: object = None
    max_parallel_tools: int = 8
    notify: Callable[[Notice], None] | None = None
    check: Callable[[str], str | None] | None = None
    _projections: dict[int, Projection] = field(factory=dict[int, Projection], init=False)
    _limiter: CapacityLimiter | None = field(default=None, init=False)
    _trouble: float | None = field(default=None, init=False)
    _choked_on: bytes = field(default=b"", init=False)

    async def perform(self, effect: Effect, conversation: Conversation) -> Event:
        """Do what is wanted and return what happened.  Faults of models and tools are events too."""
        match effect:
            case Prepare():
                return await self._prepare(effect, conversation)
            case CallModel():
                return await self._call_model(effect, conversation)
            case CallTool():
                return await self._call_tool(effect, conversation)
            case AskApproval():
                raise AssertionError("a person answers this, not the driver")
            case _:
                assert_never(effect)

    def may_start(self, effect: CallTool, running: list[CallTool]) -> bool:
        """Whether there is room beside the *running* tools, and neither it nor they want to be alone."""
        alone = any(tool is not None and tool.exclusive for tool in map(self._tool, (effect, *running)))
        return len(running) < self.max_parallel_tools and not alone

    def starts_are_recorded(self, effect: CallTool) -> bool:
        """Whether the tool is about to run, and may have effects that must not be repeated unknowingly."""
        tool = self._tool(effect)
        return tool is not None and not tool.idempotent and (not effect.started or _may_run_again(tool))

    async def _prepare(self, effect: Prepare, conversation: Conversation) -> Prepared:
        if effect.not_before is not None:
            await anyio.sleep(max(0.0, min(effect.not_before - time.time(), self._seconds_left(conversation))))
        return Prepared(spares=max(0, len(self.models) - 1 - conversation.run.model_index), at=time.time())

    async def _call_model(self, effect: CallModel, conversation: Conversation) -> ModelReplied | ModelFailed:
        model = self.models[min(effect.model_index, len(self.models) - 1)]
        began = time.monotonic()
        answer = await self._ask(model, effect, conversation)
        took = time.monotonic() - began
        if isinstance(answer, Reply):
            self._trouble = None
            return ModelReplied(reply=self._gated(self._checked(answer)), seconds=took, at=time.time())
        delay = _pause(answer, effect.attempt) if answer.retryable else 0.0
        retryable = answer.retryable and time.monotonic() + delay - self._since(began) <= model.retry_within
        failure = evolve(answer.failure, model=model.label)
        return ModelFailed(failure=failure, retryable=retryable, delay=delay, seconds=took, at=time.time())

    def _since(self, began: float) -> float:
        """Return when the trouble began, of which a call that began then is the newest part."""
        if self._trouble is None:
            self._trouble = began
        return self._trouble

    async def _ask(self, model: Model, effect: CallModel, conversation: Conversation) -> Reply | Fault:
        """Ask *model*, unless its endpoint is to be left alone and another model is there to be asked."""
        url = model.address.url
        if conversation.run.spares and (left := COOLDOWNS.left(url)):
            return Fault(kind="cooling_down", message=f"{model.label} is left alone for {left:.0f} more seconds after a fault")
        body = self._body(model, effect, conversation)
        answer = await self._ask_in_time(model, body, effect, conversation)
        if not isinstance(answer, Fault):
            return answer
        if len(self.models) > 1 and answer.kind in _COOLING:
            COOLDOWNS.rest(url, _REST if answer.retry_after is None else answer.retry_after)
        if answer.kind == "server_error":
            # The same body again is the same failure, where a server chokes on it: once more is enough to know.
            repeated, self._choked_on = self._choked_on == body, body
            return evolve(answer, retryable=answer.retryable and not repeated)
        return answer

    async def _ask_in_time(self, model: Model, body: bytes, effect: CallModel, conversation: Conversation) -> Reply | Fault:
        seconds = min(model.timeout, math.inf if effect.closing else self._seconds_left(conversation))
        listener = None if self.notify is None else _Listener(self.notify)
        with anyio.move_on_after(seconds):
            return await ask(
                model,
                body,
                listener,
                offered=frozenset(self.toolbox.names),
                first_token_timeout=model.first_token_timeout,
                between_tokens_timeout=model.between_tokens_timeout,
            )
        # What was shown can not be taken back: a second try would say it twice.
        retryable = listener is None or not listener.heard
        return Fault(kind="timeout", message=f"{model.label} did not reply within {seconds:.3g} seconds", retryable=retryable)

    def _body(self, model: Model, effect: CallModel, conversation: Conversation) -> bytes:
        projection = self._projections.setdefault(effect.model_index, Projection(model.profile, model.origin))
        system = "\n\n".join(part for part in (self.system, conversation.system) if part)
        offered = offer(model.profile, conversation, self.tools, closing=effect.closing)
        return request_body(
            model.name,
            projection.pieces(conversation, system),
            host=model.profile,
            tools=offered.tools,
            tool_choice=offered.choice,
            stream=self.notify is not None,
            parameters=model.parameters,
        )

    def _checked(self, reply: Reply) -> Reply:
        """Return *reply* with what is wrong with it as an answer of the wanted form, if anything is."""
        if self.check is None or reply.calls or reply.said.is_blank:
            return reply
        return evolve(reply, problem=self.check(reply.said.text))

    def _gated(self, reply: Reply) -> Reply:
        return evolve(reply, calls=tuple(evolve(call, gated=self._needs_approval(call)) for call in reply.calls))

    def _needs_approval(self, call: RequestedCall) -> bool:
        """Whether a person must agree; a call that can not run anyway is not worth a question."""
        tool = self.toolbox.get(legal_name(call.name))
        if tool is None or call.flaw is not None or tool.approve is False:
            return False
        read = tool.read(call.arguments)
        return isinstance(read, Arguments) and tool.needs_approval(read)

    async def _call_tool(self, effect: CallTool, conversation: Conversation) -> ToolReturned | ToolFailed:
        began = time.monotonic()
        ran = await self._run(effect, conversation)
        took, call_id = time.monotonic() - began, effect.call.id
        if ran.kind is OutcomeKind.RETURNED:
            return ToolReturned(call_id=call_id, content=ran.content, seconds=took, at=time.time())
        return ToolFailed(call_id=call_id, kind=ran.kind, content=f"Tool error: {ran.content}", seconds=took, at=time.time())

    async def _run(self, effect: CallTool, conversation: Conversation) -> Ran:
        tool = self._tool(effect)
        if tool is None:
            return Ran(kind=OutcomeKind.UNKNOWN_TOOL, content=self.toolbox.unknown(effect.call.name))
        if effect.started and not _may_run_again(tool):
            return Ran(kind=OutcomeKind.LOST, content=_UNKNOWN_OUTCOME)
        if self.notify is not None:
            self.notify(ToolStarted(call=told(effect.call)))
        context = Context[object](
            deps=self.deps, call_id=effect.call.id, idempotency_key=effect.key, conversation_id=conversation.id
        )
        if self._limiter is None:
            self._limiter = CapacityLimiter(self.max_parallel_tools)
        return await run_tool(tool, effect.call.arguments, context, self._limiter, self._seconds_left(conversation))

    def _tool(self, effect: CallTool) -> Tool | None:
        return self.toolbox.get(effect.call.name)

    def _seconds_left(self, conversation: Conversation) -> float:
        run = conversation.run
        return math.inf if run.limits.seconds is None else max(0.0, run.started_at + run.limits.seconds - time.time())


@define(eq=False)
class _Listener:
    """Passes the pieces of a reply on, and knows whether there were any."""

    notify: Callable[[Notice], None]
    heard: bool = False

    def __call__(self, delta: Delta) -> None:
        self.heard = self.heard or delta.kind != "call"
        match delta.kind:
            case "text":
                self.notify(TextDelta(delta.text))
            case "reasoning":
                self.notify(ReasoningDelta(delta.text))
            case _:
                self.notify(CallDelta(place=delta.place, tool=delta.tool, arguments=delta.text))


def _may_run_again(tool: Tool) -> bool:
    return tool.on_crash == "retry" or (tool.on_crash is None and tool.idempotent)


def _pause(fault: Fault, attempt: int) -> float:
    """Return the seconds to wait: what the host asks for, else half a second, twice as long with each attempt, less a bit."""
    if fault.retry_after is not None:
        return fault.retry_after
    return min(_LONGEST_PAUSE, 0.5 * 2.0**attempt) * (1 - random.random() / 4)  # noqa: S311  # no secret
