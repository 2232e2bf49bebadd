"""The SDK's clients: one for each endpoint, key and event loop, shared by all agents of the process.

A pooled connection belongs to the loop it was opened on; keeping the loops apart is what lets `run_sync` be called again
and again, and threads have loops of their own.  When a loop is shut down, its clients close.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from functools import cache
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import anyio
from anyio.lowlevel import current_token
from attrs import define, field

from .model import Address, Model

if TYPE_CHECKING:
    from ssl import SSLContext

    from openai import AsyncOpenAI

__all__ = ["client_for", "close_clients"]

_SECONDS_TO_CLOSE: Final = 2.0


@define(eq=False)
class _Clients:
    """The clients of one loop, and what closes them at its end."""

    closer: AsyncGenerator[None]
    by_address: dict[Address, AsyncOpenAI] = field(factory=dict[Address, "AsyncOpenAI"], init=False)


_LOOPS: Final[WeakKeyDictionary[object, _Clients]] = WeakKeyDictionary()
"""By the loop itself: the token that anyio wraps around it is a new one each time, and gone at once."""


async def client_for(model: Model) -> AsyncOpenAI:
    """Return the client for the model's endpoint in the running loop; the caller's own http client, where it has one."""
    if model.http_client is not None:
        if not model.own_client:
            model.own_client.append(_new(model))
        return model.own_client[0]
    clients = (await _clients_of_this_loop()).by_address
    if model.address not in clients:
        clients[model.address] = _new(model)
    return clients[model.address]


async def close_clients() -> None:
    """Close the running loop's clients.  Callers' own http clients stay open."""
    if (clients := _LOOPS.get(current_token().native_token)) is not None:
        await clients.closer.aclose()


async def _clients_of_this_loop() -> _Clients:
    loop = current_token().native_token
    if loop not in _LOOPS:
        closer = _close_at_the_end(loop)
        _LOOPS[loop] = _Clients(closer)
        await anext(closer)  # a loop that shuts down closes the generators that were begun in it
    return _LOOPS[loop]


async def _close_at_the_end(loop: object) -> AsyncGenerator[None]:
    try:
        yield
    finally:
        clients = _LOOPS.pop(loop, None)
        with anyio.move_on_after(_SECONDS_TO_CLOSE, shield=True):
            for client in clients.by_address.values() if clients is not None else ():
                await client.close()


def _new(model: Model) -> AsyncOpenAI:
    """Return a client without retries of its own: the machine decides about them, where they are seen and counted."""
    from httpx2 import Timeout
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient

    return AsyncOpenAI(
        api_key=model.address.api_key,
        base_url=model.address.url,
        max_retries=0,
        timeout=Timeout(None, connect=model.address.connect_seconds),
        default_headers=dict(model.address.headers),
        http_client=model.http_client or DefaultAsyncHttpxClient(verify=_trust()),
    )


@cache
def _trust() -> SSLContext:
    """Return the certificates that are trusted; reading them takes 40 milliseconds, so it is done once."""
    from httpx2 import create_ssl_context

    return create_ssl_context()
