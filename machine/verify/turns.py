"""What is promised of a turn as a whole: how it opens, whom it waits for, and how it is closed."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Final

from ...states import Conversation, Event, OwnState, State, effects
from ...states.effects import AskAnswer, AskApproval, CallModel, CallTool, Effect, Prepare, Work
from ...states.events import Denied, ModelReplied, RequestedCall, ToolAsked, ToolFailed, ToolReturned
from ...states.messages import Call, call_id
from ...states.text import legal_name
from ...states.turn import Outcome, OutcomeKind
from .moves import called, newest_turn, outcomes, standing
from .property import Property

__all__ = ["TURNS"]

_WANTED: Final[Mapping[State, tuple[type[Effect], ...]]] = {
    State.PROMPTING: (Prepare,),
    State.AWAITING_MODEL: (CallModel,),
    State.DISPATCHING_TOOLS: (CallTool,),
    State.AWAITING_APPROVAL: (AskApproval, AskAnswer),
}


def a_live_run_wants_something_and_an_ended_one_nothing(before: Conversation, event: Event, after: Conversation) -> bool:
    """Whether there is something to do or to wait for exactly while the run is live, and of the state's own kind."""
    wanted = effects(after)
    kinds = (Work,) if isinstance(after.state, OwnState) else _WANTED.get(after.state, ())
    return bool(wanted) == bool(kinds) and all(type(each) in kinds for each in wanted)


def a_turn_is_open_while_its_calls_are_owed(before: Conversation, event: Event, after: Conversation) -> bool:
    """Whether a turn stands open exactly in the two states that wait for outcomes."""
    return (after.turn is not None) == (after.state in (State.DISPATCHING_TOOLS, State.AWAITING_APPROVAL))


def tools_run_once_nobody_is_waited_for(before: Conversation, event: ModelReplied | Denied, after: Conversation) -> bool:
    """Whether people are asked before the first tool of a turn runs."""
    return after.state is not State.DISPATCHING_TOOLS or not any(slot.is_undecided for slot in standing(after))


def people_are_waited_for_once_no_tool_runs(
    before: Conversation, event: ToolReturned | ToolFailed | ToolAsked, after: Conversation
) -> bool:
    """Whether tools that can run do, while others wait for a person."""
    runs = any(slot.is_owed and not slot.is_undecided for slot in standing(after))
    return after.state is not State.AWAITING_APPROVAL or not runs


def what_is_asked_for_is_kept_as_it_came(before: Conversation, event: ModelReplied, after: Conversation) -> bool:
    """Whether a turn holds all calls of a reply in order, as they came and under new ids, and the words beside them."""
    asked = () if before.run.closing else event.reply.calls
    turn = after.turn or newest_turn(before, after)
    if turn is None:
        return not asked and after.minted == before.minted
    ids = tuple(call_id(before.minted + place) for place in range(len(asked)))
    came = tuple(_recorded(call, identity) for call, identity in zip(asked, ids, strict=True))
    return turn.said == event.reply.said and called(before, after) == came and after.minted == before.minted + len(asked)


def an_open_turn_knows_the_event_that_opened_it(before: Conversation, event: ModelReplied, after: Conversation) -> bool:
    """Whether the keys by which tools know a repeated call are those of this turn."""
    return after.turn is None or after.turn.seq == before.seq


def only_what_fits_is_run(before: Conversation, event: ModelReplied, after: Conversation) -> bool:
    """Whether a flawed call is answered by what is wrong with it, and a call beyond the limit by that limit."""
    asked = () if before.run.closing else event.reply.calls
    most = before.run.limits.tool_calls
    room = len(asked) if most is None else most - before.run.tool_calls
    sound = [place for place, call in enumerate(asked) if call.flaw is None]
    runs = set(islice(sound, max(0, room)))
    told = tuple(outcomes(before, after).values())
    return len(told) == len(asked) and all(
        outcome is None if place in runs else _refuses(outcome, call, most)
        for place, (call, outcome) in enumerate(zip(asked, told, strict=True))
    )


def who_is_to_be_asked_is_asked(before: Conversation, event: ModelReplied, after: Conversation) -> bool:
    """Whether a call of a new turn waits for a person where its tool is gated, and has neither begun nor asked."""
    asked = () if before.run.closing else event.reply.calls
    fresh = standing(after)
    return all(
        slot.gated == call.gated and not (slot.started or slot.ask or slot.answers or slot.edited)
        for slot, call in zip(fresh, asked, strict=False)
    )


def a_turn_is_sealed_as_it_stood(before: Conversation, event: Event, after: Conversation) -> bool:
    """Whether an open turn stays, or joins the history with the same calls and words once each call has its outcome."""
    if before.turn is None:
        return True
    turn = after.turn or newest_turn(before, after)
    calls = tuple(slot.call for slot in before.turn.slots)
    return turn is not None and turn.said == before.turn.said and called(before, after) == calls


def _recorded(call: RequestedCall, identity: str) -> Call:
    return Call(
        id=identity,
        name=legal_name(call.name),
        arguments=call.arguments,
        host_id=call.host_id,
        opaque=call.opaque,
        problem=call.flaw,
    )


def _refuses(outcome: Outcome | None, call: RequestedCall, most: int | None) -> bool:
    if outcome is None or not outcome.content.startswith("Tool error: "):
        return False
    if call.flaw is not None:
        return outcome.kind is OutcomeKind.BAD_ARGUMENTS and call.flaw in outcome.content
    return outcome.kind is OutcomeKind.OVER_LIMIT and f"limit of {most} tool calls" in outcome.content


TURNS: tuple[Property, ...] = (
    Property(a_live_run_wants_something_and_an_ended_one_nothing),
    Property(a_turn_is_open_while_its_calls_are_owed),
    Property(tools_run_once_nobody_is_waited_for, (ModelReplied, Denied)),
    Property(people_are_waited_for_once_no_tool_runs, (ToolReturned, ToolFailed, ToolAsked)),
    Property(what_is_asked_for_is_kept_as_it_came, (ModelReplied,)),
    Property(an_open_turn_knows_the_event_that_opened_it, (ModelReplied,)),
    Property(only_what_fits_is_run, (ModelReplied,)),
    Property(who_is_to_be_asked_is_asked, (ModelReplied,)),
    Property(a_turn_is_sealed_as_it_stood),
)
