"""The SDK's clients: a few for each endpoint, key and event loop, shared by all agents of the process.

A pooled connection belongs to the loop it was opened on; keeping the loops apart is what lets `run_sync` be called again
and again, and threads have loops of their own.  When a loop is shut down, its clients close.
"""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import anyio
from anyio.lowlevel import current_token
from attrs import define, field

from .model import Address, Model

if TYPE_CHECKING:
    from ssl import SSLContext

    import httpx2
    from openai import AsyncOpenAI

__all__ = ["Pool", "close_clients", "pool_for"]

_SECONDS_TO_CLOSE: Final = 2.0
_SAID_OF_IT: Final = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
_LOOPBACK: Final = ("all://127.0.0.1", "all://localhost", "all://[::1]")
"""What no proxy of the environment can reach: this machine, as the practice endpoint is on it."""


@define(eq=False)
class Pool:
    """The clients of one endpoint, each with no more requests under way than its connection pool is quick with.

    The pool of the HTTP library walks over all its connections and requests at each of them: at a thousand requests at once
    it costs several times the work itself, in pools of twenty next to nothing (`benchmarks/README.md` has the figures).
    """

    make: Callable[[], AsyncOpenAI]
    most_under_way: int = 20
    clients: list[AsyncOpenAI] = field(factory=list["AsyncOpenAI"], init=False)
    _under_way: list[int] = field(factory=list[int], init=False)

    @contextmanager
    def lend(self) -> Generator[AsyncOpenAI]:
        """Lend the first client that has room, a new one where none has."""
        place = next((place for place, busy in enumerate(self._under_way) if busy < self.most_under_way), len(self.clients))
        if place == len(self.clients):
            self.clients.append(self.make())
            self._under_way.append(0)
        self._under_way[place] += 1
        try:
            yield self.clients[place]
        finally:
            self._under_way[place] -= 1


@define(eq=False)
class _Pools:
    """The pools of one loop, and what closes them at its end."""

    closer: AsyncGenerator[None]
    by_address: dict[Address, Pool] = field(factory=dict[Address, Pool], init=False)


_LOOPS: Final[WeakKeyDictionary[object, _Pools]] = WeakKeyDictionary()
"""By the loop itself: the token that anyio wraps around it is a new one each time, and gone at once."""


async def pool_for(model: Model) -> Pool:
    """Return the pool for the model's endpoint in the running loop; one around the caller's own http client, if it has one."""
    if model.http_client is not None:
        if not model.own_pool:
            model.own_pool.append(Pool(lambda: _new(model), most_under_way=sys.maxsize))
        return model.own_pool[0]
    pools = (await _pools_of_this_loop()).by_address
    if model.address not in pools:
        pools[model.address] = Pool(lambda: _new(model))
    return pools[model.address]


async def close_clients() -> None:
    """Close the running loop's clients.  Callers' own http clients stay open."""
    if (pools := _LOOPS.get(current_token().native_token)) is not None:
        await pools.closer.aclose()


async def _pools_of_this_loop() -> _Pools:
    loop = current_token().native_token
    if loop not in _LOOPS:
        _forget_closed_loops()
        closer = _close_at_the_end(loop)
        _LOOPS[loop] = _Pools(closer)
        await anext(closer)  # a loop that shuts down closes the generators that were begun in it
    return _LOOPS[loop]


def _forget_closed_loops() -> None:
    """Let go of loops that were closed without being shut down: what closes their clients holds them."""
    for loop in [*_LOOPS]:
        is_closed = getattr(loop, "is_closed", None)  # trio's have none
        if is_closed is not None and is_closed():
            _LOOPS.pop(loop, None)


async def _close_at_the_end(loop: object) -> AsyncGenerator[None]:
    try:
        yield
    finally:
        pools = _LOOPS.pop(loop, None)
        with anyio.move_on_after(_SECONDS_TO_CLOSE, shield=True):
            for pool in pools.by_address.values() if pools is not None else ():
                for client in pool.clients:
                    await client.close()


def _new(model: Model) -> AsyncOpenAI:
    """Return a client without retries of its own: the machine decides about them, where they are seen and counted.

    Raises `openai.OpenAIError` where what the environment says of proxies and certificates can not be used.
    """
    from httpx2 import Timeout
    from openai import AsyncOpenAI

    return AsyncOpenAI(
        api_key=model.address.api_key,
        base_url=model.address.url,
        max_retries=0,
        timeout=Timeout(None, connect=model.address.connect_seconds),
        default_headers=dict(model.address.headers),
        http_client=model.http_client or _http_client(),
    )


def _http_client() -> httpx2.AsyncClient:
    from openai import DefaultAsyncHttpxClient, OpenAIError

    try:
        return DefaultAsyncHttpxClient(verify=_trust(), mounts=dict.fromkeys(_LOOPBACK))
    except (ImportError, OSError, ValueError) as error:
        said = ", ".join(name for name in _SAID_OF_IT if os.environ.get(name) or os.environ.get(name.lower()))
        raise OpenAIError(f"the environment ({said}) can not be followed: {error}") from error


@cache
def _trust() -> SSLContext:
    """Return the certificates that are trusted; reading them takes 40 milliseconds, so it is done once."""
    from httpx2 import create_ssl_context

    return create_ssl_context()
