"""What a host is told of a tool, in the host's own dialect of JSON Schema.

    in_dialect      the tools of a request, for a host of that dialect
    convert         one schema: what it becomes, and what was dropped on the way
    declaration     a tool as Gemini's native API declares it; `declared` is the way back
    Restoring       arguments as the original schema means them

A schema is read once into one well-formed form (`reading`), then told as a choice of types (`shape`), which a `Writer` a
dialect puts down.  It takes more values than the original where the dialect can not say what the original does, and never
fewer; the original goes on judging the arguments of every call.
"""

from ..dialect import DIALECTS, Dialect
from .converted import Converted, Dropped
from .converting import convert, entry, in_dialect, sent_name
from .declaring import declaration, declared, from_gemini
from .restoring import Restoring

__all__ = [
    "DIALECTS",
    "Converted",
    "Dialect",
    "Dropped",
    "Restoring",
    "convert",
    "declaration",
    "declared",
    "entry",
    "from_gemini",
    "in_dialect",
    "sent_name",
]
