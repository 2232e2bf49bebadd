"""The tools of an agent as requests carry them: encoded once for each host's dialect, whatever number of runs there are."""

from __future__ import annotations

from typing import TypeAlias

from attrs import define, field

from ..states import Conversation
from ..tools import Tool, Toolbox
from ..tools.dialect import Dialect
from .wire import encode

__all__ = ["Offering"]

_Key: TypeAlias = tuple[Dialect, tuple[str, ...]]


@define(eq=False)
class Offering:
    """*toolbox* and its encoded forms.  Threads and tasks may share it."""

    toolbox: Toolbox
    _encoded: dict[_Key, bytes] = field(factory=dict["_Key", bytes], init=False)
    _is_constant: bool = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Look once whether any tool hides at times."""
        self._is_constant = all(tool.hidden_until is None for tool in self.toolbox)

    def visible(self, conversation: Conversation) -> Toolbox:
        """Return the tools that a model may see in *conversation*."""
        if self._is_constant:
            return self.toolbox
        return Toolbox(tool for tool in self.toolbox if tool.is_visible(conversation))

    def get(self, name: str, conversation: Conversation) -> Tool | None:
        """Return the tool of that *name*, if a model may see it in *conversation*."""
        tool = self.toolbox.get(name)
        return tool if tool is not None and tool.is_visible(conversation) else None

    def encoded(self, tools: Toolbox, dialect: Dialect) -> bytes | None:
        """Return *tools*, some or all of these, as a request carries them in *dialect*; None when there are none."""
        if not len(tools):
            return None
        key = (dialect, tools.names)
        if key not in self._encoded:
            self._encoded[key] = encode(tools.in_dialect(dialect))
        return self._encoded[key]
