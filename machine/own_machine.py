"""Machines of one's own: detent's table with states and rows added."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import Attribute, evolve, field, frozen

from ..errors import ConfigurationError
from ..states import EVENTS, ROWS, AnyState, Conversation, OwnState, Row, Rows, State
from ..states.own_rows import rows_of_every_own_state
from ..states.row import Guard, always
from .table import TABLES, build

__all__ = ["Machine", "machine_of"]


@frozen
class Otherwise:
    """The guard of a row that stands behind others: *when* holds, and none of theirs does."""

    when: Guard[Any]  # Any: see states/row.py, also for the next
    others: tuple[Guard[Any], ...]

    def __call__(self, conversation: Conversation, event: Any) -> bool:
        return self.when(conversation, event) and not any(other(conversation, event) for other in self.others)

    @property
    def __name__(self) -> str:
        """The guard's name: that the others come first is said by their rows."""
        return "otherwise" if self.when is always else getattr(self.when, "__name__", "")


def _one_name(instance: Machine, attribute: Attribute[tuple[OwnState, ...]], states: tuple[OwnState, ...]) -> None:
    taken = {state.value for state in State}
    for state in states:
        if state.value in taken:
            raise ConfigurationError(f"Machine: a state {state.value!r} is there already; give the new one another name")
        taken.add(state.value)


@frozen(eq=False)
class Machine:
    """A table by its *name*.  `Machine()` is detent's own; `extend` makes others of it.

    A conversation that an `Agent(machine=...)` begins names its machine, and goes on by it in whatever process it is loaded;
    the module that makes the machine has to be imported there.  The newest machine of a name is the one that holds.
    """

    name: str = ""
    rows: Rows = field(default=ROWS, repr=False)
    states: tuple[OwnState, ...] = field(default=(), validator=_one_name)

    def extend(self, *, states: Iterable[OwnState] = (), rows: Iterable[Row[Any]] = (), name: str = "own") -> Machine:
        """Return a machine with *states* and *rows* added, under a *name* that the journal keeps.

        An added row goes before the rows that there are for the same state and event: where its guard holds they do not.
        A state that is added also fails, hears the user and can be cancelled, unless *rows* say otherwise.  Raises
        `ConfigurationError` for rows that break what the machine promises, with the shortest run that shows it.
        """
        if not name or (self.name and name == self.name):
            raise ConfigurationError(f"Machine.extend(name={name!r}): another name is wanted; conversations are stored by it")
        own, added = (*self.states, *states), tuple(rows)
        machine = Machine(name, _joined(self.rows, own, added), own)
        _refuse_unknown(machine)
        _refuse_broken(machine)
        TABLES[name] = build(machine.rows)
        _MACHINES[name] = machine
        return machine

    def own(self, value: str) -> OwnState:
        """Return the added state of that name, with its work.  Raises `KeyError` when there is none."""
        return next(iter(state for state in self.states if state.value == value))


_MACHINES: dict[str, Machine] = {"": Machine()}


def machine_of(conversation: Conversation) -> Machine:
    """Return the machine that *conversation* runs by."""
    return _MACHINES[conversation.machine]


def _joined(rows: Rows, own: tuple[OwnState, ...], added: Rows) -> Rows:
    """Return the added rows and, behind them, the rows that there are and those that every added state has."""
    usual = tuple(row for state in own for row in rows_of_every_own_state(state) if not _has(rows, row))
    return (*added, *(_behind(row, added) for row in (*rows, *usual)))


def _has(rows: Rows, row: Row[Any]) -> bool:
    return any((each.source, each.event) == (row.source, row.event) for each in rows)


def _behind(row: Row[Any], added: Rows) -> Row[Any]:
    others = tuple(each.when for each in added if (each.source, each.event) == (row.source, row.event))
    return evolve(row, when=Otherwise(row.when, others)) if others else row


def _refuse_unknown(machine: Machine) -> None:
    known: set[AnyState] = {*State, *machine.states}
    for row in machine.rows:
        for state in (row.source, row.to):
            if state not in known:
                raise ConfigurationError(f"Machine.extend: a row names the state {state.value!r}; give it in states=[...]")
        if row.event not in EVENTS:
            raise ConfigurationError(f"Machine.extend: {row.event!r} is no event; states of one's own come to `Worked`")
    for state in machine.states:
        if state.work is None:
            raise ConfigurationError(f"OwnState({state.value!r}): work= is missing, an async function of (conversation, deps)")


def _refuse_broken(machine: Machine) -> None:
    """Check the machine as `detent verify` does, to a small depth."""
