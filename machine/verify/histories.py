"""What is promised of the history and the inbox."""

from __future__ import annotations

from functools import lru_cache

from ...states import Conversation, Event, State
from ...states.events import Cancelled, ModelFailed, ModelReplied, Opened, Prepared, UserSaid
from ...states.history import judge
from ...states.messages import AssistantMessage, UserMessage
from ...states.turn import Entry, SealedTurn
from .moves import added, spoken
from .property import Property

__all__ = ["HISTORIES"]


def the_history_is_valid(before: Conversation, event: Event, after: Conversation) -> bool:
    """Whether every host accepts the history as it is stored."""
    return after.history is before.history or _is_valid(after.history, sendable=False)


def the_model_is_shown_a_valid_history(before: Conversation, event: Event, after: Conversation) -> bool:
    """Whether what a model is asked with can be sent: whole turns, and the last word is not the assistant's."""
    if after.state is not State.AWAITING_MODEL or before.state is State.AWAITING_MODEL:
        return True
    return _is_valid(after.history[after.run.window :], sendable=True)


def the_history_only_grows(before: Conversation, event: Event, after: Conversation) -> bool:
    """Whether all that was in the history is still there, at its place."""
    return after.history is before.history or after.history[: len(before.history)] == before.history


def an_imported_history_is_taken_whole(before: Conversation, event: Opened, after: Conversation) -> bool:
    """Whether a conversation opens with the id and the history it is given, and ids for new calls go on after it."""
    taken = (after.id, after.machine, after.system, after.repairs, after.history, after.minted)
    return taken == (event.conversation_id, event.machine, event.system, event.repairs, event.entries, event.minted)


def what_the_user_says_is_heard_once(before: Conversation, event: Event, after: Conversation) -> bool:
    """Whether each message of the user's is in the history or waits in the inbox, in the order in which they came."""
    if isinstance(event, Opened):
        return True
    new = (event.message,) if isinstance(event, UserSaid) else ()
    heard = tuple(each for each in added(before, after) if isinstance(each, UserMessage) and not each.synthetic)
    return (*before.inbox, *new) == (*heard, *after.inbox)


def what_is_said_meanwhile_waits_for_the_next_model_call(before: Conversation, event: Event, after: Conversation) -> bool:
    """Whether the inbox is emptied before a model is asked and when the run ends, and stays as it is until then."""
    if after.state.ends_a_run or isinstance(event, Prepared):
        return not after.inbox
    if before.state.ends_a_run:
        return True
    return after.inbox[: len(before.inbox)] == before.inbox


def an_ended_run_has_heard_everything(before: Conversation, event: Event, after: Conversation) -> bool:
    """Whether nothing that the user said is left in the inbox when a run has ended."""
    return not after.state.ends_a_run or not after.inbox


def a_run_that_is_done_ends_with_an_answer(before: Conversation, event: Event, after: Conversation) -> bool:
    """Whether the last word of a run that comes to `done` is the assistant's."""
    if after.state is not State.DONE or before.state.ends_a_run:
        return True
    return bool(after.history) and isinstance(after.history[-1], AssistantMessage)


def a_run_begins_with_the_task(before: Conversation, event: UserSaid, after: Conversation) -> bool:
    """Whether what the user says after a run stands at the end of the history, and in the inbox of a live one."""
    return added(before, after) == ((event.message,) if before.state.ends_a_run else ())


def a_cancelled_run_keeps_what_it_has(before: Conversation, event: Cancelled, after: Conversation) -> bool:
    """Whether the open turn joins the history, and after it what waited in the inbox."""
    turns = 0 if before.turn is None else 1
    new = added(before, after)
    return all(isinstance(entry, SealedTurn) for entry in new[:turns]) and new[turns:] == before.inbox


def a_reply_is_kept_as_it_was_said(before: Conversation, event: ModelReplied, after: Conversation) -> bool:
    """Whether the words of a reply without calls stand in the history once, as they came."""
    said = spoken(event)
    calls_count = bool(event.reply.calls) and not before.run.closing
    kept = tuple(each for each in added(before, after) if isinstance(each, AssistantMessage) and not each.synthetic)
    return kept == (() if calls_count else said)


def an_answer_comes_last(before: Conversation, event: ModelReplied, after: Conversation) -> bool:
    """Whether nothing stands after an answer or closing words."""
    if after.state not in (State.DONE, State.LIMIT_HIT):
        return True
    return isinstance(after.history[-1], AssistantMessage) and len(added(before, after)) == 1 + len(before.inbox)


def an_unusable_reply_is_answered_in_the_users_place(before: Conversation, event: ModelReplied, after: Conversation) -> bool:
    """Whether the model is told, once and last, what is wrong with a reply when it is asked again, and only then."""
    new = added(before, after)
    nudges = [each for each in new if isinstance(each, UserMessage) and each.synthetic]
    is_asked_again = len(after.run.faults) > len(before.run.faults) and after.state is State.PROMPTING
    if not is_asked_again:
        return not nudges
    return len(nudges) == 1 and new == (*spoken(event), nudges[0]) and _tells(event, str(nudges[0].content))


def a_failed_call_leaves_the_history_alone(before: Conversation, event: ModelFailed, after: Conversation) -> bool:
    """Whether a model call that came to nothing adds nothing, but for what it takes to end the run."""
    new = added(before, after)
    match after.state:
        case State.LIMIT_HIT:
            return new[:-1] == before.inbox
        case State.FAILED:
            return new == before.inbox
        case _:
            return not new


def the_model_is_asked_about_nothing_but_the_inbox(before: Conversation, event: Prepared, after: Conversation) -> bool:
    """Whether a model call begins with what the user said meanwhile, and nothing else."""
    return after.state is State.LIMIT_HIT or added(before, after) == before.inbox


@lru_cache(maxsize=10_000)  # the same few entries are come to again and again
def _is_valid(entries: tuple[Entry, ...], *, sendable: bool) -> bool:
    return not judge([message for entry in entries for message in entry.to_messages()], sendable=sendable)


def _tells(event: ModelReplied, words: str) -> bool:
    problem, said = event.reply.problem, event.reply.said
    if problem is not None:
        return (problem in words) if problem.strip() else bool(words.strip())
    return "cut off" in words if said.finish == "length" else "empty" in words


HISTORIES: tuple[Property, ...] = (
    Property(the_history_is_valid),
    Property(the_model_is_shown_a_valid_history),
    Property(the_history_only_grows),
    Property(an_imported_history_is_taken_whole, (Opened,), core=True),
    Property(what_the_user_says_is_heard_once),
    Property(what_is_said_meanwhile_waits_for_the_next_model_call, core=True),
    Property(an_ended_run_has_heard_everything),
    Property(a_run_that_is_done_ends_with_an_answer),
    Property(a_run_begins_with_the_task, (UserSaid,), core=True),
    Property(a_cancelled_run_keeps_what_it_has, (Cancelled,)),
    Property(a_reply_is_kept_as_it_was_said, (ModelReplied,), core=True),
    Property(an_answer_comes_last, (ModelReplied,), core=True),
    Property(an_unusable_reply_is_answered_in_the_users_place, (ModelReplied,), core=True),
    Property(a_failed_call_leaves_the_history_alone, (ModelFailed,), core=True),
    Property(the_model_is_asked_about_nothing_but_the_inbox, (Prepared,), core=True),
)
