"""The rows as a graph: states and their kind, rows merged into edges, and rows that all states of a group share.

Everything is read off the rows, so a table with more states or events is drawn too.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import TypeVar

from attrs import frozen

from ..states import AnyState, Conversation, Event, Row, Rows
from ..states.events import Approved, Denied

__all__ = ["Chart", "Edge", "Group", "Kind", "Node", "chart", "guards_by_event", "name_of", "update", "words"]

E = TypeVar("E", bound=Event)


class Kind(enum.Enum):
    """What a state waits for: the loop's own work, a person's word, or, in three kinds of ends, the next run."""

    WORKING = "working"
    PERSON = "person"
    ENDED = "ended"
    LIMIT = "limit"
    FAILURE = "failure"

    @property
    def ends(self) -> bool:
        """Whether a run has ended there."""
        return self in (Kind.ENDED, Kind.LIMIT, Kind.FAILURE)


_ENDINGS = {"limit_hit": Kind.LIMIT, "failed": Kind.FAILURE}


@frozen
class Node:
    """A state.  *stays* are the rows that lead back to it, without those its group shares."""

    name: str
    kind: Kind
    stays: Rows = ()

    @property
    def title(self) -> str:
        """Its name for a drawing in text, after a word for its kind unless that is plain to see."""
        return self.name if self.kind in (Kind.WORKING, Kind.ENDED) else f"«{self.kind.value}» {self.name}"

    @property
    def shown(self) -> Rows:
        """The rows to write inside it."""
        return self.stays


@frozen
class Group:
    """The states in which a run is under way, or those in which it has ended.

    *stays* are the rows that every state of the group has and that lead back to that same state: all, state by state.
    """

    name: str
    nodes: tuple[Node, ...]
    stays: Rows = ()

    @property
    def shown(self) -> Rows:
        """The rows of *stays*, once each."""
        return _once(self.stays)


@frozen
class Edge:
    """All rows from one source to one destination.  A group as the source stands for each of its states."""

    source: Node | Group
    to: Node
    rows: Rows

    @property
    def shown(self) -> Rows:
        """The rows to write beside the edge: where a group is the source, once each."""
        return _once(self.rows) if isinstance(self.source, Group) else self.rows


@frozen
class Chart:
    """The whole machine; *start* is where a new conversation rests.  Each row is in one edge or in one *stays*."""

    start: Node
    live: Group
    ended: Group
    edges: tuple[Edge, ...]

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Every state: the live ones, then the ended ones, each in the order of the table."""
        return self.live.nodes + self.ended.nodes

    @property
    def sharing(self) -> tuple[Group, ...]:
        """The groups whose states share rows."""
        leaving = [edge.source for edge in self.edges]
        return tuple(group for group in (self.live, self.ended) if group.stays or group in leaving)


def words(row: Row[E]) -> str:
    """Return the row's event and, in brackets, its guard: `ModelReplied [asks for tools]`."""
    return f"{row.event.__name__} [{row.label}]" if row.label else row.event.__name__


def update(row: Row[E]) -> str:
    """Return the name of the row's update, in words."""
    return str(getattr(row.then, "__name__", type(row.then).__name__)).replace("_", " ")


def name_of(state: AnyState) -> str:
    """Return the state's name as it is drawn."""
    return str(getattr(state, "value", state))


def guards_by_event(rows: Rows) -> dict[str, list[str]]:
    """Return, for each event of *rows*, its guards in words; none if the one row of the event has no guard."""
    grouped: dict[str, list[str]] = {}
    for row in rows:
        grouped.setdefault(row.event.__name__, []).append(row.label)
    return {event: [] if labels == [""] else [label or "always" for label in labels] for event, labels in grouped.items()}


def chart(rows: Rows) -> Chart:
    """Return *rows* as a graph.  Rows that all states of a group have (two states at least) become one edge."""
    start = Conversation().state
    kinds = {state: _kind(state, rows) for state in _states(rows, start)}
    live = tuple(state for state, kind in kinds.items() if not kind.ends)
    ended = tuple(state for state, kind in kinds.items() if kind.ends)
    of_live, of_ended = _shared(rows, live), _shared(rows, ended)
    own = tuple(row for row in rows if row not in of_live + of_ended)

    nodes = {state: Node(name_of(state), kind, _staying(own, state)) for state, kind in kinds.items()}
    running = Group("live", tuple(nodes[state] for state in live), _staying(of_live, *live))
    over = Group("ended", tuple(nodes[state] for state in ended), _staying(of_ended, *ended))
    common = dict.fromkeys(of_live, running) | dict.fromkeys(of_ended, over)
    sources = [(common.get(row, nodes[row.source]), row) for row in own + of_live + of_ended]
    return Chart(nodes[start], running, over, _merged(sources, nodes))


def _once(rows: Rows) -> Rows:
    return tuple({_shape(row): row for row in reversed(rows)}.values())[::-1]


def _states(rows: Rows, start: AnyState) -> tuple[AnyState, ...]:
    """Return the states in the order in which the table leaves them; those it never leaves come last."""
    return tuple(dict.fromkeys([*(row.source for row in rows), *(row.to for row in rows), start]))


def _kind(state: AnyState, rows: Rows) -> Kind:
    leaving = [row for row in rows if row.source == state]
    if getattr(state, "ends_a_run", False) or not leaving:
        return _ENDINGS.get(name_of(state), Kind.ENDED)
    return Kind.PERSON if any(row.event in (Approved, Denied) for row in leaving) else Kind.WORKING


def _shape(row: Row[E]) -> object:
    return (row.event, row.when, row.then, None if row.source == row.to else row.to)


def _shared(rows: Rows, members: tuple[AnyState, ...]) -> Rows:
    """Return the rows that every one of *members* has once: same event, guard, update and destination."""
    sources: dict[object, list[AnyState]] = {}
    for row in rows:
        sources.setdefault(_shape(row), []).append(row.source)
    common = {shape for shape, of in sources.items() if len(of) == len(members) > 1 and set(of) == set(members)}
    return tuple(row for row in rows if _shape(row) in common)


def _staying(rows: Rows, *states: AnyState) -> Rows:
    return tuple(row for row in rows if row.source == row.to and row.source in states)


def _merged(sources: Iterable[tuple[Node | Group, Row[Event]]], nodes: dict[AnyState, Node]) -> tuple[Edge, ...]:
    merged: dict[tuple[int, AnyState], Edge] = {}
    for source, row in sources:
        if row.source != row.to:
            key = (id(source), row.to)
            before = merged[key].rows if key in merged else ()
            merged[key] = Edge(source, nodes[row.to], (*before, row))
    return tuple(merged.values())
