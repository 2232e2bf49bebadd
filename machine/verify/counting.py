"""What is promised of the counters of a run: replies, tries, models, calls, what was used, and what went wrong."""

from __future__ import annotations

from ...states import Conversation, Event, Run, State, Usage
from ...states.events import (
    Denied,
    ModelFailed,
    ModelReplied,
    Prepared,
    Resumed,
    ToolAsked,
    ToolFailed,
    ToolReturned,
    UserSaid,
    Worked,
)
from ...states.turn import OutcomeKind
from .moves import is_accepted, outcomes, slot_named
from .property import Property

__all__ = ["COUNTING"]


def a_run_begins_with_fresh_counters(before: Conversation, event: UserSaid | Resumed, after: Conversation) -> bool:
    """Whether the run stands under the limits it is given and has used nothing; one taken up again shows the same."""
    if not before.state.ends_a_run:
        return after.run == before.run
    first, window = len(before.history), after.run.window
    if isinstance(event, Resumed):
        first, window = before.run.first, before.run.window
    return after.run == Run(limits=event.limits, final=event.final, first=first, window=window, started_at=event.at)


def the_window_is_what_was_asked_for(before: Conversation, event: UserSaid, after: Conversation) -> bool:
    """Whether all of what came before is shown where no window is wanted, and nothing where one of 0 is."""
    if not before.state.ends_a_run:
        return True
    shown = len(before.history) - after.run.window
    return shown == len(before.history) if event.window is None else 0 <= shown <= 2 * event.window


def every_reply_taken_in_is_a_round(before: Conversation, event: ModelReplied, after: Conversation) -> bool:
    """Whether a round is a reply that something could be made of."""
    return after.run.rounds == before.run.rounds + is_accepted(before, event)


def what_is_used_is_counted(
    before: Conversation, event: ModelReplied | ToolReturned | ToolFailed | ToolAsked | Worked, after: Conversation
) -> bool:
    """Whether tokens and cost are added up, once for the run and once for all; and each reply is a model call."""
    used = event.usage if not isinstance(event, ModelReplied) else event.reply.usage + Usage(model_calls=1)
    return after.run.usage == before.run.usage + used and after.usage == before.usage + used


def what_work_came_to_is_noted(before: Conversation, event: Worked, after: Conversation) -> bool:
    """Whether the run knows which of its states came to what, in order."""
    return after.run.worked == (*before.run.worked, (event.state, event.outcome))


def a_call_counts_unless_it_was_never_run(before: Conversation, event: ModelReplied | Denied, after: Conversation) -> bool:
    """Whether a call that is to run counts, and does not where a person refuses it before it began."""
    if isinstance(event, Denied):
        slot = slot_named(before, event)
        return slot is not None and after.run.tool_calls == before.run.tool_calls - (slot.gated and slot.ask is None)
    told = outcomes(before, after).values()
    refused = sum(each is not None and each.kind is OutcomeKind.OVER_LIMIT for each in told)
    counted = (after.run.tool_calls - before.run.tool_calls, after.run.refused_calls - before.run.refused_calls)
    return counted == (sum(each is None for each in told), refused)


def no_limit_on_calls_is_passed(before: Conversation, event: Event, after: Conversation) -> bool:
    """Whether a run makes no more tool calls than it may."""
    most = after.run.limits.tool_calls
    return after.run.tool_calls >= 0 and (most is None or after.run.tool_calls <= most)


def no_more_replies_are_taken_in_than_rounds(before: Conversation, event: ModelReplied, after: Conversation) -> bool:
    """Whether a run takes in at most as many replies as it has rounds, and one closing one."""
    return after.run.rounds <= after.run.limits.rounds + after.run.closing


def a_model_is_tried_as_often_as_it_may(before: Conversation, event: Prepared, after: Conversation) -> bool:
    """Whether a model is asked for the same reply no more than once and its retries."""
    return after.state is not State.AWAITING_MODEL or after.run.attempts <= after.run.limits.retries


