"""The command line: `detent run "What is 17% of 2,340?"`, `detent --help`."""

from __future__ import annotations

import sys
from io import TextIOWrapper

__all__ = ["main"]


def main() -> None:
    """Run the command line and exit: with 2 and one line on stderr when what it is made with is not installed."""
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
    app(prog_name="detent")
