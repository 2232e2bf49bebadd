"""Every effect: what is wanted next, in the imperative.  Effects are derived from the conversation, never stored.

The driver performs each effect once and answers it with exactly one event (a tool that runs may announce its start
first).  An effect equal to one already under way is the same effect: nothing is asked twice because an event came between.
"""

from __future__ import annotations

from typing import TypeAlias, assert_never

from attrs import frozen

from .conversation import Conversation, State
from .messages import Call
from .own_state import OwnState
from .turn import Ask, Slot, ToolTurn

__all__ = ["AskAnswer", "AskApproval", "CallModel", "CallTool", "Effect", "Prepare", "Work", "effects"]


@frozen(kw_only=True)
class Prepare:
    """Get ready for a model call, not before that time if one is given.  Answered by `Prepared`."""

    not_before: float | None = None


@frozen(kw_only=True)
class CallModel:
    """Ask the model at that index (0 is the agent's own, then its fallbacks).

    *closing* means: the last words of a run that met a limit, with tools switched off.  Answered by `ModelReplied` or
    `ModelFailed`.
    """

    model_index: int = 0
    attempt: int = 0
    closing: bool = False


@frozen(kw_only=True)
class CallTool:
    """Run the tool.  *key* is the call's idempotency key, the same on every try.

    *started* is true when a start was recorded already: seen after a crash, it means that the outcome is unknown.
    *answers* is what a person has answered to the tool's questions so far, as JSON.  Answered by `ToolReturned`,
    `ToolFailed` or `ToolAsked`.
    """

    call: Call
    key: str
    started: bool = False
    answers: tuple[str, ...] = ()


@frozen(kw_only=True)
class AskApproval:
    """Ask a person for a yes or no to the call.  Answered by `Approved` or `Denied`, perhaps days later.

    *ask* is there when the tool asks, or when nobody knows what came of it before a crash.
    """

    call: Call
    ask: Ask | None = None


@frozen(kw_only=True)
class AskAnswer:
    """Ask a person what the call's tool wants to know.  Answered by `Answered` or `Denied`, perhaps days later."""

    call: Call
    ask: Ask


@frozen(kw_only=True)
class Work:
    """Do the work of a state of one's own, by its name.  Answered by `Worked`."""

    state: str


Effect: TypeAlias = Prepare | CallModel | CallTool | AskApproval | AskAnswer | Work


def effects(conversation: Conversation) -> tuple[Effect, ...]:
    """Return what is wanted next: nothing after an end state, otherwise at least one effect."""
    run, turn, state = conversation.run, conversation.turn, conversation.state
    match state:
        case State.PROMPTING:
            return (Prepare(not_before=run.not_before),)
        case State.AWAITING_MODEL:
            return (CallModel(model_index=run.model_index, attempt=run.attempts, closing=run.closing),)
        case State.DISPATCHING_TOOLS:
            return () if turn is None else tuple(_call(conversation, turn, slot) for slot in turn.runnable)
        case State.AWAITING_APPROVAL:
            return () if turn is None else tuple(map(_ask, turn.undecided))
        case State.DONE | State.LIMIT_HIT | State.FAILED | State.CANCELLED:
            return ()
        case OwnState():
            return (Work(state=state.value),)
        case _:
            assert_never(state)


def _call(conversation: Conversation, turn: ToolTurn, slot: Slot) -> CallTool:
    key = f"{conversation.id}:{turn.seq}:{slot.call.id}"
    return CallTool(call=slot.to_run, key=key, started=slot.started, answers=slot.answers)


def _ask(slot: Slot) -> AskApproval | AskAnswer:
    if slot.ask is not None and slot.awaits_an_answer:
        return AskAnswer(call=slot.to_run, ask=slot.ask)
    return AskApproval(call=slot.to_run, ask=slot.ask)
