"""`prompting`: the next model call is being prepared.  Here the limits are looked at."""

from __future__ import annotations

from attrs import evolve

from .conversation import Conversation, State
from .ended import cancel, end_at_the_limit
from .events import Cancelled, Prepared, UserSaid
from .limits import reached
from .record import hear, wait_in_the_inbox
from .row import Row, Rows

__all__ = ["ROWS"]


def is_within_limits(conversation: Conversation, event: Prepared) -> bool:
    """Whether the run may go on as before."""
    return not conversation.run.closing and reached(conversation, event.at) is None


def may_wrap_up(conversation: Conversation, event: Prepared) -> bool:
    """Whether a limit is reached, and closing words are wanted (or are being asked for again after a fault)."""
    return conversation.run.closing or (reached(conversation, event.at) is not None and _wants_closing_words(conversation))


def has_to_stop(conversation: Conversation, event: Prepared) -> bool:
    """Whether a limit is reached and that is the end."""
    return (
        not conversation.run.closing and reached(conversation, event.at) is not None and not _wants_closing_words(conversation)
    )


def ask_the_model(conversation: Conversation, event: Prepared) -> Conversation:
    """Let the model hear what the user said meanwhile; its reply is owed."""
    heard = hear(conversation)
    known = heard.run.spares
    spares = event.spares if known is None else min(known, event.spares)  # they only grow fewer: every run ends
    return evolve(heard, run=evolve(heard.run, spares=spares, not_before=None))


def ask_for_closing_words(conversation: Conversation, event: Prepared) -> Conversation:
    """Ask once more, with tools switched off."""
    asked = ask_the_model(conversation, event)
    limit = asked.run.limit or reached(conversation, event.at)
    attempts = asked.run.attempts if asked.run.closing else 0  # they are a reply of their own, with tries of its own
    return evolve(asked, run=evolve(asked.run, closing=True, limit=limit, attempts=attempts))


def write_down_what_was_gathered(conversation: Conversation, event: Prepared) -> Conversation:
    """End the run with the summary of what its tools returned."""
    return end_at_the_limit(conversation, reached(conversation, event.at) or "the run")


def _wants_closing_words(conversation: Conversation) -> bool:
    run = conversation.run
    return run.final and run.limits.on_limit == "answer"


ROWS: Rows = (
    Row(State.PROMPTING, Prepared, when=is_within_limits, then=ask_the_model, to=State.AWAITING_MODEL),
    Row(State.PROMPTING, Prepared, when=may_wrap_up, then=ask_for_closing_words, to=State.AWAITING_MODEL),
    Row(State.PROMPTING, Prepared, when=has_to_stop, then=write_down_what_was_gathered, to=State.LIMIT_HIT),
    Row(State.PROMPTING, UserSaid, then=wait_in_the_inbox, to=State.PROMPTING),
    Row(State.PROMPTING, Cancelled, then=cancel, to=State.CANCELLED),
)
