"""Asking a web server at an address that was checked before, and at no other.

The request goes to the address itself, so that no name is looked up a second time; the server is told the name, and its
certificate must be for the name.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from ssl import SSLContext
from typing import TYPE_CHECKING

from .addresses import Address

if TYPE_CHECKING:
    from httpx2 import URL, AsyncHTTPTransport, Response

__all__ = ["answered", "system_trust"]

CONNECT_SECONDS = 5.0
"""How long one address of a host is tried before the next."""
MOST_TRIED = 4
"""Addresses of a host that are tried."""
_HEADERS = {
    "accept": "text/html, text/*;q=0.9, application/json;q=0.9, */*;q=0.1",
    "accept-encoding": "gzip",
    "user-agent": "detent",
}


@asynccontextmanager
async def answered(url: URL, addresses: Sequence[Address], trust: SSLContext) -> AsyncGenerator[Response]:
    """Ask for *url* at the first of *addresses* that lets one connect; yield the answer, its body not read yet.

    No cookies, credentials or proxies; nothing is followed; the connection is closed at the end.  Raises `ConnectionError`.
    """
    from httpx2 import AsyncHTTPTransport, HTTPError, Limits

    async with AsyncHTTPTransport(verify=trust, trust_env=False, limits=Limits(max_keepalive_connections=0)) as transport:
        try:
            response = await _first(transport, url, addresses[:MOST_TRIED])
            try:
                yield response
            finally:
                await response.aclose()
        except HTTPError as error:
            raise ConnectionError(f"{url.host}: {error or type(error).__name__}") from None


async def _first(transport: AsyncHTTPTransport, url: URL, addresses: Sequence[Address]) -> Response:
    from httpx2 import ConnectError, ConnectTimeout, Request

    headers = {"host": url.netloc.decode("ascii"), **_HEADERS}
    extensions = {"sni_hostname": url.raw_host.decode("ascii").rstrip("."), "timeout": {"connect": CONNECT_SECONDS}}
    for left, address in zip(range(len(addresses) - 1, -1, -1), addresses, strict=True):
        request = Request("GET", url.copy_with(host=str(address)), headers=headers, extensions=extensions)
        try:
            return await transport.handle_async_request(request)
        except (ConnectError, ConnectTimeout):
            if not left:
                raise
    raise AssertionError("unreachable: a host has an address, and the last either answers or raises")


@cache
def system_trust() -> SSLContext:
    """Return the certificates that are trusted; reading them takes 40 milliseconds, so it is done once."""
    from httpx2 import create_ssl_context

    return create_ssl_context()
