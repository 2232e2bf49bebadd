"""The machine drawn from its table.

    mermaid      text that GitHub draws; committed as `machine.mmd`
    dot          text that Graphviz draws; committed as `machine.dot`
    svg          a picture with the table below; committed as `machine.svg`
    outline      a line a transition, for reviews; committed as `machine.txt`
    rows_table   the table in Markdown
    glossary     every state, event and effect in Markdown

`python -m detent.diagrams` writes all of them anew.  `detent.diagrams.trace` draws what a conversation did on the machine.
"""

from .dot import dot
from .glossary import glossary
from .mermaid import mermaid
from .outline import outline
from .svg import svg
from .table import rows_table

__all__ = ["dot", "glossary", "mermaid", "outline", "rows_table", "svg"]