def a_fault_leads_to_another_try_or_model(before: Conversation, event: ModelReplied | ModelFailed, after: Conversation) -> bool:
    """Whether the same model is tried again while it may be, then the next one afresh, each of them once."""
    was, now = before.run, after.run
    if isinstance(event, ModelReplied) and is_accepted(before, event):
        return now.attempts == 0 and (now.model_index, now.spares) == (was.model_index, was.spares)
    if after.state is not State.PROMPTING:
        return (now.attempts, now.model_index, now.spares) == (was.attempts, was.model_index, was.spares)
    may_pass = isinstance(event, ModelReplied) or event.retryable
    spares = was.spares or 0
    if spares and not (may_pass and was.attempts < was.limits.retries):
        return (now.attempts, now.model_index, now.spares) == (0, was.model_index + 1, spares - 1)
    return (now.attempts, now.model_index, now.spares) == (was.attempts + 1, was.model_index, was.spares)


def a_run_gives_up_when_nothing_is_left_to_try(
    before: Conversation, event: ModelReplied | ModelFailed, after: Conversation
) -> bool:
    """Whether a fault ends the run exactly where neither a try nor a model nor, in the middle of it, a limit is left."""
    run = before.run
    if isinstance(event, ModelReplied):
        if is_accepted(before, event):
            return after.state is not State.FAILED
        return (after.state is State.FAILED) == (run.attempts >= run.limits.retries and not run.spares)
    tries = event.retryable and run.attempts < run.limits.retries
    out_of_time = run.limits.seconds is not None and event.at - run.started_at >= run.limits.seconds and not run.closing
    goes_on = tries or bool(run.spares) or out_of_time
    gives_up = State.LIMIT_HIT if run.closing else State.FAILED
    return after.state is (State.PROMPTING if goes_on else gives_up)


def every_fault_is_noted(before: Conversation, event: ModelReplied | ModelFailed, after: Conversation) -> bool:
    """Whether each model call that came to nothing is on record, with its reason, and no other."""
    new = after.run.faults[len(before.run.faults) :]
    if after.run.faults[: len(before.run.faults)] != before.run.faults:
        return False
    if isinstance(event, ModelFailed):
        return new == (event.failure,)
    return [each.kind for each in new] == ([] if is_accepted(before, event) else ["unusable_reply"])


def a_failed_run_says_why(before: Conversation, event: Event, after: Conversation) -> bool:
    """Whether there is a reason where a run failed, and none elsewhere."""
    return (after.run.failure is not None) == (after.state is State.FAILED)


def the_reason_is_that_of_the_last_try(before: Conversation, event: ModelReplied | ModelFailed, after: Conversation) -> bool:
    """Whether a run that failed for want of a reply says what the model said of itself, or how often it was asked."""
    failure = after.run.failure
    if failure is None:
        return True
    if isinstance(event, ModelFailed):
        return failure == event.failure
    tries = f" {before.run.attempts + 1} tr"  # 1 try, 2 tries
    return failure.kind == "unusable_reply" and tries in failure.message


def models_left_only_grow_fewer(before: Conversation, event: Prepared, after: Conversation) -> bool:
    """Whether a model call knows how many others are left, and never of more than before."""
    if after.state is not State.AWAITING_MODEL:
        return after.run.spares == before.run.spares
    known = event.spares if before.run.spares is None else before.run.spares
    return after.run.spares == min(known, event.spares)


COUNTING: tuple[Property, ...] = (
    Property(a_run_begins_with_fresh_counters, (UserSaid, Resumed)),
    Property(the_window_is_what_was_asked_for, (UserSaid,)),
    Property(every_reply_taken_in_is_a_round, (ModelReplied,)),
    Property(what_is_used_is_counted, (ModelReplied, ToolReturned, ToolFailed, ToolAsked, Worked)),
    Property(what_work_came_to_is_noted, (Worked,)),
    Property(a_call_counts_unless_it_was_never_run, (ModelReplied, Denied)),
    Property(no_limit_on_calls_is_passed),
    Property(no_more_replies_are_taken_in_than_rounds, (ModelReplied,)),
    Property(a_model_is_tried_as_often_as_it_may, (Prepared,)),
    Property(a_fault_leads_to_another_try_or_model, (ModelReplied, ModelFailed), core=True),
    Property(a_run_gives_up_when_nothing_is_left_to_try, (ModelReplied, ModelFailed), core=True),
    Property(every_fault_is_noted, (ModelReplied, ModelFailed)),
    Property(a_failed_run_says_why),
    Property(the_reason_is_that_of_the_last_try, (ModelReplied, ModelFailed), core=True),
    Property(models_left_only_grow_fewer, (Prepared,)),
)
