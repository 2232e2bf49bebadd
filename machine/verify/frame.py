"""What each event may change at all, and where it may lead; everything else of the record stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Final

from attrs import fields

from ...states import Conversation, Event, OwnState, Run, State
from ...states.events import (
    Answered,
    Approved,
    Cancelled,
    Denied,
    ModelFailed,
    ModelReplied,
    Opened,
    Prepared,
    Resumed,
    ToolAsked,
    ToolFailed,
    ToolReturned,
    ToolStarted,
    UserSaid,
    Worked,
)
from .property import Property

__all__ = ["FRAME"]

_RECORD: Final = frozenset(each.name for each in fields(Conversation)) - {"state", "seq", "run"}
_RUN: Final = frozenset(each.name for each in fields(Run))

_NONE: Final = frozenset[str]()
_OUTCOME: Final = ({"turn", "history", "usage"}, {"usage", "parked_at"})
_WORD: Final = ({"turn"}, {"started_at", "parked_at"})

_MAY_CHANGE: Final[Mapping[type[Event], tuple[Set[str], Set[str]]]] = {
    Opened: ({"id", "machine", "system", "repairs", "history", "minted"}, _NONE),
    UserSaid: ({"inbox", "history"}, _RUN),
    Resumed: (_NONE, _RUN - {"first", "window"}),
    Prepared: ({"history", "inbox"}, {"spares", "not_before", "closing", "limit", "attempts"}),
    ModelReplied: (
        {"history", "turn", "inbox", "usage", "minted"},
        {
            "usage",
            "rounds",
            "attempts",
            "tool_calls",
            "refused_calls",
            "parked_at",
            "model_index",
            "spares",
            "faults",
            "failure",
        },
    ),
    ModelFailed: (
        {"history", "inbox"},
        {"faults", "attempts", "model_index", "spares", "not_before", "limit", "failure"},
    ),
    Approved: _WORD,
    Answered: _WORD,
    Denied: ({"turn", "history"}, {"started_at", "parked_at", "tool_calls"}),
    ToolStarted: ({"turn"}, _NONE),
    ToolReturned: _OUTCOME,
    ToolFailed: _OUTCOME,
    ToolAsked: ({"turn", "usage"}, {"usage", "parked_at"}),
    Worked: ({"history", "inbox", "usage"}, {"usage", "worked", "failure"}),
    Cancelled: ({"history", "turn", "inbox"}, _NONE),
}
"""Of each event the fields of the record that it may change, and those of the run's counters."""

_STAYS: Final = {kind: (tuple(_RECORD - record), tuple(_RUN - run)) for kind, (record, run) in _MAY_CHANGE.items()}


_LEADS_TO: Final[Mapping[type[Event], Set[State]]] = {
    Opened: {State.DONE},
    Resumed: {State.PROMPTING},
    Prepared: {State.AWAITING_MODEL, State.LIMIT_HIT},
    ModelReplied: {*State} - {State.AWAITING_MODEL, State.CANCELLED},
    ModelFailed: {State.PROMPTING, State.LIMIT_HIT, State.FAILED},
    Approved: {State.AWAITING_APPROVAL, State.DISPATCHING_TOOLS},
    Answered: {State.AWAITING_APPROVAL, State.DISPATCHING_TOOLS},
    Denied: {State.AWAITING_APPROVAL, State.DISPATCHING_TOOLS, State.PROMPTING},
    ToolStarted: {State.DISPATCHING_TOOLS},
    ToolReturned: {State.DISPATCHING_TOOLS, State.AWAITING_APPROVAL, State.PROMPTING},
    ToolFailed: {State.DISPATCHING_TOOLS, State.AWAITING_APPROVAL, State.PROMPTING},
    ToolAsked: {State.DISPATCHING_TOOLS, State.AWAITING_APPROVAL},
    Worked: {State.PROMPTING, State.FAILED},
    Cancelled: {State.CANCELLED},
}


def an_event_leads_where_it_may(before: Conversation, event: Event, after: Conversation) -> bool:
    """Whether the state is one of those the event is for: the user's words begin a run, and change nothing of a live one."""
    if isinstance(event, UserSaid):
        return after.state == (State.PROMPTING if before.state.ends_a_run else before.state)
    if isinstance(event, Resumed) and isinstance(after.state, OwnState):
        return not before.is_unanswered and after.state.value == before.run.worked[-1][0]
    return after.state in _LEADS_TO[type(event)]


def an_event_changes_only_what_it_speaks_of(before: Conversation, event: Event, after: Conversation) -> bool:
    """Whether all that has nothing to do with the event is as it was."""
    of_record, of_run = _STAYS[type(event)]
    return _same(before, after, of_record) and (after.run is before.run or _same(before.run, after.run, of_run))


def every_event_is_counted(before: Conversation, event: Event, after: Conversation) -> bool:
    """Whether the record knows how many events made it."""
    return after.seq == before.seq + 1


def _same(before: object, after: object, names: tuple[str, ...]) -> bool:
    return all(_is_same(getattr(before, name), getattr(after, name)) for name in names)


def _is_same(one: object, other: object) -> bool:
    return one is other or one == other


FRAME: tuple[Property, ...] = (
    Property(an_event_changes_only_what_it_speaks_of),
    Property(an_event_leads_where_it_may, core=True),
    Property(every_event_is_counted),
)
