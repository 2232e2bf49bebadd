"""`detent diagram`: the machine as text or as a picture."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from ..diagrams import mermaid, rows_table, svg
from ..errors import ConfigurationError
from ..states import ROWS

__all__ = ["draw"]

_FORMS = {"mermaid": mermaid, "svg": svg, "table": rows_table}


def draw(form: Literal["mermaid", "svg", "table"], output: Path | None) -> None:
    """Write the drawing to the file *output*, or to stdout.  Raises `ConfigurationError` when it can not be written."""
    text = _FORMS[form](ROWS).rstrip("\n") + "\n"
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"--output {output}: {error.strerror or error}") from None
