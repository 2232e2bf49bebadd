"""A fault of the caller's, told as the command line tells it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import typer

from ..errors import DetentError
from .exits import Exit
from .plain import plain

__all__ = ["faults_told"]


@contextmanager
def faults_told() -> Generator[None]:
    """Tell a fault of the caller's in one line on stderr, and exit with 2."""
    try:
        yield
    except DetentError as error:
        typer.echo(f"detent: {plain(str(error))}", err=True)
        raise typer.Exit(Exit.USAGE) from None
