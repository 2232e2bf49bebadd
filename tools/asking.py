"""`NeedsInput`: how a tool asks a person something before it goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from .checks import own_copy
from .wording import JsonObject

__all__ = ["InnerCall", "NeedsInput"]


@frozen(kw_only=True)
class InnerCall:
    """A call inside an agent that runs as a tool, which waits for a person: *arguments* and *schema* are JSON text."""

    id: str
    name: str
    arguments: str
    question: str | None = None
    schema: str | None = None


class NeedsInput(Exception):  # it says what is needed; it is no error
    """Raised by a tool that has to know something of a person first.  The run then waits, and holds nothing meanwhile.

    *question* is in words; *schema* is the JSON schema of the answer (default: a yes or no).  With the answer the tool's
    function is called again from its start, and finds it in `Context.answers`; `Context.ask` does both in one.
    """

    def __init__(
        self, question: str, schema: Mapping[str, object] | None = None, *, waiting: Sequence[InnerCall] = (), seq: int = 0
    ) -> None:
        """Ask *question*.  Raises `ToolDefinitionError` for a *schema* that is none.

        *waiting* and *seq* are for agents that run as tools: their own calls that wait, and how far they have come.
        """
        super().__init__(question)
        self.question = question
        self.schema: JsonObject = {"type": "boolean"} if schema is None else _checked(schema)
        self.waiting = tuple(waiting)
        self.seq = seq


def _checked(schema: Mapping[str, object]) -> JsonObject:
    from .raw import reader_of  # here: jsonschema is needed for schemas made by hand only

    plain = own_copy(schema)
    reader_of("NeedsInput", plain)
    return plain
