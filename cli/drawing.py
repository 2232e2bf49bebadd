"""`detent diagram`: the machine as text or as a picture."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from ..diagrams import dot, mermaid, outline, rows_table, svg
from ..errors import ConfigurationError
from ..machine.own_machine import Machine
from ..states import ROWS, Rows
from .named import object_named

__all__ = ["draw", "put_out", "to_stdout"]

_FORMS = {"mermaid": mermaid, "dot": dot, "svg": svg, "text": outline, "table": rows_table}


def draw(target: str | None, form: Literal["mermaid", "dot", "svg", "text", "table"], output: Path | None) -> None:
    """Write the drawing of the agent loop, or of the `Machine` that *target* names, to the file *output*, or to stdout.

    Raises `ConfigurationError` when it can not be written, or the machine not be had.
    """
    put_out(_FORMS[form](ROWS if target is None else _rows_of(target)), output)


def _rows_of(target: str) -> Rows:
    found = object_named(target, option="diagram", wanted="a detent.Machine")
    if not isinstance(found, Machine):
        raise ConfigurationError(f"diagram {target!r}: that is of type {type(found).__name__}; a detent.Machine is wanted")
    return found.rows


def put_out(text: str, output: Path | None) -> None:
    """Write *text* and a line's end to the file *output*, or to stdout.

    Raises `ConfigurationError` when it can not be written.
    """
    text = text.rstrip("\n") + "\n"
    if output is None or output == Path("-"):
        to_stdout(text)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ConfigurationError(f"--output {output}: {error.strerror or error}") from None


def to_stdout(text: str) -> None:
    """Write *text* to stdout: in UTF-8 where a file or a program takes it, whatever the locale; in the terminal's own else."""
    if sys.stdout.isatty():
        sys.stdout.write(text)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode(errors="replace"))
