"""What stands before every route: sizes, rates, hosts, origins, and the headers that keep a page to itself."""

from __future__ import annotations

import json
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any, Final, TypeAlias

from anyio import move_on_after
from attrs import define, field, frozen

from .keys import Keys

__all__ = ["LOOPBACK", "Bounds", "Guard"]

# Any: the types of ASGI, as its specification leaves them (asgi.readthedocs.io, read 2026-11-21).
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_HEADERS: Final = (
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
"""The names of this machine: a page of elsewhere that makes its name lead here goes by its own."""
_CALLERS: Final = 10_000
_SECONDS_TO_FINISH: Final = 1.0
_SECONDS_OF_SILENCE: Final = 30.0
"""For how long nothing may come of a body that is not whole yet."""


@frozen(kw_only=True)
class Bounds:
    """How much may be asked: bytes of a body, requests a minute of one caller (and as many at once), runs, characters."""

    body: int = 1_000_000
    requests: int = 600
    runs: int = 100
    runs_of_owner: int = 10
    text: int = 100_000


@define(eq=False)
class Guard:
    """An ASGI middleware.  *hosts* are the names that the service answers to, None for any (behind a proxy, or with keys)."""

    app: App
    keys: Keys
    bounds: Bounds
    hosts: frozenset[str] | None = LOOPBACK
    _spent: OrderedDict[str, tuple[float, float]] = field(factory=OrderedDict[str, tuple[float, float]], init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is refused, and hand on the rest, with its body counted and the headers added."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = self._refusal(scope, headers)
        guarded = _Guarded(receive, send, self.bounds.body)
        if refusal is not None:
            await guarded.refuse(*refusal)
            return
        with suppress(_Refused):
            await self.app(scope, guarded.receive, guarded.send)

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str, str, dict[str, str]] | None:
        host = _name_of(headers.get("host", ""))
        if self.hosts is not None and host not in self.hosts:
            return 421, "wrong_host", "this service does not go by that name", {}
        origin = headers.get("origin")
        changes = scope["method"] not in ("GET", "HEAD")
        if origin is not None and changes and origin.rpartition("//")[2].lower() != headers.get("host", "").lower():
            return 403, "wrong_origin", "pages of elsewhere may not ask this service", {}
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self.bounds.body:
            return 413, "too_large", f"a body of up to {self.bounds.body} bytes is taken", {}
        wait = self._wait(self.keys.owner(headers.get("authorization")) or (scope.get("client") or ("",))[0])
        if wait:
            return 429, "too_many", "too many requests: ask again later", {"retry-after": str(math.ceil(wait))}
        return None

    def _wait(self, caller: str) -> float:
        """Count a request; return after how many seconds the caller may ask again, 0 for now."""
        now, rate = time.monotonic(), self.bounds.requests / 60
        left, at = self._spent.pop(caller, (float(self.bounds.requests), now))
        left = min(float(self.bounds.requests), left + (now - at) * rate)
        self._spent[caller] = (max(0.0, left - 1), now) if left >= 1 else (left, now)
        if len(self._spent) > _CALLERS:
            self._spent.popitem(last=False)
        return 0.0 if left >= 1 else (1 - left) / rate


class _Refused(Exception):
    """The body is longer than is taken, or does not come."""


@define(eq=False)
class _Guarded:
    """One request: what comes is counted, what goes has the headers."""

    _receive: Receive
    _send: Send
    _most: int
    _came: int = 0
    _began: bool = False
    _is_whole: bool = False

    async def receive(self) -> MutableMapping[str, Any]:
        with move_on_after(math.inf if self._is_whole else _SECONDS_OF_SILENCE):
            message = await self._receive()
            self._came += len(message.get("body", b""))
            self._is_whole = not message.get("more_body", False)
            if self._came > self._most:
                await self._let_pass(message)
                raise _Refused
            return message
        if not self._began:
            await self.refuse(408, "too_slow", "the body did not come", {"connection": "close"})
        raise _Refused

    async def _let_pass(self, message: MutableMapping[str, Any]) -> None:
        """Read a little more: who is cut off in the middle of a word does not hear the answer."""
        with move_on_after(_SECONDS_TO_FINISH):
            while message.get("more_body", False) and self._came < 8 * self._most:
                message = await self._receive()
                self._came += len(message.get("body", b""))

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if self._came > self._most:
            await self._refuse_the_rest()  # whatever was made of a body that broke off
            return
        if message["type"] == "http.response.start":
            self._began = True
            given = {name.lower() for name, _ in message.get("headers", ())}
            added = [(name, value) for name, value in _HEADERS if name not in given]
            message = {**message, "headers": [*message.get("headers", ()), *added]}
        await self._send(message)

    async def _refuse_the_rest(self) -> None:
        if not self._began:
            self._came = 0
            await self.refuse(413, "too_large", f"a body of up to {self._most} bytes is taken", {"connection": "close"})
            self._came = self._most + 1

    async def refuse(self, status: int, kind: str, text: str, headers: dict[str, str]) -> None:
        body = json.dumps({"error": {"type": kind, "message": text}}).encode()
        sent = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        sent += [(name.encode(), value.encode()) for name, value in headers.items()]
        await self.send({"type": "http.response.start", "status": status, "headers": sent})
        await self.send({"type": "http.response.body", "body": body})


def _name_of(address: str) -> str:
    """Return the host in a `Host` or an `Origin`, without scheme and port."""
    name = address.rpartition("//")[2].lower()
    return name if name.endswith("]") else name.rpartition(":")[0] or name
