"""What the rows through states of one's own are made of: guards on what the work came to, and updates."""

from __future__ import annotations

from .conversation import Conversation, Failure, State
from .ended import cancel, fail
from .events import Cancelled, UserSaid, Worked
from .messages import UserMessage
from .own_state import FAILED, OwnState
from .record import append, spend, wait_in_the_inbox
from .row import Guard, Row, Rows

__all__ = ["came_to", "fail_at_work", "go_on", "rows_of_every_own_state", "tell_the_model"]


def came_to(outcome: str, *, interrupted: bool | None = None) -> Guard[Worked]:
    """Return the guard that holds when the work of the state came to *outcome*.

    With *interrupted* true it holds only if the user has said something meanwhile, with false only if not: a run that ends
    in `done` has to have heard everything.
    """

    def guard(conversation: Conversation, event: Worked) -> bool:
        is_it = event.state == conversation.state.value and event.outcome == outcome
        return is_it and interrupted in (None, bool(conversation.inbox))

    words = {None: "", True: "_but_the_user_spoke", False: "_undisturbed"}[interrupted]
    guard.__name__ = f"came_to_{outcome}{words}"
    return guard


def go_on(conversation: Conversation, event: Worked) -> Conversation:
    """Count what the work has used; the history stays as it is."""
    return spend(conversation, event.usage)


def tell_the_model(conversation: Conversation, event: Worked) -> Conversation:
    """Put the note at the end of the history, in the user's place: the model reads it before its next reply."""
    words = event.note if event.note.strip() else f"({event.state}: {event.outcome})"
    return append(go_on(conversation, event), UserMessage(content=words, synthetic=True))


def fail_at_work(conversation: Conversation, event: Worked) -> Conversation:
    """Keep the note as the reason why the run failed."""
    failure = Failure(kind="work_failed", message=event.note or f"the work of {event.state} failed")
    return fail(go_on(conversation, event), failure)


def rows_of_every_own_state(state: OwnState) -> Rows:
    """Return the rows that a state has unless others are given: failed work, a user who speaks, somebody who cancels."""
    return (
        Row(state, Worked, when=came_to(FAILED), then=fail_at_work, to=State.FAILED),
        Row(state, UserSaid, then=wait_in_the_inbox, to=state),
        Row(state, Cancelled, then=cancel, to=State.CANCELLED),
    )
