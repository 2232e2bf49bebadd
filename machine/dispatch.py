"""Running one tool: whatever it does, exactly one outcome comes of it, or one question."""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import aclosing, closing
from typing import cast

import anyio
from anyio import CapacityLimiter, from_thread, to_thread
from attrs import evolve, frozen

from ..errors import ToolError
from ..states.messages import Part
from ..states.turn import Ask, OutcomeKind, Waiting
from ..tools import Arguments, Context, Media, NeedsInput, Refused, Rendered, Tool, render

__all__ = ["Ran", "run_tool", "words"]

_FIRST_PAUSE = 0.2
"""Seconds before the first of a tool's own retries; each later pause is twice as long."""

_LONGEST_PROGRESS = 2_000


@frozen(kw_only=True)
class Ran:
    """What came of running a tool: *content* is for the model, without the words `Tool error:`, *parts* are its media."""

    kind: OutcomeKind
    content: str
    parts: tuple[Part, ...] = ()


async def run_tool(
    tool: Tool,
    arguments: str,
    context: Context[object],
    limiter: CapacityLimiter,
    seconds: float,
    redact: Callable[[str], str] = str,
) -> Ran | Ask:
    """Run *tool* on the model's *arguments* for at most *seconds*, again where it may be run again; never raises.

    An async function runs in the loop, a sync one in a thread of *limiter*.  A thread can not be stopped: after a timeout
    or a cancellation it goes on, but nobody waits for it.  *redact* takes secrets out of all that the tool says.
    """
    read = tool.read(arguments)
    if isinstance(read, Refused):
        return Ran(kind=OutcomeKind.BAD_ARGUMENTS, content=read.message)
    running = _Running(tool, read, context, limiter, redact)
    deadline = anyio.current_time() + seconds
    for attempt in range(tool.retries + 1):
        ran = await running.within(deadline - anyio.current_time())
        is_settled = isinstance(ran, Ask) or ran.kind in (OutcomeKind.RETURNED, OutcomeKind.UNSERIALISABLE)
        if is_settled or attempt == tool.retries:
            return ran
        pause = _FIRST_PAUSE * 2**attempt
        if anyio.current_time() + pause >= deadline:
            return ran
        await anyio.sleep(pause)
    raise AssertionError("unreachable: the last attempt returns")


@frozen
class _Running:
    """One call of a tool, however often it is tried."""

    tool: Tool
    read: Arguments
    context: Context[object]
    limiter: CapacityLimiter
    redact: Callable[[str], str]

    async def within(self, left: float) -> Ran | Ask:
        """Try once, for as long as the tool may take and at most for the seconds *left*."""
        tool = self.tool
        seconds = min(left, math.inf if tool.timeout is None else tool.timeout)
        with anyio.move_on_after(seconds) as scope:
            return await self._once()
        if scope.cancelled_caught:
            return Ran(
                kind=OutcomeKind.TIMED_OUT, content=f"{tool.name} did not return within {seconds:.3g} seconds and was given up."
            )
        raise AssertionError("unreachable: the scope is left by a return or a timeout")

    async def _once(self) -> Ran | Ask:
        try:
            rendered = render(await self._call(), self.tool.max_chars, self.redact)
        except NeedsInput as needed:
            return self._question(needed)
        except (Exception, SystemExit) as error:  # a tool that calls sys.exit ends its call, not the service
            return Ran(kind=OutcomeKind.RAISED, content=self.redact(words(error)))
        except anyio.get_cancelled_exc_class():
            if anyio.current_effective_deadline() == -math.inf:
                raise  # we were cancelled, or the time is up
            return Ran(kind=OutcomeKind.RAISED, content="something the tool waited for was cancelled")
        if isinstance(rendered, Rendered):
            parts = tuple(_part(media, self.redact) for media in rendered.media)
            return Ran(kind=OutcomeKind.RETURNED, content=rendered.text, parts=parts)
        return Ran(kind=OutcomeKind.UNSERIALISABLE, content=rendered.message)

    def _question(self, needed: NeedsInput) -> Ran | Ask:
        try:
            return _asked(needed, self.redact)
        except (TypeError, ValueError) as error:  # what the tool says waits can not be written down
            return Ran(kind=OutcomeKind.RAISED, content=self.redact(words(error)))

    async def _call(self) -> object:
        tool = self.tool
        given = (evolve(self.context),) if tool.takes_context else ()  # one for each try: it counts what was asked
        if tool.is_async:
            return await cast("Awaitable[object]", tool.call(*given, **self.read.keywords))

        def call() -> object:
            value = tool.call(*given, **self.read.keywords)
            return _run_through(cast("Generator[object, None, object]", value), self._tell) if _yields(value) else value

        value = await to_thread.run_sync(call, abandon_on_cancel=True, limiter=self.limiter)
        if isinstance(value, AsyncGenerator):
            return await _listen_through(cast("AsyncGenerator[object]", value), self._tell)
        return await cast("Awaitable[object]", value) if inspect.isawaitable(value) else value

    def _tell(self, value: object) -> None:
        rendered = render(value, _LONGEST_PROGRESS, self.redact)
        self.context.progress(rendered.text if isinstance(rendered, Rendered) else rendered.message)


def _yields(value: object) -> bool:
    return isinstance(value, Generator)


def _run_through(values: Generator[object, None, object], tell: Callable[[object], None]) -> object:
    """Tell of what a generator yields; return what it returns, or else the last of these."""
    last: object = None
    with closing(values):
        while True:
            try:
                last = next(values)
            except StopIteration as stop:
                return last if stop.value is None else stop.value
            from_thread.check_cancelled()  # nobody waits any more: the only place to stop at
            tell(last)


async def _listen_through(values: AsyncGenerator[object], tell: Callable[[object], None]) -> object:
    """Tell of what an async generator yields, and return the last of it."""
    last: object = None
    async with aclosing(values):
        async for last in values:
            tell(last)
    return last


def _asked(needed: NeedsInput, redact: Callable[[str], str]) -> Ask:
    waiting = tuple(
        Waiting(id=each.id, name=each.name, arguments=each.arguments, question=each.question, schema=each.schema)
        for each in needed.waiting
    )
    schema = redact(json.dumps(needed.schema, ensure_ascii=False))
    return Ask(question=redact(needed.question), schema=schema, waiting=waiting, seq=needed.seq)


def _part(media: Media, redact: Callable[[str], str]) -> Part:
    part = media.to_part()
    return Part(str(part["type"]), redact(json.dumps(part)))


def words(error: BaseException) -> str:
    """Return the error in a line: its type, and what it says, if it says anything."""
    try:
        said = str(error).strip()
    except Exception:
        said = ""
    if isinstance(error, ToolError) and said:
        return said
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
