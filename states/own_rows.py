"""What the rows through states of one's own are made of: guards on what the work came to, and updates."""

from __future__ import annotations

from attrs import evolve, frozen

from .conversation import WORK_FAILED, Conversation, Failure, State
from .ended import cancel, fail, take_it_up_again
from .events import Cancelled, Event, Resumed, UserSaid, Worked
from .limits import reached
from .messages import UserMessage
from .own_state import FAILED, OwnState
from .record import append, spend, wait_in_the_inbox
from .row import Guard, Row, Rows

__all__ = [
    "CameTo",
    "NotYet",
    "as_it_is",
    "came_to",
    "fail_at_work",
    "go_on",
    "not_yet",
    "rows_of_every_own_state",
    "tell_the_model",
]

# --- guards ----------------------------------------------------------------------------------------------------------


@frozen
class CameTo:
    """The guard that `came_to` returns."""

    outcome: str
    interrupted: bool | None
    tries: range | None

    def __call__(self, conversation: Conversation, event: Worked) -> bool:
        """Whether the work of the state came to the outcome, so many times before, and with words of the user's or without."""
        is_it = event.state == conversation.state.value and event.outcome == self.outcome
        before = conversation.run.worked.count((event.state, self.outcome))
        heard = self.interrupted in (None, bool(conversation.inbox))
        return is_it and heard and (self.tries is None or before in self.tries)

    @property
    def __name__(self) -> str:
        """The guard in words, for drawings."""
        spoke = {None: "", True: ", the user spoke", False: ", nobody spoke"}[self.interrupted]
        return f"came to {self.outcome}{_times(self.tries)}{spoke}"


def came_to(outcome: str, *, interrupted: bool | None = None, tries: range | None = None) -> Guard[Worked]:
    """Return the guard that holds when the work of the state came to *outcome*.

    With *interrupted* true it holds only if the user has said something meanwhile, with false only if not: a run that ends
    in `done` has to have heard everything.  With *tries* it holds only if the work came to that outcome so many times
    before in the run: `range(2)` takes the first two, `range(2, sys.maxsize)` all that follow.
    """
    return CameTo(outcome, interrupted, tries)


@frozen
class NotYet:
    """The guard that `not_yet` returns."""

    state: OwnState

    def __call__(self, conversation: Conversation, event: Event) -> bool:  # noqa: ARG002  # a guard takes both
        """Whether no work of the state has come to anything in the run."""
        return all(name != self.state.value for name, _ in conversation.run.worked)

    @property
    def __name__(self) -> str:
        """The guard in words, for drawings."""
        return f"no {self.state.value} yet"


def not_yet(state: OwnState) -> Guard[Event]:
    """Return the guard that holds until the work of *state* has come to an outcome in the run."""
    return NotYet(state)


@frozen
class WorkFailed:
    """The guard that holds where the run failed at the work of *state*, and a model is owed nothing."""

    state: OwnState

    def __call__(self, conversation: Conversation, event: Resumed) -> bool:  # noqa: ARG002  # a guard takes both
        """Whether it is that work that is to be done anew."""
        return conversation.failed_work == self.state.value and not conversation.is_unanswered

    @property
    def __name__(self) -> str:
        """The guard in words, for drawings."""
        return f"{self.state.value} failed"


def _times(tries: range | None) -> str:
    if tries is None:
        return ""
    return f" after {tries.start} times" if tries.start else f" up to {tries.stop} times"


def fails_in_time(conversation: Conversation, event: Worked) -> bool:
    """Whether the work failed, and no limit of the run is the reason."""
    return _fails(conversation, event) and reached(conversation, event.at) is None


def fails_at_a_limit(conversation: Conversation, event: Worked) -> bool:
    """Whether the work failed with a limit reached, which shall decide how the run ends."""
    return _fails(conversation, event) and reached(conversation, event.at) is not None


def _fails(conversation: Conversation, event: Worked) -> bool:
    return event.state == conversation.state.value and event.outcome == FAILED


# --- updates ---------------------------------------------------------------------------------------------------------


def as_it_is(conversation: Conversation, event: Event) -> Conversation:
    """Change nothing but the state."""
    return conversation


def go_on(conversation: Conversation, event: Worked) -> Conversation:
    """Note what the work came to, and count what it has used; the history stays as it is."""
    run = evolve(conversation.run, worked=(*conversation.run.worked, (event.state, event.outcome)))
    return spend(evolve(conversation, run=run), event.usage)


def tell_the_model(conversation: Conversation, event: Worked) -> Conversation:
    """Put the note at the end of the history, in the user's place: the model reads it before its next reply."""
    words = event.note if event.note.strip() else f"({event.state}: {event.outcome})"
    return append(go_on(conversation, event), UserMessage(content=words, synthetic=True))


def fail_at_work(conversation: Conversation, event: Worked) -> Conversation:
    """Keep the note as the reason why the run failed."""
    failure = Failure(kind=WORK_FAILED, message=event.note or f"the work of {event.state} came to {event.outcome}")
    return fail(go_on(conversation, event), failure)


def rows_of_every_own_state(state: OwnState) -> Rows:
    """Return the rows that a state has unless others are given.

    Failed work, which is done anew when the run is resumed; a user who speaks; somebody who cancels.
    """
    return (
        Row(state, Worked, when=fails_in_time, then=fail_at_work, to=State.FAILED),
        Row(state, Worked, when=fails_at_a_limit, then=tell_the_model, to=State.PROMPTING),
        Row(state, UserSaid, then=wait_in_the_inbox, to=state),
        Row(state, Cancelled, then=cancel, to=State.CANCELLED),
        Row(State.FAILED, Resumed, when=WorkFailed(state), then=take_it_up_again, to=state),
    )
