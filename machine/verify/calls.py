"""What is promised of each call of a turn: what an event makes of the one it names, and that the others stay."""

from __future__ import annotations

from attrs import evolve

from ...states import Conversation, Event
from ...states.events import Answered, Approved, Cancelled, Denied, ToolAsked, ToolFailed, ToolReturned, ToolStarted
from ...states.turn import OutcomeKind
from .moves import OfACall, outcomes, slot_named, standing
from .property import Property

__all__ = ["CALLS"]


def a_finished_call_keeps_its_outcome(before: Conversation, event: Event, after: Conversation) -> bool:
    """Whether no recorded outcome is lost, changed or put in another place."""
    known = outcomes(before, after)
    return all(slot.outcome is None or known.get(slot.call.id) == slot.outcome for slot in standing(before))


def an_event_about_a_call_touches_no_other(before: Conversation, event: OfACall, after: Conversation) -> bool:
    """Whether all calls but the one that is named stand as they stood."""
    kept = zip(standing(before), standing(after), strict=False)
    return all(one == other for one, other in kept if one.call.id != event.call_id)


def a_start_is_noted(before: Conversation, event: ToolStarted, after: Conversation) -> bool:
    """Whether it is known from now on that the tool may have done something."""
    was, now = slot_named(before, event), slot_named(after, event)
    return was is not None and now == evolve(was, started=True)


def a_result_is_kept_beside_its_call(before: Conversation, event: ToolReturned, after: Conversation) -> bool:
    """Whether the call has what its tool returned, and the model is told first where a person changed the arguments."""
    was, told = slot_named(before, event), outcomes(before, after).get(event.call_id)
    if was is None or told is None:
        return False
    note, _, rest = told.content.rpartition(event.content)
    is_noted = bool(note) == (was.edited is not None) and (was.edited or "") in note
    kept = (told.kind, told.parts, told.seconds) == (OutcomeKind.RETURNED, event.parts, event.seconds)
    return is_noted and kept and not rest


def a_failure_is_kept_beside_its_call(before: Conversation, event: ToolFailed, after: Conversation) -> bool:
    """Whether the call has what its tool came to, and the model is told after it where a person changed the arguments."""
    was, told = slot_named(before, event), outcomes(before, after).get(event.call_id)
    if was is None or told is None:
        return False
    first, _, note = told.content.partition(event.content)
    is_noted = bool(note) == (was.edited is not None) and (was.edited or "") in note
    kept = (told.kind, told.parts, told.seconds) == (event.kind, (), event.seconds)
    return is_noted and kept and not first


def a_tool_that_asks_waits_for_a_person(before: Conversation, event: ToolAsked, after: Conversation) -> bool:
    """Whether the call waits with the question, does not run meanwhile, and what it used is counted to it."""
    was, now = slot_named(before, event), slot_named(after, event)
    return was is not None and now == evolve(was, ask=event.ask, started=False, spent=was.spent + event.usage)


def an_answer_lets_the_tool_run_again(before: Conversation, event: Answered, after: Conversation) -> bool:
    """Whether the call may run, with all answers so far."""
    was, now = slot_named(before, event), slot_named(after, event)
    return was is not None and now == evolve(was, ask=None, answers=(*was.answers, event.answer))


def an_approval_lets_the_tool_run(before: Conversation, event: Approved, after: Conversation) -> bool:
    """Whether the call may run, with the arguments of the person who agreed, if there are any."""
    was, now = slot_named(before, event), slot_named(after, event)
    if was is None:
        return False
    edited = was.edited if event.arguments is None else event.arguments
    return now == evolve(was, gated=False, ask=None, edited=edited)


def a_denied_call_is_told_so(before: Conversation, event: Denied, after: Conversation) -> bool:
    """Whether the model reads that the call was refused, why, and whether its tool had begun."""
    was, told = slot_named(before, event), outcomes(before, after).get(event.call_id)
    if was is None or told is None or told.kind is not OutcomeKind.DENIED:
        return False
    words, content = "did not allow this call", told.content
    if was.ask is not None and not was.gated:
        words = "had begun" if was.ask.schema is None else "did not answer what the tool asked"
    ends = f": {event.reason}" if event.reason else "."
    return content.startswith("Tool error: ") and words in content and content.endswith(ends)


def a_cancelled_run_answers_every_call(before: Conversation, event: Cancelled, after: Conversation) -> bool:
    """Whether the calls that were owed are marked as cancelled."""
    told = outcomes(before, after)
    owed = [told.get(slot.call.id) for slot in standing(before) if slot.is_owed]
    return all(
        each is not None and each.kind is OutcomeKind.CANCELLED and each.content.startswith("Tool error: ") for each in owed
    )


_OF_A_CALL = (Approved, Denied, Answered, ToolStarted, ToolReturned, ToolFailed, ToolAsked)

CALLS: tuple[Property, ...] = (
    Property(a_finished_call_keeps_its_outcome),
    Property(an_event_about_a_call_touches_no_other, _OF_A_CALL),
    Property(a_start_is_noted, (ToolStarted,)),
    Property(a_result_is_kept_beside_its_call, (ToolReturned,)),
    Property(a_failure_is_kept_beside_its_call, (ToolFailed,)),
    Property(a_tool_that_asks_waits_for_a_person, (ToolAsked,)),
    Property(an_answer_lets_the_tool_run_again, (Answered,)),
    Property(an_approval_lets_the_tool_run, (Approved,)),
    Property(a_denied_call_is_told_so, (Denied,)),
    Property(a_cancelled_run_answers_every_call, (Cancelled,)),
)
