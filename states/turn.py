"""A tool turn: the assistant's calls and their outcomes, open until every call has one, then sealed."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import TypeAlias

from attrs import evolve, field, frozen
from attrs.validators import ge, min_len

from .messages import AssistantMessage, Call, JSONValue, Message, Said, UserMessage
from .text import well_formed

__all__ = ["Entry", "Outcome", "OutcomeKind", "SealedTurn", "Slot", "ToolTurn"]


class OutcomeKind(enum.Enum):
    """How a call ended.  All but the first are told to the model as a text that begins `Tool error:`."""

    RETURNED = "returned"
    RAISED = "raised"
    TIMED_OUT = "timed_out"
    BAD_ARGUMENTS = "bad_arguments"
    UNKNOWN_TOOL = "unknown_tool"
    UNSERIALISABLE = "unserialisable"
    DENIED = "denied"
    OVER_LIMIT = "over_limit"
    CANCELLED = "cancelled"
    LOST = "lost"


@frozen(kw_only=True)
class Outcome:
    """What came of a call.  *content* is the text the model reads; *seconds* how long the tool ran."""

    kind: OutcomeKind
    content: str = field(converter=well_formed)
    seconds: float = field(default=0.0, validator=ge(0))


@frozen(kw_only=True)
class Slot:
    """One call of an open turn and where it stands.

    *gated* is true until a person agreed, *started* once a `ToolStarted` was recorded.
    """

    call: Call
    gated: bool = False
    started: bool = False
    outcome: Outcome | None = None

    @property
    def is_owed(self) -> bool:
        """Whether the call has no outcome yet."""
        return self.outcome is None

    @property
    def is_over_limit(self) -> bool:
        """Whether the call was refused because of a limit."""
        return self.outcome is not None and self.outcome.kind is OutcomeKind.OVER_LIMIT

    @property
    def is_undecided(self) -> bool:
        """Whether the call waits for a person's word."""
        return self.outcome is None and self.gated


@frozen(kw_only=True)
class ToolTurn:
    """An open turn: what the assistant said with its calls, and a slot a call, in call order.  At least one slot.

    *seq* is the number of the event that opened it.
    """

    seq: int
    said: Said
    slots: tuple[Slot, ...] = field(validator=min_len(1))

    @property
    def owed(self) -> tuple[Slot, ...]:
        """The slots without an outcome, in call order."""
        return tuple(slot for slot in self.slots if slot.is_owed)

    @property
    def undecided(self) -> tuple[Slot, ...]:
        """The slots that wait for a person, in call order."""
        return tuple(slot for slot in self.slots if slot.is_undecided)

    def owes(self, call_id: str) -> bool:
        """Whether the call of that id is in this turn and has no outcome."""
        return any(slot.is_owed for slot in self.slots if slot.call.id == call_id)

    def awaits_word_on(self, call_id: str) -> bool:
        """Whether the call of that id waits for a person."""
        return any(slot.is_undecided for slot in self.slots if slot.call.id == call_id)

    def started(self, call_id: str) -> ToolTurn:
        """Return the turn with that call marked as started."""
        return self._with(call_id, lambda slot: evolve(slot, started=True))

    def opened(self, call_id: str) -> ToolTurn:
        """Return the turn with that call free to run."""
        return self._with(call_id, lambda slot: evolve(slot, gated=False))

    def settled(self, call_id: str, outcome: Outcome) -> ToolTurn:
        """Return the turn with *outcome* for that call."""
        return self._with(call_id, lambda slot: evolve(slot, outcome=outcome))

    def settled_throughout(self, outcome: Outcome) -> ToolTurn:
        """Return the turn with *outcome* for every call that has none; outcomes that are there stay."""
        slots = tuple(evolve(slot, outcome=outcome) if slot.is_owed else slot for slot in self.slots)
        return evolve(self, slots=slots)

    def sealed(self) -> SealedTurn:
        """Return the turn as an entry of the history.  Raises ValueError while a call is owed its outcome."""
        outcomes = tuple(slot.outcome for slot in self.slots if slot.outcome is not None)
        return SealedTurn(said=self.said, calls=tuple(slot.call for slot in self.slots), outcomes=outcomes)

    def _with(self, call_id: str, change: Callable[[Slot], Slot]) -> ToolTurn:
        return evolve(self, slots=tuple(change(slot) if slot.call.id == call_id else slot for slot in self.slots))


@frozen(kw_only=True)
class SealedTurn:
    """A closed turn: calls and outcomes, one for one and in the same order.  Immutable proof that none is missing."""

    said: Said
    calls: tuple[Call, ...] = field(validator=min_len(1))
    outcomes: tuple[Outcome, ...]

    def __attrs_post_init__(self) -> None:
        """Refuse a turn in which calls and outcomes do not match, or an id comes twice."""
        if len(self.calls) != len(self.outcomes):
            raise ValueError(
                f"{len(self.calls)} calls but {len(self.outcomes)} outcomes: a turn is sealed when each call has one"
            )
        if len({call.id for call in self.calls}) < len(self.calls):
            raise ValueError("two calls of a turn have the same id")

    def to_messages(self) -> tuple[Message, ...]:
        """Return the assistant's message and the results that answer it, in call order."""
        calls: list[JSONValue] = [call.to_message() for call in self.calls]
        content = None if self.said.is_blank else self.said.text
        asked: Message = {"role": "assistant", "content": content, "tool_calls": calls}
        answered: list[Message] = [
            {"role": "tool", "tool_call_id": call.id, "content": outcome.content}
            for call, outcome in zip(self.calls, self.outcomes, strict=True)
        ]
        return (asked, *answered)


Entry: TypeAlias = UserMessage | AssistantMessage | SealedTurn
"""One step of a sealed history; a `SealedTurn` stands for the assistant's message and all its results."""
