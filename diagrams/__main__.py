"""`python -m detent.diagrams`: draw the machine anew, wherever a drawing of it is kept in this checkout."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from ..states import ROWS
from . import dot, glossary, mermaid, outline, rows_table, svg

__all__ = ["drawings"]

_PAGE = """# The table

Every transition of the machine, drawn from the rows that run. Guards and updates are named as the functions in `states/`.

{table}"""


def drawings(root: Path) -> dict[Path, str]:
    """Return what each file under *root* that shows the machine has to hold: the drawings, the tables, the README."""
    readme = (root / "README.md").read_text("utf-8")
    block = f"<!-- machine -->\n\n```mermaid\n{mermaid(ROWS).rstrip()}\n```\n\n<!-- /machine -->"
    return {
        root / "diagrams" / "machine.mmd": mermaid(ROWS),
        root / "diagrams" / "machine.svg": svg(ROWS),
        root / "diagrams" / "machine.dot": dot(ROWS),
        root / "diagrams" / "machine.txt": outline(ROWS),
        root / "docs" / "states.md": glossary(ROWS),
        root / "docs" / "table.md": _PAGE.format(table=rows_table(ROWS)),
        root / "README.md": re.sub(r"<!-- machine -->.*<!-- /machine -->", lambda _: block, readme, flags=re.DOTALL),
    }


if __name__ == "__main__":
    for path, text in drawings(Path(__file__).parent.parent).items():
        path.write_text(text, encoding="utf-8", newline="\n")
        sys.stdout.write(f"wrote {path}\n")
