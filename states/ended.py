"""`done`, `limit_hit`, `failed`, `cancelled`: how a run ends, and how the next one begins."""

from __future__ import annotations

from attrs import evolve

from .conversation import Conversation, Failure, Run, State
from .events import Cancelled, Opened, Resumed, UserSaid
from .messages import AssistantMessage, Said
from .record import append, hear, seal
from .row import Row, Rows
from .summary import summary
from .turn import Outcome, OutcomeKind
from .window import window

__all__ = ["ROWS", "cancel", "end_at_the_limit", "fail"]


def end_at_the_limit(conversation: Conversation, limit: str) -> Conversation:
    """Write down what was gathered, as the answer of a run that met *limit*."""
    heard = hear(conversation)
    said = Said(text=summary(heard, limit=limit))
    run = evolve(heard.run, limit=limit)
    return append(evolve(heard, run=run), AssistantMessage(said=said, synthetic=True))


def fail(conversation: Conversation, failure: Failure) -> Conversation:
    """Keep the reason; the history stays as it is and can be continued."""
    return evolve(hear(conversation), run=evolve(conversation.run, failure=failure))


def cancel(conversation: Conversation, event: Cancelled) -> Conversation:
    """Seal the open turn: results that are there stay, the other calls get a marked outcome."""
    if conversation.turn is not None:
        outcome = Outcome(kind=OutcomeKind.CANCELLED, content="Tool error: the run was cancelled before this call ended.")
        conversation = seal(evolve(conversation, turn=conversation.turn.settled_throughout(outcome)))
    return hear(conversation)


def is_blank(conversation: Conversation, event: Opened) -> bool:
    """Whether nothing has happened in the conversation."""
    return conversation.seq == 0 and not conversation.history


def open_with_a_history(conversation: Conversation, event: Opened) -> Conversation:
    """Take the id and the history; ids for new calls go on after those of the imported ones."""
    return evolve(
        conversation,
        id=event.conversation_id,
        machine=event.machine,
        system=event.system,
        repairs=event.repairs,
        history=event.entries,
        minted=event.minted,
    )


def begin_a_run(conversation: Conversation, event: UserSaid) -> Conversation:
    """Start fresh counters and put the user's message at the end of the history."""
    run = Run(
        limits=event.limits,
        final=event.final,
        first=len(conversation.history),
        window=window(conversation.history, event.window),
        started_at=event.at,
    )
    return append(evolve(conversation, run=run), event.message)


def something_is_unanswered(conversation: Conversation, event: Resumed) -> bool:
    """Whether the history ends with something that a model should reply to."""
    return conversation.is_unanswered


def take_it_up_again(conversation: Conversation, event: Resumed) -> Conversation:
    """Start fresh counters for the same task."""
    before = conversation.run
    run = Run(limits=event.limits, final=event.final, first=before.first, window=before.window, started_at=event.at)
    return evolve(conversation, run=run)


ROWS: Rows = (
    Row(State.DONE, Opened, when=is_blank, then=open_with_a_history, to=State.DONE),
    Row(State.DONE, UserSaid, then=begin_a_run, to=State.PROMPTING),
    Row(State.LIMIT_HIT, UserSaid, then=begin_a_run, to=State.PROMPTING),
    Row(State.FAILED, UserSaid, then=begin_a_run, to=State.PROMPTING),
    Row(State.CANCELLED, UserSaid, then=begin_a_run, to=State.PROMPTING),
    Row(State.FAILED, Resumed, when=something_is_unanswered, then=take_it_up_again, to=State.PROMPTING),
    Row(State.CANCELLED, Resumed, when=something_is_unanswered, then=take_it_up_again, to=State.PROMPTING),
)
