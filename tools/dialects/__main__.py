"""`python -m detent.tools.dialects`: write the table of docs/dialects.md anew."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from .table import dialects_table

__all__ = ["page"]


def page(root: Path) -> tuple[Path, str]:
    """Return the page under *root* that has the table, and what it has to hold."""
    path = root / "docs" / "dialects.md"
    block = f"<!-- dialects -->\n\n{dialects_table()}\n<!-- /dialects -->"
    return path, re.sub(r"<!-- dialects -->.*<!-- /dialects -->", lambda _: block, path.read_text("utf-8"), flags=re.DOTALL)


if __name__ == "__main__":
    where, text = page(Path(__file__).parents[2])
    where.write_text(text, encoding="utf-8", newline="\n")
    sys.stdout.write(f"wrote {where}\n")
