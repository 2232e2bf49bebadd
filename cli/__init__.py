"""The command line: `detent run "What is 17% of 2,340?"`, `detent --help`."""

from __future__ import annotations

import os
import sys
from errno import EDQUOT, EIO, ENOSPC
from io import TextIOWrapper
from typing import Final

__all__ = ["main"]

_FULL: Final = (ENOSPC, EDQUOT, EIO)


def main() -> None:
    """Run the command line and exit: with 2 and one line on stderr when what it is made with is not installed."""
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that can not show a character shows a question mark
    try:
        from .app import app
    except ModuleNotFoundError as error:
        if error.name not in ("typer", "rich"):
            raise
        sys.stderr.write("the command line needs typer: pip install 'detent[cli]'\n")
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    try:
        try:
            app(prog_name="detent")
        finally:
            sys.stdout.flush()
    except OSError as error:
        if error.errno not in _FULL:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more at its end
        sys.stderr.write(f"detent: standard output: {error.strerror}\n")
        raise SystemExit(1) from None


def _open_what_is_closed() -> None:
    """Give the process the standard streams that it was begun without: nothing comes from there, and nothing is kept."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115  # as long as the process
