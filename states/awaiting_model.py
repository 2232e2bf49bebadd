"""`awaiting_model`: a model has been asked and its reply is owed.  What the reply holds decides, never its finish reason."""

from __future__ import annotations

from attrs import evolve

from .calls import fitting, open_turn
from .conversation import Conversation, Failure, Run, State, Usage
from .ended import cancel, end_at_the_limit, fail
from .events import Cancelled, ModelFailed, ModelReplied, UserSaid
from .limits import reached
from .messages import AssistantMessage, UserMessage
from .record import hear, seal, wait_in_the_inbox
from .row import Row, Rows

__all__ = ["ROWS"]

# --- guards: what the reply is ---------------------------------------------------------------------------------------


def asks_for_tools(conversation: Conversation, event: ModelReplied) -> bool:
    """Whether there are calls that can run at once."""
    calls = () if conversation.run.closing else fitting(conversation, event.reply)
    return bool(calls) and not any(call.gated for call in calls)


def asks_for_gated_tools(conversation: Conversation, event: ModelReplied) -> bool:
    """Whether a person has to agree to some of the calls that can run."""
    return not conversation.run.closing and any(call.gated for call in fitting(conversation, event.reply))


def asks_in_vain(conversation: Conversation, event: ModelReplied) -> bool:
    """Whether there are calls, but none that can run: bad arguments, or more than the limit."""
    return not conversation.run.closing and bool(event.reply.calls) and not fitting(conversation, event.reply)


def answers(conversation: Conversation, event: ModelReplied) -> bool:
    """Whether this is the answer, and the user has said nothing meanwhile."""
    return not conversation.run.closing and _is_answer(event) and not conversation.inbox


def answers_too_early(conversation: Conversation, event: ModelReplied) -> bool:
    """Whether this is an answer that does not know yet what the user said meanwhile."""
    return not conversation.run.closing and _is_answer(event) and bool(conversation.inbox)


def closes(conversation: Conversation, event: ModelReplied) -> bool:
    """Whether these are the closing words of a run that met a limit."""
    return conversation.run.closing


def is_unusable_but_may_be_asked_again(conversation: Conversation, event: ModelReplied) -> bool:
    """Whether there is nothing to go on with, and a try is left."""
    return _is_unusable(conversation, event) and _may_ask_again(conversation, retryable=True)


def is_unusable_for_good(conversation: Conversation, event: ModelReplied) -> bool:
    """Whether there is nothing to go on with, and no try is left."""
    return _is_unusable(conversation, event) and not _may_ask_again(conversation, retryable=True)


def may_be_tried_again(conversation: Conversation, event: ModelFailed) -> bool:
    """Whether a try or another model is left, or the time is up and the limit shall decide."""
    return _may_ask_again(conversation, retryable=event.retryable) or _is_out_of_time(conversation, event)


def gives_up(conversation: Conversation, event: ModelFailed) -> bool:
    """Whether no try is left, in the middle of the run."""
    return not conversation.run.closing and not may_be_tried_again(conversation, event)


def gives_up_closing(conversation: Conversation, event: ModelFailed) -> bool:
    """Whether no try is left for the closing words."""
    return conversation.run.closing and not may_be_tried_again(conversation, event)


def _is_answer(event: ModelReplied) -> bool:
    reply = event.reply
    return not reply.calls and not reply.said.is_blank and reply.problem is None


def _is_unusable(conversation: Conversation, event: ModelReplied) -> bool:
    return not conversation.run.closing and not event.reply.calls and not _is_answer(event)


def _may_ask_again(conversation: Conversation, *, retryable: bool) -> bool:
    run = conversation.run
    return (retryable and run.attempts < run.limits.retries) or bool(run.spares)


def _is_out_of_time(conversation: Conversation, event: ModelFailed) -> bool:
    seconds = conversation.run.limits.seconds
    return not conversation.run.closing and seconds is not None and reached(conversation, event.at) is not None


# --- updates: what the record becomes --------------------------------------------------------------------------------


def open_the_turn(conversation: Conversation, event: ModelReplied) -> Conversation:
    """Keep the calls in a turn of their own until each has an outcome."""
    used, turn = _used(event), open_turn(conversation, event.reply)
    run = _accepted(conversation.run, used)
    run = evolve(
        run,
        tool_calls=run.tool_calls + len(turn.owed),
        refused_calls=run.refused_calls + sum(slot.is_over_limit for slot in turn.slots),
        parked_at=event.at if turn.undecided else None,
    )
    minted = conversation.minted + len(turn.slots)
    return evolve(conversation, turn=turn, run=run, usage=conversation.usage + used, minted=minted)


def answer_the_calls(conversation: Conversation, event: ModelReplied) -> Conversation:
    """Seal the turn at once: every call was answered by what is wrong with it."""
    return seal(open_the_turn(conversation, event))


def keep_the_answer(conversation: Conversation, event: ModelReplied) -> Conversation:
    """Put the answer at the end of the history."""
    used, answer = _used(event), AssistantMessage(said=event.reply.said)
    history = (*conversation.history, answer)
    return evolve(conversation, run=_accepted(conversation.run, used), usage=conversation.usage + used, history=history)


def keep_the_closing_words(conversation: Conversation, event: ModelReplied) -> Conversation:
    """Put the closing words at the end; what was gathered, where there are none."""
    if not event.reply.said.is_blank:
        return keep_the_answer(hear(conversation), event)
    used = _used(event)
    counted = evolve(conversation, run=_accepted(conversation.run, used), usage=conversation.usage + used)
    return end_at_the_limit(counted, counted.run.limit or "the run")


def nudge(conversation: Conversation, event: ModelReplied) -> Conversation:
    """Keep what was said, if anything, and tell the model in the user's place what is wrong with it."""
    used, word = _used(event), UserMessage(content=_what_is_wrong(event), synthetic=True)
    run = _tried_again(_refused(conversation.run, event, used), retryable=True)
    history = (*conversation.history, *_spoken(event), word)
    return evolve(conversation, run=run, usage=conversation.usage + used, history=history)


def fail_for_want_of_an_answer(conversation: Conversation, event: ModelReplied) -> Conversation:
    """Say that the model gave nothing usable, and keep what it did say."""
    used = _used(event)
    run, history = _refused(conversation.run, event, used), (*conversation.history, *_spoken(event))
    tries = f"{run.attempts + 1} tries" if run.attempts else "1 try"
    message = f"The model gave no usable reply in {tries}. {_what_is_wrong(event)}"
    counted = evolve(conversation, run=run, usage=conversation.usage + used, history=history)
    return fail(counted, Failure(kind="unusable_reply", message=message))


def plan_another_try(conversation: Conversation, event: ModelFailed) -> Conversation:
    """Go on with a pause at the same model, or at once with the next."""
    before = conversation.run
    run = _tried_again(_noted(before, event), retryable=event.retryable)
    not_before = event.at + event.delay if run.model_index == before.model_index and event.delay else None
    limit = run.limit or (reached(conversation, event.at) if _is_out_of_time(conversation, event) else None)
    return evolve(conversation, run=evolve(run, not_before=not_before, limit=limit))


def fail_for_want_of_a_model(conversation: Conversation, event: ModelFailed) -> Conversation:
    """Keep the reason of the last failure."""
    return fail(evolve(conversation, run=_noted(conversation.run, event)), event.failure)


def write_down_what_was_gathered(conversation: Conversation, event: ModelFailed) -> Conversation:
    """End the run with the summary: the limit stays the reason, the failed closing call is noted."""
    noted = evolve(conversation, run=_noted(conversation.run, event))
    return end_at_the_limit(noted, conversation.run.limit or "the run")


def _used(event: ModelReplied) -> Usage:
    return evolve(event.reply.usage, model_calls=1)


def _accepted(run: Run, used: Usage) -> Run:
    """Count a reply that is taken in."""
    return evolve(run, usage=run.usage + used, rounds=run.rounds + 1, attempts=0)


def _refused(run: Run, event: ModelReplied, used: Usage) -> Run:
    """Count what an unusable reply used, and note what is wrong with it."""
    fault = Failure(kind="unusable_reply", message=_what_is_wrong(event))
    return evolve(run, usage=run.usage + used, faults=(*run.faults, fault))


def _noted(run: Run, event: ModelFailed) -> Run:
    return evolve(run, faults=(*run.faults, event.failure))


def _tried_again(run: Run, *, retryable: bool) -> Run:
    """Count the try; after the last one of a model, turn to the next."""
    if (retryable and run.attempts < run.limits.retries) or not run.spares:
        return evolve(run, attempts=run.attempts + 1)
    return evolve(run, attempts=0, model_index=run.model_index + 1, spares=run.spares - 1)


def _spoken(event: ModelReplied) -> tuple[AssistantMessage, ...]:
    return () if event.reply.said.is_blank else (AssistantMessage(said=event.reply.said),)


def _what_is_wrong(event: ModelReplied) -> str:
    if event.reply.problem is not None:
        return event.reply.problem if event.reply.problem.strip() else "The last reply can not be used. Please try again."
    if event.reply.said.finish == "length":
        return "The last reply was cut off before it said anything. Please answer more briefly."
    return "The last reply was empty. Please answer, or call a tool."


ROWS: Rows = (
    Row(State.AWAITING_MODEL, ModelReplied, when=asks_for_tools, then=open_the_turn, to=State.DISPATCHING_TOOLS),
    Row(State.AWAITING_MODEL, ModelReplied, when=answers, then=keep_the_answer, to=State.DONE),
    Row(State.AWAITING_MODEL, ModelReplied, when=answers_too_early, then=keep_the_answer, to=State.PROMPTING),
    Row(State.AWAITING_MODEL, ModelReplied, when=asks_for_gated_tools, then=open_the_turn, to=State.AWAITING_APPROVAL),
    Row(State.AWAITING_MODEL, ModelReplied, when=asks_in_vain, then=answer_the_calls, to=State.PROMPTING),
    Row(State.AWAITING_MODEL, ModelReplied, when=closes, then=keep_the_closing_words, to=State.LIMIT_HIT),
    Row(State.AWAITING_MODEL, ModelReplied, when=is_unusable_but_may_be_asked_again, then=nudge, to=State.PROMPTING),
    Row(State.AWAITING_MODEL, ModelReplied, when=is_unusable_for_good, then=fail_for_want_of_an_answer, to=State.FAILED),
    Row(State.AWAITING_MODEL, ModelFailed, when=may_be_tried_again, then=plan_another_try, to=State.PROMPTING),
    Row(State.AWAITING_MODEL, ModelFailed, when=gives_up, then=fail_for_want_of_a_model, to=State.FAILED),
    Row(State.AWAITING_MODEL, ModelFailed, when=gives_up_closing, then=write_down_what_was_gathered, to=State.LIMIT_HIT),
    Row(State.AWAITING_MODEL, UserSaid, then=wait_in_the_inbox, to=State.AWAITING_MODEL),
    Row(State.AWAITING_MODEL, Cancelled, then=cancel, to=State.CANCELLED),
)
