"""Async work from code that is not async."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio
from anyio.lowlevel import current_token

from ..errors import ConfigurationError
from .endpoint import close_clients

__all__ = ["run_to_the_end"]

R = TypeVar("R")


def run_to_the_end(run: Callable[[], Awaitable[R]]) -> R:
    """Return what *run* comes to, in an event loop of its own that leaves no connection open.

    Raises `ConfigurationError` where an event loop is running already.
    """
    try:
        current_token()
    except anyio.NoEventLoopError:
        pass
    else:
        raise ConfigurationError("an event loop is running here: use `await agent.run(...)`")

    async def run_and_close() -> R:
        try:
            return await run()
        finally:
            with anyio.CancelScope(shield=True):
                await close_clients()

    return anyio.run(run_and_close)
