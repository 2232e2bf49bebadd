"""The one place that calls the `openai` SDK: request bytes go out, a reply or a fault comes back.

One SDK client is kept for each endpoint, key and event loop, and shared by all agents of the process.  A pooled
connection belongs to the loop it was opened on; keeping the loops apart is what lets `run_sync` be called again and
again, and threads have loops of their own.
"""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, cast
from weakref import WeakKeyDictionary

from anyio.lowlevel import current_token
from attrs import evolve

from ..states.events import Reply
from ..states.messages import Origin
from .model import Address, Model
from .wire.fault import Fault, fault_of_status, named_error
from .wire.intake import read_body
from .wire.stream import Delta, StreamFold

if TYPE_CHECKING:
    import httpx2
    from openai import APIStatusError, AsyncOpenAI
    from openai._types import RequestOptions  # the SDK gives it no public name

__all__ = ["ask", "close_clients"]

_LONGEST_WAIT: Final = 120.0
"""Seconds: a host that asks for a longer pause is not asked again (the SDK's rule)."""


_OPTIONS: Final[RequestOptions] = {"headers": {"Content-Type": "application/json"}}

_CLIENTS: WeakKeyDictionary[object, dict[Address, AsyncOpenAI]] = WeakKeyDictionary()


async def ask(model: Model, body: bytes, show: Callable[[Delta], None] | None = None) -> Reply | Fault:
    """Send *body* to the model's endpoint and return the reply or the fault; whatever the host does, nothing is raised.

    With *show* the body must ask for a stream, and *show* gets its pieces as they come.
    """
    import httpx2
    import openai  # half a second of imports: paid at the first model call, not by `import detent`

    try:
        client = _client_for(model)
        return await (
            _ask_whole(client, body, model.origin) if show is None else _ask_for_a_stream(client, body, model.origin, show)
        )
    except openai.APIStatusError as error:
        return _status_fault(error)
    except (openai.APITimeoutError, httpx2.TimeoutException):
        return Fault(kind="timeout", message=f"{model.address.url} did not answer in time", retryable=True)
    except (openai.APIConnectionError, httpx2.TransportError, httpx2.InvalidURL) as error:
        why = str(error.__cause__ or error) or type(error).__name__
        return Fault(
            kind="connection",
            message=f"no answer from {model.address.url}: {why}. Is the address right, and the server up?",
            retryable=True,
        )
    except (openai.OpenAIError, httpx2.HTTPError, UnicodeError) as error:
        return Fault(kind="bad_response", message=f"{model.address.url}: {type(error).__name__}: {error}")


async def close_clients() -> None:
    """Close the running loop's clients.  Callers' own http clients stay open."""
    for client in _CLIENTS.pop(current_token(), {}).values():
        await client.close()


def _client_for(model: Model) -> AsyncOpenAI:
    if model.http_client is not None:
        if not model.own_client:
            model.own_client.append(_new(model))
        return model.own_client[0]
    clients = _CLIENTS.setdefault(current_token(), {})
    if model.address not in clients:
        clients[model.address] = _new(model)
    return clients[model.address]


def _new(model: Model) -> AsyncOpenAI:
    """Return a client without retries of its own: the machine decides about them, where they are seen and counted."""
    from httpx2 import Timeout
    from openai import AsyncOpenAI

    return AsyncOpenAI(
        api_key=model.address.api_key,
        base_url=model.address.url,
        max_retries=0,
        timeout=Timeout(None, connect=model.address.connect_seconds),
        default_headers=dict(model.address.headers),
        http_client=model.http_client,
    )


async def _ask_whole(client: AsyncOpenAI, body: bytes, origin: Origin) -> Reply | Fault:
    import httpx2

    response = await client.post("/chat/completions", content=body, cast_to=httpx2.Response, options=_OPTIONS)
    if _is_stream(response):
        return _fold(response.content, origin)
    return read_body(response.content, origin)


async def _ask_for_a_stream(client: AsyncOpenAI, body: bytes, origin: Origin, show: Callable[[Delta], None]) -> Reply | Fault:
    import httpx2
    from openai import AsyncStream

    unread = await client.post(
        "/chat/completions",
        content=body,
        cast_to=httpx2.Response,
        options=_OPTIONS,
        stream=True,
        stream_cls=AsyncStream[object],
    )
    response = cast("httpx2.Response", unread)  # what `cast_to` asks for; the overload promises the stream class
    try:
        if not _is_stream(response):
            return read_body(await response.aread(), origin)
        return await _fold_and_show(response, origin, show)
    finally:
        await response.aclose()


async def _fold_and_show(response: httpx2.Response, origin: Origin, show: Callable[[Delta], None]) -> Reply | Fault:
    import httpx2

    fold, shown = StreamFold(), False
    try:
        async for chunk in response.aiter_bytes():
            for delta in fold.feed(chunk):
                shown = True
                show(delta)
        heard = fold.finish(origin)
    except httpx2.TransportError as error:
        heard = Fault(kind="connection", message=f"the stream broke off: {error or type(error).__name__}", retryable=True)
    # What was shown can not be taken back: a second try would say it twice.
    return evolve(heard, retryable=False) if isinstance(heard, Fault) and shown else heard


def _fold(content: bytes, origin: Origin) -> Reply | Fault:
    fold = StreamFold()
    fold.feed(content)
    return fold.finish(origin)


def _is_stream(response: httpx2.Response) -> bool:
    return response.headers.get("content-type", "").startswith("text/event-stream")


def _status_fault(error: APIStatusError) -> Fault:
    headers = error.response.headers
    named = named_error(error.body) or named_error({"error": error.body})
    fault = fault_of_status(error.status_code, named[0] if named else error.response.text)
    wait = _retry_after(headers)
    said = headers.get("x-should-retry")
    retryable = fault.retryable if said not in ("true", "false") else said == "true"
    return evolve(fault, retryable=retryable and (wait or 0) <= _LONGEST_WAIT, retry_after=wait)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that the host asks to wait: `retry-after-ms`, else `retry-after` as a number or a date."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers[name]) * unit)
        except (KeyError, ValueError):
            continue
    when = email.utils.parsedate_tz(headers.get("retry-after", ""))
    return None if when is None else max(0.0, email.utils.mktime_tz(when) - time.time())
