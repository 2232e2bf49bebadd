"""The service on an address of this machine, until it is told to stop."""

from __future__ import annotations

import ipaddress
import socket
import sys
from contextlib import suppress

import uvicorn

from ..errors import ConfigurationError
from .app import Service
from .guard import LOOPBACK

__all__ = ["Server", "is_loopback", "serve"]


def serve(service: Service, *, address: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve until SIGTERM or Ctrl-C, then park the runs; port 0 takes a free one.  A line on stderr says where it is.

    On an address that others can reach it starts with keys only.  Raises `ConfigurationError` for that, and when the
    address can not be had.
    """
    local = is_loopback(address)
    if not local and not service.keys:
        raise ConfigurationError(
            f"serve: {address} can be reached by others, so a key is wanted: --key-file FILE, with a line `owner: key` each"
        )
    with _listening(address, port) as listening:
        shown = f"[{address}]" if ":" in address else address
        sys.stderr.write(f"detent at http://{shown}:{listening.getsockname()[1]}/. Ctrl-C stops it, and parks what runs.\n")
        sys.stderr.flush()
        config = uvicorn.Config(
            service.app(hosts=LOOPBACK | {address} if local else None),
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=round(service.park_seconds) + 1,
        )
        with suppress(KeyboardInterrupt):  # it has stopped by then, in good order
            Server(config, service).run([listening])


class Server(uvicorn.Server):
    """Closes the service before it waits for its connections to end: some of them end only then."""

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        """Take how to serve, and what."""
        super().__init__(config)
        self.service = service

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Park the runs, end the streams, then close the connections."""
        await self.service.desk.hub.close(self.service.park_seconds)
        await super().shutdown(sockets)


def is_loopback(address: str) -> bool:
    """Whether only programs of this machine can reach it."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def _listening(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        return socket.create_server((address.strip("[]"), port), family=family, reuse_port=False)
    except OSError as error:
        raise ConfigurationError(f"serve: {address}:{port}: {error.strerror or error}") from None
