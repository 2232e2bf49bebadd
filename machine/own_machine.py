"""Machines of one's own: detent's table with states and rows added."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

from attrs import Attribute, evolve, field, frozen

from ..errors import ConfigurationError
from ..states import EVENTS, ROWS, AnyState, Conversation, OwnState, Row, Rows, State
from ..states.own_rows import rows_of_every_own_state
from ..states.row import Guard, always
from .table import TABLES, build, table_of

__all__ = ["Machine", "Otherwise", "machine_of"]

T = TypeVar("T")


@frozen
class Otherwise:
    """The guard of a row that stands behind others: *when* holds, and none of theirs does."""

    when: Guard[Any]  # Any: see states/row.py, also for the next
    others: tuple[Guard[Any], ...]

    def __call__(self, conversation: Conversation, event: Any) -> bool:
        """Whether the row's turn has come."""
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


@frozen(eq=False, kw_only=True)
class Machine:
    """A table by its *name*.  `Machine()` is detent's own; `extend` makes others of it.

    A conversation that an `Agent(machine=...)` begins names its machine, and goes on by it in whatever process it is loaded;
    the module that makes the machine has to be imported there.  The newest machine of a name is the one that holds.

    Of its *rows* those in *added* were given to `extend`, as were its *states*.  *tells_apart* is for `detent verify`.
    """

    name: str = ""
    rows: Rows = field(default=ROWS, repr=False)
    added: Rows = field(default=(), repr=False)
    states: tuple[OwnState, ...] = field(default=(), validator=_one_name)
    tells_apart: Callable[[Conversation], Hashable] | None = field(default=None, repr=False)

    def extend(
        self,
        *,
        states: Iterable[OwnState] = (),
        rows: Iterable[Row[Any]] = (),  # Any: see states/row.py
        name: str = "own",
        tells_apart: Callable[[Conversation], Hashable] | None = None,
    ) -> Machine:
        """Return a machine with *states* and *rows* added, under a *name* that the journal keeps.

        An added row goes before the rows that there are for the same state and event: where its guard holds they do not.
        A state that is added also fails, hears the user and can be cancelled; *rows* go before that too.  The machine is
        checked in brief, mostly within a second; `detent verify package.module:machine` does it thoroughly.  Where a guard of
        yours reads what no guard of detent's does (a text, say), *tells_apart* is to return that of a record: only what
        makes a difference is explored.

        Raises `ConfigurationError` for rows that break what the machine promises, with the shortest run that shows it.
        """
        if not name or name == self.name:
            raise ConfigurationError(f"Machine.extend(name={name!r}): another name is wanted; conversations are stored by it")
        added_states, added_rows = _checked(states, OwnState), _checked(rows, Row)
        machine = _joined(self, name, added_states, added_rows, tells_apart or self.tells_apart)
        _refuse_unknown(machine)
        _refuse_broken(machine)
        TABLES[name] = build(machine.rows)
        _MACHINES[name] = machine
        return machine

    def check_newest(self) -> None:
        """Raise `ConfigurationError` where another machine goes by the name now: conversations would run by that."""
        newest = _MACHINES.get(self.name)
        if newest is not self and (newest is None or newest.rows is not self.rows):
            raise ConfigurationError(
                f"Agent(machine=...): the machine {self.name!r} is not the one that goes by that name now; "
                "make each with Machine().extend(name=...), by a name of its own"
            )

    def own(self, value: str) -> OwnState:
        """Return the added state of that name, with its work.  Raises `ConfigurationError` when there is none any more."""
        for state in self.states:
            if state.value == value:
                return state
        raise ConfigurationError(f"the machine {self.name!r} has no state {value!r} any more, in which a conversation rests")


_MACHINES: dict[str, Machine] = {"": Machine()}


def machine_of(conversation: Conversation) -> Machine:
    """Return the machine that *conversation* runs by.  Raises `ConfigurationError` where `table_of` does."""
    table_of(conversation)
    return _MACHINES[conversation.machine]


def _joined(
    old: Machine,
    name: str,
    states: tuple[OwnState, ...],
    added: Rows,
    tells_apart: Callable[[Conversation], Hashable] | None,
) -> Machine:
    """Put the added rows first and, behind them, the rows that there are and those that every added state has."""
    usual = tuple(row for state in states for row in rows_of_every_own_state(state))
    behind = {id(row): after for row in (*old.rows, *usual) if (after := _behind(row, added)) is not None}
    return Machine(
        name=name,
        rows=(*added, *behind.values()),
        added=(*added, *(behind[id(row)] for row in old.added if id(row) in behind)),
        states=(*old.states, *states),
        tells_apart=tells_apart,
    )


def _behind(row: Row[Any], added: Rows) -> Row[Any] | None:
    """Return the row as it stands behind the added ones; None where they leave it nothing."""
    others = tuple(each.when for each in added if (each.source, each.event) == (row.source, row.event))
    if any(other in (row.when, always) for other in others):
        return None
    return evolve(row, when=Otherwise(row.when, others)) if others else row


def _checked(given: Iterable[T], kind: type) -> tuple[T, ...]:
    checked = tuple(given)
    for each in checked:
        if not isinstance(each, kind):
            raise ConfigurationError(f"Machine.extend: a {kind.__name__} is wanted, not {each!r}")
    return checked


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
    """Check the machine as `detent verify` does, in brief."""
    from .verify import verify  # it knows machines; and who has none of his own need not load it
    from .verify.own import subject_of
    from .verify.report import violations_told

    report = verify(subject_of(machine, in_brief=True), stop_at_first=True)
    if not report.holds:
        found = violations_told(report).rstrip()
        raise ConfigurationError(f"Machine.extend(name={machine.name!r}): the rows break what is promised\n{found}")
