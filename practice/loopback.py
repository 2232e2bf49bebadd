"""The practice endpoint on a port of this machine: in a thread of its own, or until Ctrl-C."""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import partial
from ipaddress import ip_address
from threading import Thread
from types import TracebackType
from typing import Self

import uvicorn

from .rules import ABOUT, MODEL
from .server import app

__all__ = ["Practice", "serve"]

LOCALHOST = "127.0.0.1"
PRINT = partial(print, flush=True)


class Practice:
    """The endpoint in a thread, for as long as the `with` block lasts.

    It listens from the moment of entering: *base_url* can be used at once.  *port* 0 takes a free one.  Raises
    `ValueError` for a host that is not loopback, and `OSError` on entering when the port is taken.
    """

    def __init__(self, port: int = 0, *, host: str = LOCALHOST) -> None:
        """Choose where to listen; nothing is opened yet."""
        self._address = (_loopback(host), port)
        self._socket: socket.socket | None = None
        self._server = _server()
        self._thread: Thread | None = None

    def __enter__(self) -> Self:
        if self._socket is not None:
            raise RuntimeError("this endpoint is or was in use already: make another")
        self._socket = _listening(self._address)
        self._thread = Thread(target=self._server.run, args=([self._socket],), name="detent-practice", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.should_exit = True
        if self._thread is not None and self._socket is not None:
            self._thread.join()
            self._socket.close()

    @property
    def base_url(self) -> str:
        """Where a client finds it: `http://127.0.0.1:PORT/v1`.  Raises `RuntimeError` outside the `with` block."""
        if self._socket is None or self._socket.fileno() < 0:
            raise RuntimeError("the practice endpoint listens inside its `with` block only")
        return _url(self._socket)


def serve(port: int = 0, *, host: str = LOCALHOST, say: Callable[[str], None] = PRINT) -> None:
    """Serve until Ctrl-C or SIGTERM, after one line, to *say*, on what it is and where.

    Raises `ValueError` for a host that is not loopback, and `OSError` when the port is taken.
    """
    with _listening((_loopback(host), port)) as listening:
        say(f"detent practice ({ABOUT}) at {_url(listening)}, model {MODEL!r}. Ctrl-C stops it.")
        try:
            _server().run([listening])
        except KeyboardInterrupt:
            return


def _loopback(host: str) -> str:
    """Return the address of *host*, which must be this machine's own: what answers any key is not for others."""
    try:
        address = ip_address(LOCALHOST if host == "localhost" else host)
    except ValueError:
        address = None
    if address is None or not address.is_loopback:
        raise ValueError(f"{host!r} is not loopback: the practice endpoint listens on 127.0.0.1, ::1 or localhost only")
    return str(address)


def _listening(address: tuple[str, int]) -> socket.socket:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    return socket.create_server(address, family=family, backlog=512)


def _url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/v1" if ":" in host else f"http://{host}:{port}/v1"


def _server() -> uvicorn.Server:
    """Return a server that says nothing: no access log, no lines of its own."""
    return uvicorn.Server(
        uvicorn.Config(
            app(),
            http="h11",
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )
