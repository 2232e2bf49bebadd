"""What is promised of limits, closing words and the clock."""

from __future__ import annotations

from collections.abc import Iterator

from ...states import Conversation, Event, State
from ...states.events import (
    ModelFailed,
    ModelReplied,
    Prepared,
)
from ...states.messages import AssistantMessage
from ...states.turn import SealedTurn
from .moves import added, is_accepted, spoken
from .property import Property

__all__ = ["ENDING"]


def a_model_is_asked_within_limits(before: Conversation, event: Prepared, after: Conversation) -> bool:
    """Whether the run goes on exactly while no limit is reached, and else ends as the limits say."""
    run = before.run
    if run.closing:
        return after.state is State.AWAITING_MODEL and after.run.closing
    if not set(_reached(before, event.at)):
        return after.state is State.AWAITING_MODEL and not after.run.closing
    if run.final and run.limits.on_limit == "answer":
        return after.state is State.AWAITING_MODEL and after.run.closing
    return after.state is State.LIMIT_HIT and not after.run.closing


def no_model_is_asked_past_a_limit(before: Conversation, event: Event, after: Conversation) -> bool:
    """Whether limits are looked at before every model call: none begins at one but the closing one."""
    if after.state is not State.AWAITING_MODEL or before.state is State.AWAITING_MODEL:
        return True
    return isinstance(event, Prepared) and (after.run.closing or not set(_reached(before, event.at)))


def closing_words_have_tries_of_their_own(before: Conversation, event: Prepared, after: Conversation) -> bool:
    """Whether what went wrong before does not count against the closing words, and nothing else is forgotten."""
    begins = after.run.closing and not before.run.closing
    return after.run.attempts == (0 if begins else before.run.attempts)


def a_limit_is_named_once_it_is_met(before: Conversation, event: Event, after: Conversation) -> bool:
    """Whether a run that closes or ended at a limit names it, and the limit is one that was reached; once met it stays."""
    was, now = before.run.limit, after.run.limit
    if was is not None and not before.state.ends_a_run:
        return now == was
    if now is None:
        return not after.run.closing and after.state is not State.LIMIT_HIT
    return now in _reached(before, event.at)


def a_limit_is_named_when_it_ends_a_run(before: Conversation, event: Prepared | ModelFailed, after: Conversation) -> bool:
    """Whether a limit is noted when the run goes on to its end, and not before: a failed call notes that the time is up."""
    if before.run.limit is not None:
        return True
    if isinstance(event, ModelFailed):
        return (after.run.limit is not None) == (after.state is State.PROMPTING and _is_out_of_time(before, event.at))
    return (after.run.limit is not None) == bool(set(_reached(before, event.at)))


def closing_words_end_the_run(before: Conversation, event: ModelReplied, after: Conversation) -> bool:
    """Whether a run ends with the reply that was asked for to close it, whatever it holds, and no other at a limit."""
    return (after.state is State.LIMIT_HIT) == before.run.closing


def an_answer_ends_the_run(before: Conversation, event: ModelReplied, after: Conversation) -> bool:
    """Whether the run is done with an answer, where the user has said nothing meanwhile."""
    answers = is_accepted(before, event) and not event.reply.calls and not before.run.closing
    return (after.state is State.DONE) == (answers and not before.inbox)


def a_run_without_closing_words_says_what_was_gathered(before: Conversation, event: Event, after: Conversation) -> bool:
    """Whether a run that ends at its limit ends with what was said, or a summary that names the limit and every result."""
    if after.state is not State.LIMIT_HIT or before.state.ends_a_run:
        return True
    last = after.history[-1]
    if not isinstance(last, AssistantMessage) or added(before, after)[:-1] != before.inbox:
        return False
    if isinstance(event, ModelReplied) and spoken(event):
        return (last,) == spoken(event)
    told = [each for each in _results(after) if each not in last.said.text]
    return last.synthetic and str(after.run.limit) in last.said.text and not told


def the_clock_stands_while_people_are_waited_for(before: Conversation, event: Event, after: Conversation) -> bool:
    """Whether it is noted since when a live run waits for people alone, and what they take does not count."""
    was, now = before.run, after.run
    waits = after.state is State.AWAITING_APPROVAL
    if after.state.ends_a_run or before.state.ends_a_run:
        return True
    if was.parked_at is None:
        return now.parked_at == (event.at if waits else None) and now.started_at == was.started_at
    if waits:
        return (now.parked_at, now.started_at) == (was.parked_at, was.started_at)
    return now.parked_at is None and event.at - now.started_at == was.parked_at - was.started_at


def a_pause_is_kept_before_the_same_model_is_asked_again(
    before: Conversation, event: Prepared | ModelFailed, after: Conversation
) -> bool:
    """Whether a pause is noted where the same model is to be tried again after one, and forgotten once it is asked."""
    if after.state not in (State.PROMPTING, State.AWAITING_MODEL):
        return after.run.not_before == before.run.not_before
    if isinstance(event, Prepared):
        return after.run.not_before is None
    same = after.run.model_index == before.run.model_index
    return after.run.not_before == (event.at + event.delay if same and event.delay else None)


def _reached(conversation: Conversation, at: float) -> Iterator[str]:
    """Return every limit that the run has reached by then, in words."""
    run, limits = conversation.run, conversation.run.limits
    if run.limit is not None:
        yield run.limit
    if run.refused_calls:
        yield _many(limits.tool_calls, "tool call")
    if run.rounds >= limits.rounds:
        yield _many(limits.rounds, "round")
    if _is_out_of_time(conversation, at):
        yield f"{limits.seconds:g} seconds"
    if limits.cost is not None and (run.usage.cost or 0.0) >= limits.cost:
        yield f"{limits.cost:g} of cost"
    if limits.input_tokens is not None and run.usage.prompt >= limits.input_tokens:
        yield f"{limits.input_tokens} input tokens"
    if limits.output_tokens is not None and run.usage.completion >= limits.output_tokens:
        yield f"{limits.output_tokens} output tokens"
    if limits.total_tokens is not None and run.usage.prompt + run.usage.completion >= limits.total_tokens:
        yield f"{limits.total_tokens} tokens"


def _is_out_of_time(conversation: Conversation, at: float) -> bool:
    seconds = conversation.run.limits.seconds
    return seconds is not None and at - conversation.run.started_at >= seconds


def _many(number: int | None, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _results(conversation: Conversation) -> list[str]:
    """Return the first line of each result of the run."""
    turns = [entry for entry in conversation.history[conversation.run.first :] if isinstance(entry, SealedTurn)]
    return [outcome.content.splitlines()[0] for turn in turns for outcome in turn.outcomes]


ENDING: tuple[Property, ...] = (
    Property(a_model_is_asked_within_limits, (Prepared,), core=True),
    Property(no_model_is_asked_past_a_limit),
    Property(closing_words_have_tries_of_their_own, (Prepared,)),
    Property(a_limit_is_named_once_it_is_met),
    Property(a_limit_is_named_when_it_ends_a_run, (Prepared, ModelFailed), core=True),
    Property(closing_words_end_the_run, (ModelReplied,), core=True),
    Property(an_answer_ends_the_run, (ModelReplied,), core=True),
    Property(a_run_without_closing_words_says_what_was_gathered, core=True),
    Property(the_clock_stands_while_people_are_waited_for),
    Property(a_pause_is_kept_before_the_same_model_is_asked_again, (Prepared, ModelFailed), core=True),
)
