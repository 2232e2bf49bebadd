"""What a search has seen: states, what leads on from each, and what does not hold."""

from __future__ import annotations

from collections.abc import Hashable

from attrs import define, field, frozen

from ...states import AnyState, Conversation, Event, Rows
from .alphabet import Letter
from .subject import Subject

__all__ = ["Explored", "Move", "Node", "Violation"]


@frozen
class Move:
    """One step of a path: the *name* of what arrived, where the machine rested and where it rests then."""

    name: str
    event: Event
    source: AnyState
    to: AnyState | None


@frozen(kw_only=True)
class Violation:
    """What does not hold: the property in words, *detail* where there is more to say, and the shortest *path* there.

    *to* of the last move is None where no row took the event.
    """

    property: str
    detail: str = ""
    path: tuple[Move, ...] = ()


@frozen
class Node:
    """A state as it was first reached: the record, how far from the start, and by which letter from where."""

    record: Conversation
    depth: int
    parent: Hashable = None
    letter: Letter | None = None


@define(eq=False)
class Explored:
    """What was seen so far: every state by its form, with what leads on from it, and what does not hold.

    *edges* are the forms that a state leads to, each with whether somebody outside has to have a hand in it.  *open* are
    the forms reached but not gone on from, because of the depth.
    """

    subject: Subject
    nodes: dict[Hashable, Node] = field(factory=dict[Hashable, Node])
    edges: dict[Hashable, set[tuple[Hashable, bool]]] = field(factory=dict[Hashable, set[tuple[Hashable, bool]]])
    open: list[Hashable] = field(factory=list[Hashable])
    moves: int = 0
    taken: set[int] = field(factory=set[int])
    violations: dict[str, Violation] = field(factory=dict[str, Violation])

    @property
    def depth(self) -> int:
        """How many events the farthest state is from the start."""
        return max(node.depth for node in self.nodes.values())

    @property
    def untaken(self) -> Rows:
        """The rows that nothing has taken."""
        return tuple(row for index, row in enumerate(self.subject.rows) if index not in self.taken)

    @property
    def reached(self) -> frozenset[AnyState]:
        """The states of the machine that something has led to."""
        return frozenset(node.record.state for node in self.nodes.values())

    @property
    def unreached(self) -> tuple[AnyState, ...]:
        """Those of the table that nothing has led to."""
        reached = self.reached
        states = dict.fromkeys(state for row in self.subject.rows for state in (row.source, row.to))
        return tuple(state for state in states if state not in reached)

    def path(self, form: Hashable, last: Move | None = None) -> tuple[Move, ...]:
        """Return the shortest way from the start to the state of that form, and the *last* move from there."""
        moves: list[Move] = []
        node = self.nodes[form]
        while node.letter is not None:
            before = self.nodes[node.parent]
            moves.append(Move(node.letter.name, node.letter.event, before.record.state, node.record.state))
            node = before
        return (*reversed(moves), *(() if last is None else (last,)))

    def broken(self, name: str, detail: str = "", path: tuple[Move, ...] = ()) -> None:
        """Note that a property does not hold at the end of *path*; of each the first violation is kept, the nearest."""
        self.violations.setdefault(name, Violation(property=name, detail=detail, path=path))
