"""What a run came to, read off its record."""

from __future__ import annotations

from typing import Generic

from attrs import field, frozen
from typing_extensions import TypeVar

from ..errors import RunFailed
from ..states import AnyState, Conversation, Failure, OwnState, State, Usage, summary
from ..states.messages import AssistantMessage
from ..states.turn import Slot
from .toolcall import Question, ToolCall, calls_of, questions_of, waiting_calls

__all__ = ["RunResult"]

T = TypeVar("T", default=str)


def _rested(conversation: Conversation) -> str:
    """Show the record by where it rests: all of it would fill the screen."""
    return f"<{conversation.id or 'new'}: {conversation.state.value}, {len(conversation.history)} entries>"


@frozen(kw_only=True)
class RunResult(Generic[T]):
    """The end of a run, or its pause.  All but *model* and *output* is derived from *conversation*, the record.

    *model* is the label of the model that was asked last.  *output* is the answer in the form that the agent's `output`
    asks for: the text, where it asks for none; None unless the run is `done`.
    """

    conversation: Conversation = field(repr=_rested)
    model: str
    output: T | None = field(default=None, repr=False)

    @property
    def state(self) -> AnyState:
        """Where the run ended: `done`, `limit_hit`, `failed`, `cancelled`, or `awaiting_approval`, which is a pause."""
        return self.conversation.state

    @property
    def text(self) -> str:
        """The answer; at a limit what was gathered or the closing words; empty where the model has said nothing.

        For a run that was started with `respond_with_final=False` it is the summary.
        """
        if not self.conversation.run.final:
            return self.summary
        turn = self.conversation.turn
        if turn is not None:
            return turn.said.text
        last = self.conversation.history[-1] if len(self.conversation.history) > self.conversation.run.first else None
        return last.said.text if isinstance(last, AssistantMessage) else ""

    @property
    def summary(self) -> str:
        """What the tools of the run returned, a line a call, each result cut to 500 characters."""
        return summary(self.conversation, limit=self.conversation.run.limit)

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The calls of the run, in order."""
        return calls_of(self.conversation)

    @property
    def approvals(self) -> tuple[ToolCall, ...]:
        """The calls that wait for a person's yes or no, in order.

        Those of an agent that runs as a tool are among them, under ids such as `call00001/call00000`.
        """
        return tuple(call for slot in self._undecided for call in waiting_calls(slot))

    @property
    def questions(self) -> tuple[Question, ...]:
        """What the tools of calls want to know of a person, in order; a call that only has to be agreed to again is none."""
        return tuple(question for slot in self._undecided for question in questions_of(slot))

    @property
    def _undecided(self) -> tuple[Slot, ...]:
        turn = self.conversation.turn
        return () if turn is None or self.state is not State.AWAITING_APPROVAL else turn.undecided

    @property
    def usage(self) -> Usage:
        """What the run's model calls have used."""
        return self.conversation.run.usage

    @property
    def rounds(self) -> int:
        """How many replies of the model the run took in."""
        return self.conversation.run.rounds

    @property
    def error(self) -> Failure | None:
        """Why the run failed; None unless it did."""
        return self.conversation.run.failure if self.state is State.FAILED else None

    @property
    def faults(self) -> tuple[Failure, ...]:
        """The model calls of the run that came to nothing, in order: each was tried again, or was the last."""
        return self.conversation.run.faults

    def unwrap(self) -> T:
        """Return the output of a run that is done.  Raises `RunFailed`, with the reason, for any other."""
        if self.state is State.DONE and self.output is not None:
            return self.output
        raise RunFailed(self.state.value, self.reason)

    @property
    def reason(self) -> str:
        """Why the run is where it is, in words; empty when it is done."""
        run = self.conversation.run
        match self.state:
            case State.DONE:
                return ""
            case State.FAILED:
                return run.failure.message if run.failure else "no reason was recorded"
            case State.LIMIT_HIT:
                return f"the limit of {run.limit} was reached"
            case State.AWAITING_APPROVAL:
                asked = [f"to agree to {call.tool}" for call in self.approvals]
                return "a person has " + ", ".join((*asked, *(f"to answer {each.tool}" for each in self.questions)))
            case State.PROMPTING | State.AWAITING_MODEL | State.DISPATCHING_TOOLS | OwnState():
                return "another driver goes on with the run"
            case _:
                return f"the run is {self.state.value}"
