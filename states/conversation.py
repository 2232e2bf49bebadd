"""The record: what a conversation is, as one immutable value.

The history is a tuple of entries, and an entry that holds tool calls holds all of their outcomes too (`SealedTurn`).
So a history in which a call has no result, or a result no call, cannot be written down.  The turn that is still open
is kept apart in `Conversation.turn` and joins the history when it is sealed.

Nothing here reads a clock, draws a random number or does I/O: times arrive inside events.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import Final, Self, TypeAlias

from attrs import Attribute, field, frozen
from attrs.validators import instance_of

from .limits import Limits
from .messages import AssistantMessage, Message, UserMessage
from .own_state import OwnState
from .repair import read_history
from .text import well_formed
from .turn import Entry, ToolTurn
from .usage import Usage

__all__ = ["BLANK_RUN", "AnyState", "Conversation", "Failure", "Run", "State", "Usage", "state_named"]


class State(enum.Enum):
    """Where the loop can rest.  The first five are the core; the last four end a run, not the conversation."""

    PROMPTING = "prompting"
    AWAITING_MODEL = "awaiting_model"
    DISPATCHING_TOOLS = "dispatching_tools"
    AWAITING_APPROVAL = "awaiting_approval"
    DONE = "done"
    LIMIT_HIT = "limit_hit"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ends_a_run(self) -> bool:
        """Whether nothing more happens until the user speaks again."""
        return self in _ENDS


AnyState: TypeAlias = State | OwnState
"""Where a conversation can rest: in one of the eight, or in one that its own machine adds."""

_BY_VALUE = {state.value: state for state in State}
_ENDS = frozenset({State.DONE, State.LIMIT_HIT, State.FAILED, State.CANCELLED})


def state_named(value: str) -> AnyState:
    """Return the state with that value: one of the eight, or else one of somebody's own.

    Raises `ValueError` for what can be no state's name.
    """
    return _BY_VALUE.get(value) or OwnState(value)


WORK_FAILED: Final = "work_failed"
"""The kind of the failure where the work of a state of one's own failed the run."""


@frozen(kw_only=True)
class Failure:
    """Why a model call, and perhaps a run, failed: *kind* for programs, *message* for people, *model* the one asked."""

    kind: str = field(converter=well_formed)
    message: str = field(converter=well_formed)
    model: str = field(default="", converter=well_formed)


@frozen(kw_only=True)
class Run:
    """The counters of one run: from the user's task to an end state.

    *first* is the index in the history of the entry with the task, *window* the index of the first entry that the model
    is shown.  *spares* is how many other models are left, None before the first call.  *faults* are the model calls that came
    to nothing, in order; *failure* is why the run failed.  *worked* holds of each work of a state of one's own
    the state and what it came to.  Times are seconds since the epoch, as the events brought them.
    """

    limits: Limits = Limits()
    final: bool = True
    first: int = 0
    window: int = 0
    started_at: float = 0.0
    parked_at: float | None = None
    not_before: float | None = None
    rounds: int = 0
    tool_calls: int = 0
    refused_calls: int = 0
    attempts: int = 0
    model_index: int = 0
    spares: int | None = None
    closing: bool = False
    limit: str | None = None
    failure: Failure | None = None
    faults: tuple[Failure, ...] = ()
    usage: Usage = Usage()
    worked: tuple[tuple[str, str], ...] = ()


BLANK_RUN = Run()


def _of_its_machine(instance: Conversation, attribute: Attribute[State], state: object) -> None:
    known: tuple[type, ...] = (State, OwnState) if instance.machine else (State,)
    if not isinstance(state, known):
        raise ValueError(f"state {state!r}: a State is wanted, or one of the conversation's own machine where it names one")


@frozen(kw_only=True)
class Conversation:
    """The whole record.  Every change makes a new one; `step` is the only way to one.

    *machine* names the table that it runs by, "" is detent's own.  *seq* counts the events folded so far.  *system* is the
    system text that came with an imported history, *repairs* what had to be changed of that history.  *minted* counts the
    call ids given out.  A new conversation rests in `done`: nothing is owed, the user may speak.
    """

    id: str = field(default="", converter=well_formed)
    machine: str = ""
    state: AnyState = field(default=State.DONE, validator=_of_its_machine)
    seq: int = 0
    system: str = ""
    repairs: tuple[str, ...] = ()
    history: tuple[Entry, ...] = field(default=(), validator=instance_of(tuple))
    turn: ToolTurn | None = None
    inbox: tuple[UserMessage, ...] = ()
    run: Run = BLANK_RUN
    usage: Usage = Usage()
    minted: int = 0

    @property
    def messages(self) -> list[Message]:
        """The sealed history as chat-completions messages: fresh dictionaries, valid after every event.

        No system message is among them: instructions belong to the agent, not to the record.
        """
        return [message for entry in self.history for message in entry.to_messages()]

    @property
    def is_unanswered(self) -> bool:
        """Whether the history ends with something that a model should reply to."""
        return bool(self.history) and not isinstance(self.history[-1], AssistantMessage)

    @property
    def failed_work(self) -> str:
        """The state of one's own whose work failed the run; empty where it ended otherwise."""
        failure = self.run.failure
        is_it = self.state is State.FAILED and failure is not None and failure.kind == WORK_FAILED
        return self.run.worked[-1][0] if is_it else ""

    @property
    def can_be_resumed(self) -> bool:
        """Whether the run failed, or was cancelled, with something left to do."""
        return self.state in (State.FAILED, State.CANCELLED) and (self.is_unanswered or bool(self.failed_work))

    @classmethod
    def from_messages(cls, messages: Iterable[Mapping[str, object]], *, conversation_id: str = "") -> Self:
        """Return a new conversation that goes on from *messages*, chat-completions dictionaries of any origin.

        They are repaired: every result stands with its call, in order, and what can stand nowhere is dropped.
        `Conversation.repairs` says what was changed, a line each; it is empty when nothing was.
        """
        read = read_history(messages)
        return cls(id=conversation_id, system=read.system, repairs=read.changes, history=read.entries, minted=read.minted)
