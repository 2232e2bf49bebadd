"""A TCP proxy on loopback that cuts a connection at a word of the client's: before the server hears it, or after it obeyed."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Literal, Self

__all__ = ["CuttingProxy"]

_READY = b"Z\x00\x00\x00\x05I"
"""How PostgreSQL says that it has done what was asked and is in no transaction."""


class CuttingProxy:
    """Passes on to *port*, and cuts when it is armed.  A context manager."""

    def __init__(self, port: int) -> None:
        """Listen on a port of its own."""
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._armed: tuple[bytes, Literal["before", "after"]] | None = None
        self._refuses = self._then_refuses = False
        self._silenced: socket.socket | None = None
        self._answered = threading.Event()
        self.cuts = 0
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def cut(self, word: bytes, when: Literal["before", "after"], *, then_refuse: bool = False) -> None:
        """Cut the connection on which *word* is sent next; *then_refuse* all new ones until `heal`."""
        self._armed = (word, when)
        self._then_refuses = then_refuse

    def heal(self) -> None:
        """Let new connections through again."""
        self._refuses = False

    def __enter__(self) -> Self:
        """Begin to accept."""
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        """Close everything."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in self._open:
            self._drop(each)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._refuses:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self._target))
            self._open += [client, server]
            pumps = [
                threading.Thread(target=self._forth, args=(client, server), daemon=True),
                threading.Thread(target=self._back, args=(server, client), daemon=True),
            ]
            self._threads += pumps
            for pump in pumps:
                pump.start()

    def _forth(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if self._armed is not None and self._armed[0] in data:
                    (_, when), self._armed = self._armed, None
                    self._refuses = self._then_refuses
                    self.cuts += 1
                    if when == "before":
                        break
                    self._let_it_be_done(client, server, data)
                    break
                server.sendall(data)
        self._drop(client)
        self._drop(server)

    def _let_it_be_done(self, client: socket.socket, server: socket.socket, data: bytes) -> None:
        """Pass *data* on, and wait for the answer without passing that back."""
        self._answered.clear()
        self._silenced = client
        server.sendall(data)
        self._answered.wait(10)

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                if self._silenced is client:
                    if data.endswith(_READY):
                        self._answered.set()
                    continue
                client.sendall(data)
        self._drop(client)
        self._drop(server)

    @staticmethod
    def _drop(each: socket.socket) -> None:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
