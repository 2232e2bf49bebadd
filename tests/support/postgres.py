"""A PostgreSQL server of the tests' own: a fresh cluster in a temporary folder, on loopback, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Self
from uuid import uuid4

import psycopg
from psycopg import sql

__all__ = ["Postgres"]

_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "16MB",
    "max_connections": "60",
    "listen_addresses": "127.0.0.1",
    "log_min_messages": "panic",
}


class Postgres:
    """A server.  A context manager: entered it runs, left it is stopped and its folder is gone."""

    def __init__(self) -> None:
        """Find the programs and a user who may run them: PostgreSQL refuses to run as root."""
        self.programs = _programs()
        self.user = _unprivileged_user()
        self.folder = Path(tempfile.mkdtemp(prefix="detent-postgres-"))
        self.port = _free_port()

    def __enter__(self) -> Self:
        """Make the cluster, start it, wait until it answers."""
        if self.user is not None:
            shutil.chown(self.folder, self.user)
        data = str(self.folder / "data")
        self._run("initdb", "-D", data, "-U", "detent", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
        try:
            self._start(data)
        except RuntimeError:  # another process was quicker to take the port
            self.port = _free_port()
            self._start(data)
        return self

    def _start(self, data: str) -> None:
        settings = {**_SETTINGS, "port": str(self.port), "unix_socket_directories": str(self.folder)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._run("pg_ctl", "-D", data, "-w", "-o", " ".join(options), "-l", str(self.folder / "log"), "start")

    def __exit__(self, *_: object) -> None:
        """Stop the server and remove its folder."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", "immediate", "stop")
        shutil.rmtree(self.folder)

    def database(self) -> str:
        """Make an empty database and return its URL."""
        name = f"test_{uuid4().hex}"
        with self.connect() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return f"postgresql://detent:secret-word@127.0.0.1:{self.port}/{name}"

    def schema(self) -> str:
        """Make an empty schema, which is quicker and smaller, and return the URL of a database that shows nothing else."""
        name = f"test_{uuid4().hex}"
        with self.connect() as connection:
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
        return f"postgresql://detent:secret-word@127.0.0.1:{self.port}/postgres?options=-csearch_path%3D{name}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """Return a connection of the administrator's."""
        return psycopg.connect(host="127.0.0.1", port=self.port, user="detent", dbname=database, autocommit=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), *arguments]
        done = subprocess.run(command, user=self.user, cwd=self.folder, capture_output=True, text=True)
        if done.returncode:
            log = self.folder / "log"
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}{log.read_text() if log.exists() else ''}")


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    if (on_path := shutil.which("initdb")) is not None:
        return Path(on_path).resolve().parent
    raise RuntimeError("these tests need PostgreSQL: apt-get install postgresql")


def _unprivileged_user() -> str | None:
    """Return whom to run the server as; None for the user that runs the tests."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
