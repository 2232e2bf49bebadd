"""What the world hands to a tool: its `Context`, and to an agent that runs as a tool the bounds of the run around it."""

from __future__ import annotations

from typing import TypeVar

from attrs import field, frozen

from ..states import Conversation, Usage
from ..tools import Context
from .journal import Journal

__all__ = ["CallContext"]

D = TypeVar("D")


@frozen(kw_only=True)
class CallContext(Context[D]):
    """A `Context` that knows the *conversation* it is called from and its *journal*.

    *spent* takes what models used on the tool's behalf: when the call comes to an end, it counts against the run's limits.
    """

    conversation: Conversation = field(repr=False, eq=False)
    journal: Journal | None = field(default=None, repr=False, eq=False)
    spent: list[Usage] = field(factory=list[Usage], repr=False, eq=False)
