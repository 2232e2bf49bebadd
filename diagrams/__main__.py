"""`python -m detent.diagrams [folder]`: write `machine.mmd` and `machine.svg` anew, beside this file if no folder is named."""

from __future__ import annotations

import sys
from pathlib import Path

from ..states import ROWS
from . import mermaid, svg

__all__ = ["write"]


def write(folder: Path) -> tuple[Path, Path]:
    """Draw the table into *folder* and return the two files; lines end in a newline character on every system."""
    text, picture = folder / "machine.mmd", folder / "machine.svg"
    text.write_text(mermaid(ROWS), encoding="utf-8", newline="\n")
    picture.write_text(svg(ROWS), encoding="utf-8", newline="\n")
    return text, picture


if __name__ == "__main__":
    for file in write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent):
        sys.stdout.write(f"wrote {file}\n")
