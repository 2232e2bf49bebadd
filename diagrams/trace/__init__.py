"""What a conversation's events tell, drawn: no model, no tools, and nothing but the events.

trace      the events folded: runs, activities, counts
text       a line an event
path       Mermaid: the machine, with how often each row was taken
sequence   Mermaid: who said what
page       one HTML file with all of it, which needs nothing from elsewhere
"""

from .mermaid import path, sequence
from .runs import RunTrace, Trace, trace
from .text import text
from .web import page

__all__ = ["RunTrace", "Trace", "page", "path", "sequence", "text", "trace"]
