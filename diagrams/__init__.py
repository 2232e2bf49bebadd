"""The machine drawn from its table.

    mermaid      text that GitHub draws; committed as `machine.mmd`
    svg          a picture with the table below; committed as `machine.svg`
    rows_table   the table in Markdown

`python -m detent.diagrams` writes both committed files anew.
"""

from .mermaid import mermaid
from .svg import svg
from .table import rows_table

__all__ = ["mermaid", "rows_table", "svg"]
