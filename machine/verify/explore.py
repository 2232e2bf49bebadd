"""Breadth first through every state that the letters of an alphabet lead to, each move held against its properties."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Final, TypeAlias

from attrs import define
from transitions import Machine

from ...errors import IllegalEvent
from ...states import Conversation, Event, Row
from ..codec import dump_event, dumps, load_event, loads
from ..step import step
from ..table import build
from .alphabet import Letter
from .explored import Explored, Move, Node
from .names import name_of_row
from .property import Property
from .subject import Subject

__all__ = ["explore"]

_TAKEN_ONCE: Final = "exactly one row takes what can arrive"
_REFUSED: Final = "what can not arrive is refused"
_TOTAL: Final = "no guard and no update raises"
_UNTOUCHED: Final = "no record and no event is changed"
_STORED: Final = "a record comes back from its bytes"
_REPLAYED: Final = "replaying the stored events gives the record"


def explore(subject: Subject, depth: int, *, stop_at_first: bool = False) -> Explored:
    """Return what is reached with at most *depth* events; with *stop_at_first* no more than up to the first violation."""
    seen = Explored(subject)
    begin = subject.form(subject.start)
    seen.nodes[begin] = Node(subject.start, 0)
    seen.open = [begin]
    search = _Search(seen, build(subject.rows), _by_source(subject), _by_event(subject))
    for _ in range(depth):
        level, seen.open = seen.open, []
        for form in level:
            search.expand(form)
            if stop_at_first and seen.violations:
                return seen
    return seen


_Indexed: TypeAlias = Mapping[tuple[Hashable, type[Event]], Sequence[tuple[int, Row[Event]]]]
_Promised: TypeAlias = Mapping[type[Event], Sequence[Property]]


@define(eq=False)
class _Search:
    seen: Explored
    machine: Machine
    rows: _Indexed
    properties: _Promised

    def expand(self, form: Hashable) -> None:
        """Let everything arrive, once each, in the state of that form."""
        record, subject = self.seen.nodes[form].record, self.seen.subject
        letters = subject.expected(record)
        stored = dumps(record)
        loaded = loads(stored)
        if loaded != record:
            self.seen.broken(_STORED, path=self.seen.path(form))
        edges = self.seen.edges[form] = set()
        for letter in letters:
            after = self._after(form, record, letter)
            if after is not None:
                edges.add((self._reached(form, letter, after, loaded), letter.outside))
        for event in subject.strays(record, letters):
            stray = Letter(f"a stray {type(event).__name__}", event)
            if rows := self._takers(form, record, stray):
                self._refuse(_REFUSED, f"{_names(rows)} takes {event!r}", form, stray)
        if dumps(record) != stored or subject.expected(record) != letters:
            self.seen.broken(_UNTOUCHED, path=self.seen.path(form))

    def _after(self, form: Hashable, record: Conversation, letter: Letter) -> Conversation | None:
        """Return the record after *letter*, or None where that can not be gone on from."""
        event = letter.event
        self.seen.moves += 1
        rows = self._takers(form, record, letter)
        if rows is None:
            return None
        if len(rows) != 1:
            self._refuse(_TAKEN_ONCE, _names(rows) or "none does", form, letter)
            return None
        try:
            after = step(record, event, self.machine)
        except Exception as error:  # whatever an update raises: it is what is looked for
            self._refuse(_TOTAL, repr(error), form, letter)
            return None
        self.seen.taken.add(rows[0][0])
        return after if self._holds(form, letter, rows[0][1], after) else None

    def _takers(self, form: Hashable, record: Conversation, letter: Letter) -> list[tuple[int, Row[Event]]] | None:
        rows = self.rows.get((record.state, type(letter.event)), ())
        try:
            return [(index, row) for index, row in rows if row.when(record, letter.event)]
        except Exception as error:  # as above
            self._refuse(_TOTAL, repr(error), form, letter)
            return None

    def _holds(self, form: Hashable, letter: Letter, row: Row[Event], after: Conversation) -> bool:
        holds, record, is_core = True, self.seen.nodes[form].record, self.seen.subject.is_core(row)
        for each in self.properties[type(letter.event)]:
            if (is_core or not each.core) and not each.holds(record, letter.event, after):
                move = Move(letter.name, letter.event, record.state, after.state)
                self.seen.broken(each.name, path=self.seen.path(form, move))
                holds = False
        return holds

    def _refuse(self, name: str, detail: str, form: Hashable, letter: Letter) -> None:
        source = self.seen.nodes[form].record.state
        self.seen.broken(name, detail, self.seen.path(form, Move(letter.name, letter.event, source, None)))

    def _reached(self, form: Hashable, letter: Letter, after: Conversation, loaded: Conversation) -> Hashable:
        to = self.seen.subject.form(after)
        if to not in self.seen.nodes:
            self.seen.nodes[to] = Node(after, self.seen.nodes[form].depth + 1, form, letter)
            self.seen.open.append(to)
            if not self._replays(loaded, letter, after):
                self.seen.broken(_REPLAYED, path=self.seen.path(to))
        return to

    def _replays(self, loaded: Conversation, letter: Letter, after: Conversation) -> bool:
        """Whether the stored event makes of the stored record what it made: as this holds of each move, it does of a way."""
        try:
            return step(loaded, load_event(dump_event(letter.event)), self.machine) == after
        except IllegalEvent:
            return False


def _by_source(subject: Subject) -> _Indexed:
    indexed: dict[tuple[Hashable, type[Event]], list[tuple[int, Row[Event]]]] = {}
    for index, row in enumerate(subject.rows):
        indexed.setdefault((row.source, row.event), []).append((index, row))
    return indexed


def _by_event(subject: Subject) -> _Promised:
    kinds = {row.event for row in subject.rows}
    return {kind: [each for each in subject.properties if not each.events or kind in each.events] for kind in kinds}


def _names(rows: Sequence[tuple[int, Row[Event]]]) -> str:
    return " and ".join(name_of_row(row) for _, row in rows)
