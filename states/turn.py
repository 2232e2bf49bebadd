"""A tool turn: the assistant's calls and their outcomes, open until every call has one, then sealed."""

from __future__ import annotations

import enum
import json
from collections.abc import Callable
from typing import TypeAlias

from attrs import evolve, field, frozen
from attrs.converters import optional
from attrs.validators import ge, min_len

from .messages import AssistantMessage, Call, JSONValue, Message, Part, Said, UserMessage
from .text import settle_json, well_formed
from .usage import Usage

__all__ = ["Ask", "Entry", "Outcome", "OutcomeKind", "SealedTurn", "Slot", "ToolTurn", "Waiting"]


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
    """What came of a call.  *content* is the text the model reads; *seconds* how long the tool ran.

    *parts* is what is no text, images and files: no host takes them in a result, so they follow the turn.
    """

    kind: OutcomeKind
    content: str = field(converter=well_formed)
    seconds: float = field(default=0.0, validator=ge(0))
    parts: tuple[Part, ...] = ()


@frozen(kw_only=True)
class Waiting:
    """A call of an agent that runs as a tool here, which waits for a person there: for a yes or no, or with a *question*.

    *arguments*, and the *schema* of an answer, are JSON text.
    """

    id: str = field(converter=well_formed)
    name: str = field(converter=well_formed)
    arguments: str = field(converter=settle_json)
    question: str | None = field(default=None, converter=optional(well_formed))
    schema: str | None = field(default=None, converter=optional(settle_json))


@frozen(kw_only=True)
class Ask:
    """What a person is asked for a call: *question* in words, *schema* the JSON schema of the answer to its tool.

    Without a *schema* the person is to agree or not to its being run again, after a crash.  *waiting* are the calls of an
    agent that runs as a tool, and *seq* is the length of its conversation by then.
    """

    question: str = field(converter=well_formed)
    schema: str | None = field(default=None, converter=optional(settle_json))
    waiting: tuple[Waiting, ...] = ()
    seq: int = 0


@frozen(kw_only=True)
class Slot:
    """One call of an open turn and where it stands.

    *gated* is true until a person agreed, *started* once a `ToolStarted` was recorded.  *ask* is what the tool wants to
    know of a person, *answers* what it was told so far, as JSON, and *spent* what models had used on its behalf when it
    asked.  *edited* are the arguments that a person put in place of the model's.
    """

    call: Call
    gated: bool = False
    started: bool = False
    ask: Ask | None = None
    answers: tuple[str, ...] = ()
    spent: Usage = Usage()
    edited: str | None = None
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
        """Whether the call waits for a person: for a yes or no, or for an answer."""
        return self.outcome is None and (self.gated or self.ask is not None)

    @property
    def awaits_an_answer(self) -> bool:
        """Whether the person is to say more than yes or no."""
        return self.outcome is None and self.ask is not None and self.ask.schema is not None

    @property
    def to_run(self) -> Call:
        """The call as it is to be run: with a person's arguments, where one has changed them."""
        return self.call if self.edited is None else evolve(self.call, arguments=self.edited)


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

    @property
    def runnable(self) -> tuple[Slot, ...]:
        """The slots whose calls are to run or are running, in call order."""
        return tuple(slot for slot in self.slots if slot.is_owed and not slot.is_undecided)

    def slot(self, call_id: str) -> Slot | None:
        """Return the slot of that call."""
        return next((slot for slot in self.slots if slot.call.id == call_id), None)

    def runs(self, call_id: str) -> bool:
        """Whether the call of that id is to run or is running."""
        return any(slot.call.id == call_id for slot in self.runnable)

    def awaits_word_on(self, call_id: str) -> bool:
        """Whether the call of that id waits for a person's yes or no."""
        return any(slot.call.id == call_id and not slot.awaits_an_answer for slot in self.undecided)

    def awaits_answer_to(self, call_id: str) -> bool:
        """Whether the call of that id waits for a person's answer."""
        return any(slot.call.id == call_id and slot.awaits_an_answer for slot in self.undecided)

    def started(self, call_id: str) -> ToolTurn:
        """Return the turn with that call marked as started."""
        return self._with(call_id, lambda slot: evolve(slot, started=True))

    def opened(self, call_id: str, edited: str | None = None) -> ToolTurn:
        """Return the turn with that call free to run, with *edited* arguments if a person changed them."""
        return self._with(call_id, lambda slot: evolve(slot, gated=False, ask=None, edited=edited or slot.edited))

    def asked(self, call_id: str, ask: Ask, spent: Usage) -> ToolTurn:
        """Return the turn with that call waiting for a person; its tool is not running any more, and has *spent* this."""
        return self._with(call_id, lambda slot: evolve(slot, ask=ask, started=False, spent=slot.spent + spent))

    def answered(self, call_id: str, answer: str) -> ToolTurn:
        """Return the turn with that call free to run, and the answer for its tool."""
        return self._with(call_id, lambda slot: evolve(slot, ask=None, answers=(*slot.answers, answer)))

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
        shown = self.shown
        return (asked, *answered, *(() if shown is None else shown.to_messages()))

    @property
    def shown(self) -> UserMessage | None:
        """The images and files that the tools returned, in the user's place, or None.

        "Image URLs are only allowed for messages with role 'user'", says OpenAI; and nothing may come between a call and
        its result, so they stand after all results.
        """
        parts: list[Part] = []
        for call, outcome in zip(self.calls, self.outcomes, strict=True):
            if outcome.parts:
                told = json.dumps({"type": "text", "text": f"Returned by {call.name}:"}, ensure_ascii=False)
                parts += [Part("text", told), *outcome.parts]
        return UserMessage(content=tuple(parts), synthetic=True) if parts else None


Entry: TypeAlias = UserMessage | AssistantMessage | SealedTurn
"""One step of a sealed history; a `SealedTurn` stands for the assistant's message and all its results."""
