"""The one place that calls the `openai` SDK: request bytes go out, a reply or a fault comes back."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, Final, cast

import anyio
from attrs import define, evolve, field

from ..states.events import Reply
from ..states.messages import Origin
from .clients import close_clients, pool_for
from .model import Model
from .wire.fault import Fault
from .wire.intake import read_body
from .wire.refusal import read_refusal
from .wire.stream import Delta, StreamFold

if TYPE_CHECKING:
    import httpx2
    import openai
    from openai import AsyncOpenAI
    from openai._types import RequestOptions  # the SDK gives it no public name

__all__ = ["ask", "close_clients", "options_of"]

_GRACE: Final = 0.5
"""Seconds for a host to close a stream that it has said is over: then the connection can be used again."""

_JSON: Final = "application/json"


async def ask(
    model: Model,
    body: bytes,
    show: Callable[[Delta], None] | None = None,
    *,
    offered: frozenset[str] = frozenset(),
    first_token_timeout: float | None = None,
    between_tokens_timeout: float | None = None,
) -> Reply | Fault:
    """Send *body* to the model's endpoint and return the reply or the fault; whatever the host does, nothing is raised.

    With *show* the body must ask for a stream, and *show* gets its pieces as they come; *first_token_timeout* is then how
    many seconds may pass before the first piece of the reply, *between_tokens_timeout* how many between two (None: any).
    Comments that only keep the connection open are no pieces.  *offered* are the names of the tools in *body*: a call of
    one that the model writes into its text is told from prose by them.
    """
    import httpx2
    import openai  # half a second of imports: paid at the first model call, not by `import detent`

    async def once() -> Reply | Fault:
        with (await pool_for(model)).lend() as client:
            if show is None:
                return await _ask_whole(client, model, body, offered)
            stream = _Listening(StreamFold(offered), show, first_token_timeout, between_tokens_timeout)
            return await stream.ask(client, model, body)

    try:
        try:
            return await once()
        except openai.APIConnectionError as error:
            if not _was_hung_up(error):
                raise
            return await once()
    except openai.APIStatusError as error:
        refused = error.response
        return read_refusal(
            refused.status_code, refused.headers, refused.content, model.origin, offered=offered, now=time.time()
        )
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


async def _ask_whole(client: AsyncOpenAI, model: Model, body: bytes, offered: frozenset[str]) -> Reply | Fault:
    import httpx2

    response = await client.post("/chat/completions", content=body, cast_to=httpx2.Response, options=options_of(model))
    return read_body(response.content, model.origin, offered)


@define(eq=False)
class _Listening:
    """One streamed reply on its way: the fold, who is shown the pieces, and for how long it may be silent."""

    fold: StreamFold
    show: Callable[[Delta], None]
    first_token_timeout: float | None
    between_tokens_timeout: float | None
    _shown: bool = field(default=False, init=False)

    async def ask(self, client: AsyncOpenAI, model: Model, body: bytes) -> Reply | Fault:
        """Send *body* and return what is heard.  Raises what the SDK raises until the answer has begun."""
        with anyio.CancelScope() as scope:
            scope.deadline = _deadline(self.first_token_timeout)
            response = await _post(client, model, body)
            try:
                heard = await self._listen(response, scope, model.origin)
            finally:
                with anyio.move_on_after(_GRACE, shield=True):  # an unclosed response would keep its connection for ever
                    await response.aclose()
            return self._settled(heard)
        if self.fold.is_done:
            return self._settled(self._end(model.origin))
        return self._settled(self._silence())

    async def _listen(self, response: httpx2.Response, scope: anyio.CancelScope, origin: Origin) -> Reply | Fault:
        import httpx2

        heard = 0
        try:
            async for chunk in response.aiter_bytes():
                self._show(self.fold.feed(chunk))
                if self.fold.is_done:
                    scope.deadline = _deadline(_GRACE)
                elif heard != self.fold.progress:
                    heard = self.fold.progress
                    scope.deadline = _deadline(self.between_tokens_timeout)
        except httpx2.RequestError as error:
            if not self.fold.is_done:
                why = str(error) or type(error).__name__
                return Fault(kind="connection", message=f"the stream broke off: {why}", retryable=True)
        return self._end(origin)

    def _end(self, origin: Origin) -> Reply | Fault:
        self._show(self.fold.close())
        return self.fold.finish(origin)

    def _show(self, deltas: list[Delta]) -> None:
        for delta in deltas:
            self._shown = self._shown or delta.kind != "call"  # a piece of a call is a preview, void if the stream breaks
            self.show(delta)

    def _silence(self) -> Fault:
        if self.fold.progress:
            message = f"the reply stopped: nothing came for {self.between_tokens_timeout:.3g} seconds"
        else:
            message = f"no reply had begun after {self.first_token_timeout:.3g} seconds"
        return Fault(kind="timeout", message=message, retryable=True)

    def _settled(self, heard: Reply | Fault) -> Reply | Fault:
        """Return what was heard; a fault is final when something was shown: a second try would say it twice."""
        return evolve(heard, retryable=False) if isinstance(heard, Fault) and self._shown else heard


async def _post(client: AsyncOpenAI, model: Model, body: bytes) -> httpx2.Response:
    """Return the response as soon as it has begun."""
    import httpx2
    from openai import AsyncStream

    unread = await client.post(
        "/chat/completions",
        content=body,
        cast_to=httpx2.Response,
        options=options_of(model),
        stream=True,
        stream_cls=AsyncStream[object],
    )
    return cast("httpx2.Response", unread)  # what `cast_to` asks for; the overload promises the stream class


def _was_hung_up(error: openai.APIConnectionError) -> bool:
    """Whether the server closed a kept connection just as it was used again: it has not looked at the request."""
    import httpx2

    cause = error.__cause__
    return isinstance(cause, httpx2.RemoteProtocolError) and "without sending a response" in str(cause)


def _deadline(seconds: float | None) -> float:
    return inf if seconds is None else anyio.current_time() + seconds


def options_of(model: Model) -> RequestOptions:
    """Return the headers of a request: a key goes out once, in the header that the host reads."""
    if model.profile.key_header.lower() == "authorization":
        return {"headers": {"Content-Type": _JSON}}
    from openai import omit

    return {"headers": {"Content-Type": _JSON, "Authorization": omit}}
