"""A service on a free port of this machine, in a thread, as `detent serve` serves it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Self

import httpx2
import uvicorn

from detent.service.app import Service
from detent.service.server import Server

__all__ = ["Serve", "Served"]


Serve = Callable[..., "Served"]
"""Starts a service of the tests' agent; takes what `Service` takes."""


class Served:
    """A context manager: entered it answers at `url`, left it has parked what ran."""

    def __init__(self, service: Service, **more: Any) -> None:
        """Take the service, and what its `app` is given."""
        self.service = service
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._server = Server(uvicorn.Config(service.app(**more), log_config=None, timeout_graceful_shutdown=2), service)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def client(self, key: str | None = None) -> httpx2.Client:
        """Return a client of it."""
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=20)

    def __enter__(self) -> Self:
        """Start it."""
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)
        return self

    def stop(self) -> None:
        """Begin to stop it, as SIGTERM does."""
        self._server.should_exit = True

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.stop()
        self._thread.join()
        self._socket.close()
