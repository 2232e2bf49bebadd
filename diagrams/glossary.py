"""Every state, event and effect with a line each, in Markdown, for the documentation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from ..states import EVENTS, Rows
from ..states.effects import Effect
from .chart import Kind, chart, name_of

__all__ = ["glossary"]

_STATES = {
    "prompting": "The next model call is being prepared: limits are looked at, a pause before another try is kept.",
    "awaiting_model": "A model has been asked, and its reply is owed.",
    "dispatching_tools": "Tools run, several at once; the turn is sealed with the last outcome.",
    "awaiting_approval": "People have to agree to calls, or to answer what tools ask. No process has to wait here.",
    "done": "The model has answered. A new conversation rests here too.",
    "limit_hit": "The run met a limit; what was gathered is in its answer.",
    "failed": "No model gave a usable reply, and no try is left; nothing gathered is lost.",
    "cancelled": "Somebody stopped the run; results that were there are kept.",
}
_KINDS = {
    Kind.WORKING: "the loop is at work",
    Kind.PERSON: "a person is asked",
    Kind.ENDED: "the run has ended",
    Kind.LIMIT: "the run has ended",
    Kind.FAILURE: "the run has ended",
}
_PAGE = """# States, events, effects

Written from the code that runs, and compared by a test. What leads from where to where is in [the table](table.md).

## States

Where the loop can rest. Nothing but an event leads out of one.

{states}
## Events

Facts that arrived, in the past tense. A journal holds these and nothing else.

{events}
## Effects

What is wanted next, in the imperative. Effects are derived from the record and never stored; a driver performs them.

{effects}"""


def glossary(rows: Rows) -> str:
    """Return the page: the states of *rows* as they are drawn, and all events and effects, each with its first line."""
    nodes = chart(rows).nodes
    taken = {event: dict.fromkeys(name_of(row.source) for row in rows if row.event is event) for event in EVENTS}
    states = ((f"`{node.name}`", _KINDS[node.kind], _STATES.get(node.name, "")) for node in nodes)
    events = (
        (f"`{event.__name__}`", _first_line(event), _all(taken[event], len(nodes)) or "states of one's own") for event in EVENTS
    )
    effects = ((f"`{effect.__name__}`", _first_line(effect)) for effect in get_args(Effect))
    return _PAGE.format(
        states=_table(("state", "meanwhile", "what it means"), states),
        events=_table(("event", "what happened", "taken in"), events),
        effects=_table(("effect", "what is to be done"), effects),
    )


def _all(states: Iterable[str], number: int) -> str:
    names = [f"`{name}`" for name in states]
    return "any state" if len(names) == number else ", ".join(names)


def _first_line(of: type) -> str:
    return (of.__doc__ or "").strip().split("\n")[0].replace(".  ", ". ")


def _table(head: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    return "".join(f"| {' | '.join(line)} |\n" for line in (head, ("---",) * len(head), *lines))
