"""The tools' side of the world: which may start, what they are handed, and the event that comes of each."""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable
from typing import Final

from anyio import CapacityLimiter, from_thread
from anyio.lowlevel import current_token
from attrs import define, field

from ..states import Conversation, Usage
from ..states.effects import CallTool
from ..states.events import ToolAsked, ToolFailed, ToolReturned
from ..states.turn import Ask, OutcomeKind, SealedTurn, ToolTurn
from ..tools import Progress, Redactor, Tool, secrets_in
from .call_context import CallContext
from .dispatch import Ran, run_tool
from .journal import Journal
from .notices import Notice, ToolProgress, ToolStarted
from .offering import Offering
from .toolcall import told

__all__ = ["Tools", "seconds_left"]

_UNKNOWN_OUTCOME: Final = (
    "the program stopped while this tool ran, so its outcome is unknown: it may or may not have taken effect. "
    "Find out before you call it again."
)
_RUN_AGAIN: Final = "The program stopped while this tool ran, so it may or may not have taken effect. Shall it be run again?"


@define(eq=False, kw_only=True)
class Tools:
    """What runs the tools of one run; *deps* is for them, and *notify* is told of what they do."""

    offering: Offering
    deps: object = None
    journal: Journal | None = None
    max_parallel: int = 8
    notify: Callable[[Notice], None] | None = None
    _limiter: CapacityLimiter | None = field(default=None, init=False)
    redacted: Callable[[str], str] = field(init=False)
    """Takes the secrets that the tools are given out of a text."""

    def __attrs_post_init__(self) -> None:
        """Look once which secrets there are."""
        secrets = () if self.deps is None else secrets_in(self.deps)
        self.redacted = Redactor(secrets) if secrets else str

    def may_start(self, effect: CallTool, running: list[CallTool], conversation: Conversation) -> bool:
        """Whether there is room beside the *running* tools, nobody wants to be alone, and nothing else has to come first."""
        tool = self._tool(effect)
        if tool is None or len(running) >= self.max_parallel:
            return tool is None
        alone = any(other is not None and other.exclusive for other in (tool, *map(self._tool, running)))
        alike = sum(other.call.name == tool.name for other in running)
        is_full = tool.max_parallel is not None and alike >= tool.max_parallel
        return not (running and alone) and not is_full and not _comes_later(tool, effect, conversation.turn)

    def starts_are_recorded(self, effect: CallTool) -> bool:
        """Whether the tool is about to run, and may have effects that must not be repeated unknowingly."""
        tool = self._tool(effect)
        return tool is not None and not tool.idempotent and (not effect.started or _may_run_again(tool))

    async def call(self, effect: CallTool, conversation: Conversation) -> ToolReturned | ToolFailed | ToolAsked:
        """Run the tool and return what came of it."""
        began, spent = time.monotonic(), list[Usage]()
        ran = await self._run(effect, conversation, spent)
        took, call_id, usage = time.monotonic() - began, effect.call.id, sum(spent, Usage())
        if isinstance(ran, Ask):
            return ToolAsked(call_id=call_id, ask=ran, usage=usage, seconds=took, at=time.time())
        if ran.kind is OutcomeKind.RETURNED:
            return ToolReturned(
                call_id=call_id, content=ran.content, parts=ran.parts, usage=usage, seconds=took, at=time.time()
            )
        content = f"Tool error: {ran.content}"
        return ToolFailed(call_id=call_id, kind=ran.kind, content=content, usage=usage, seconds=took, at=time.time())

    async def _run(self, effect: CallTool, conversation: Conversation, spent: list[Usage]) -> Ran | Ask:
        tool = self.offering.get(effect.call.name, conversation)
        if tool is None:
            return Ran(kind=OutcomeKind.UNKNOWN_TOOL, content=self.offering.visible(conversation).unknown(effect.call.name))
        if effect.started and not _may_run_again(tool):
            ask = Ask(question=_RUN_AGAIN)
            return ask if tool.on_crash == "ask" else Ran(kind=OutcomeKind.LOST, content=_UNKNOWN_OUTCOME)
        if missing := [name for name in tool.requires if not _has_returned(name, conversation)]:
            first = " and ".join(f"`{name}`" for name in missing)
            return Ran(
                kind=OutcomeKind.RAISED, content=f"`{tool.name}` can not be called yet: {first} must have returned first"
            )
        if self.notify is not None:
            self.notify(ToolStarted(call=told(effect.call)))
        if self._limiter is None:
            self._limiter = CapacityLimiter(self.max_parallel)
        context = self._context(effect, conversation, spent)
        seconds = seconds_left(conversation)
        return await run_tool(tool, effect.call.arguments, context, self._limiter, seconds, self.redacted)

    def _context(self, effect: CallTool, conversation: Conversation, spent: list[Usage]) -> CallContext[object]:
        return CallContext(
            deps=self.deps,
            call_id=effect.call.id,
            idempotency_key=effect.key,
            conversation_id=conversation.id,
            answers=tuple(map(json.loads, effect.answers)),
            report=self._reporter(effect),
            conversation=conversation,
            journal=self.journal,
            spent=spent,
        )

    def _reporter(self, effect: CallTool) -> Callable[[Progress], None]:
        call, loop_thread, loop = told(effect.call), threading.get_ident(), current_token()

        def report(progress: Progress) -> None:
            if self.notify is None:
                return
            message = self.redacted(progress.message)
            notice = ToolProgress(call=call, message=message, done=progress.done, total=progress.total)
            if threading.get_ident() == loop_thread:
                self.notify(notice)
            else:
                from_thread.run_sync(self.notify, notice, token=loop)

        return report

    def _tool(self, effect: CallTool) -> Tool | None:
        return self.offering.toolbox.get(effect.call.name)


def seconds_left(conversation: Conversation) -> float:
    """Return how long the run may still take: infinity when its time is not limited."""
    run = conversation.run
    return math.inf if run.limits.seconds is None else max(0.0, run.started_at + run.limits.seconds - time.time())


def _may_run_again(tool: Tool) -> bool:
    return tool.on_crash == "retry" or (tool.on_crash is None and tool.idempotent)


def _comes_later(tool: Tool, effect: CallTool, turn: ToolTurn | None) -> bool:
    """Whether a tool that this one requires is called in the same turn, and has not returned yet."""
    others = () if turn is None else turn.runnable
    return any(slot.call.name in tool.requires for slot in others if slot.call.id != effect.call.id)


def _has_returned(name: str, conversation: Conversation) -> bool:
    turn = conversation.turn
    if turn is not None and any(
        slot.outcome is not None and slot.outcome.kind is OutcomeKind.RETURNED and slot.call.name == name for slot in turn.slots
    ):
        return True
    return any(
        call.name == name and outcome.kind is OutcomeKind.RETURNED
        for entry in conversation.history
        if isinstance(entry, SealedTurn)
        for call, outcome in zip(entry.calls, entry.outcomes, strict=True)
    )
