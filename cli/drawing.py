"""`detent diagram`: the machine as text or as a picture."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from ..diagrams import dot, mermaid, outline, rows_table, svg
from ..errors import ConfigurationError
from ..states import ROWS

__all__ = ["draw", "put_out"]

_FORMS = {"mermaid": mermaid, "dot": dot, "svg": svg, "text": outline, "table": rows_table}


def draw(form: Literal["mermaid", "dot", "svg", "text", "table"], output: Path | None) -> None:
    """Write the drawing to the file *output*, or to stdout.  Raises `ConfigurationError` when it can not be written."""
    put_out(_FORMS[form](ROWS), output)


def put_out(text: str, output: Path | None) -> None:
    """Write *text* and a line's end to the file *output*, or to stdout.

    Raises `ConfigurationError` when it can not be written.
    """
    text = text.rstrip("\n") + "\n"
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"--output {output}: {error.strerror or error}") from None
