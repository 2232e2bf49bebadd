"""Running one tool: whatever it does, exactly one outcome comes of it."""

from __future__ import annotations

import inspect
import math
from collections.abc import Awaitable
from typing import cast

import anyio
from anyio import CapacityLimiter, to_thread
from attrs import frozen

from ..states.turn import OutcomeKind
from ..tools import Arguments, Context, Refused, Rendered, Tool, render

__all__ = ["Ran", "run_tool"]

_FIRST_PAUSE = 0.2
"""Seconds before the first of a tool's own retries; each later pause is twice as long."""


@frozen(kw_only=True)
class Ran:
    """What came of running a tool: *content* is for the model, without the words `Tool error:`."""

    kind: OutcomeKind
    content: str


async def run_tool(tool: Tool, arguments: str, context: Context[object], limiter: CapacityLimiter, seconds: float) -> Ran:
    """Run *tool* on the model's *arguments* for at most *seconds*, again where it may be run again; never raises.

    An async function runs in the loop, a sync one in a thread of *limiter*.  A thread can not be stopped: after a timeout
    or a cancellation it goes on, but nobody waits for it.
    """
    read = tool.read(arguments)
    if isinstance(read, Refused):
        return Ran(kind=OutcomeKind.BAD_ARGUMENTS, content=read.message)
    deadline = anyio.current_time() + seconds
    for attempt in range(tool.retries + 1):
        left = deadline - anyio.current_time()
        ran = await _within(tool, read, context, limiter, left)
        if ran.kind in (OutcomeKind.RETURNED, OutcomeKind.UNSERIALISABLE) or attempt == tool.retries:
            return ran
        pause = _FIRST_PAUSE * 2**attempt
        if anyio.current_time() + pause >= deadline:
            return ran
        await anyio.sleep(pause)
    raise AssertionError("unreachable: the last attempt returns")


async def _within(tool: Tool, read: Arguments, context: Context[object], limiter: CapacityLimiter, left: float) -> Ran:
    seconds = min(left, math.inf if tool.timeout is None else tool.timeout)
    with anyio.move_on_after(seconds) as scope:
        return await _once(tool, read, context, limiter)
    if scope.cancelled_caught:
        return Ran(
            kind=OutcomeKind.TIMED_OUT, content=f"{tool.name} did not return within {seconds:.3g} seconds and was given up."
        )
    raise AssertionError("unreachable: the scope is left by a return or a timeout")


async def _once(tool: Tool, read: Arguments, context: Context[object], limiter: CapacityLimiter) -> Ran:
    try:
        value = await _call(tool, read, context, limiter)
        rendered = render(value, tool.max_chars)
    except (Exception, SystemExit) as error:  # a tool that calls sys.exit ends its call, not the service
        return Ran(kind=OutcomeKind.RAISED, content=_words(error))
    except anyio.get_cancelled_exc_class():
        if anyio.current_effective_deadline() == -math.inf:
            raise  # we were cancelled, or the time is up
        return Ran(kind=OutcomeKind.RAISED, content="something the tool waited for was cancelled")
    if isinstance(rendered, Rendered):
        return Ran(kind=OutcomeKind.RETURNED, content=rendered.text)
    return Ran(kind=OutcomeKind.UNSERIALISABLE, content=rendered.message)


async def _call(tool: Tool, read: Arguments, context: Context[object], limiter: CapacityLimiter) -> object:
    given = (context,) if tool.takes_context else ()
    if tool.is_async:
        return await cast("Awaitable[object]", tool.call(*given, **read.keywords))
    value = await to_thread.run_sync(lambda: tool.call(*given, **read.keywords), abandon_on_cancel=True, limiter=limiter)
    return await cast("Awaitable[object]", value) if inspect.isawaitable(value) else value


def _words(error: BaseException) -> str:
    """Return the error in a line: its type, and what it says, if it says anything."""
    try:
        said = str(error).strip()
    except Exception:
        said = ""
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
