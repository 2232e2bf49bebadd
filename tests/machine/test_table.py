"""The table as a whole: no row is missing, double or out of reach, and what runs is what is written."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from strategies import conversations, events
from table_walk import takers, walk

from detent.errors import IllegalEvent
from detent.machine.step import step
from detent.machine.table import MACHINE, Cursor, build
from detent.states import EVENTS, ROWS, AnyState, Conversation, Event, Row, State
from detent.states.events import (
    Answered,
    Approved,
    Cancelled,
    Denied,
    Prepared,
    ToolAsked,
    ToolFailed,
    ToolReturned,
    ToolStarted,
    UserSaid,
    Worked,
)
from detent.states.row import always
from detent.states.turn import Ask

LIVE = {State.PROMPTING, State.AWAITING_MODEL, State.AWAITING_APPROVAL, State.DISPATCHING_TOOLS}

# What the design asks for: which state takes which event, and where that may lead.
DESIGN: dict[tuple[str, str], set[str]] = {
    ("done", "Opened"): {"done"},
    ("done", "UserSaid"): {"prompting"},
    ("limit_hit", "UserSaid"): {"prompting"},
    ("failed", "UserSaid"): {"prompting"},
    ("cancelled", "UserSaid"): {"prompting"},
    ("failed", "Resumed"): {"prompting"},
    ("cancelled", "Resumed"): {"prompting"},
    ("prompting", "Prepared"): {"awaiting_model", "limit_hit"},
    ("prompting", "UserSaid"): {"prompting"},
    ("prompting", "Cancelled"): {"cancelled"},
    ("awaiting_model", "ModelReplied"): {"dispatching_tools", "awaiting_approval", "prompting", "done", "limit_hit", "failed"},
    ("awaiting_model", "ModelFailed"): {"prompting", "failed", "limit_hit"},
    ("awaiting_model", "UserSaid"): {"awaiting_model"},
    ("awaiting_model", "Cancelled"): {"cancelled"},
    ("awaiting_approval", "Approved"): {"awaiting_approval", "dispatching_tools"},
    ("awaiting_approval", "Denied"): {"awaiting_approval", "dispatching_tools", "prompting"},
    ("awaiting_approval", "Answered"): {"awaiting_approval", "dispatching_tools"},
    ("awaiting_approval", "UserSaid"): {"awaiting_approval"},
    ("awaiting_approval", "Cancelled"): {"cancelled"},
    ("dispatching_tools", "ToolStarted"): {"dispatching_tools"},
    ("dispatching_tools", "ToolReturned"): {"dispatching_tools", "prompting", "awaiting_approval"},
    ("dispatching_tools", "ToolFailed"): {"dispatching_tools", "prompting", "awaiting_approval"},
    ("dispatching_tools", "ToolAsked"): {"dispatching_tools", "awaiting_approval"},
    ("dispatching_tools", "UserSaid"): {"dispatching_tools"},
    ("dispatching_tools", "Cancelled"): {"cancelled"},
}

CALLABLES: list[tuple[Row[Event], Callable[..., object]]] = [
    (row, made) for row in ROWS for made in (row.when, row.then) if made is not always
]


def test_the_rows_are_those_of_the_design() -> None:
    rows: dict[tuple[str, str], set[str]] = {}
    for row in ROWS:
        rows.setdefault((row.source.value, row.event.__name__), set()).add(row.to.value)

    assert DESIGN == rows


def test_no_row_is_written_twice() -> None:
    assert len(ROWS) == len({(row.source, row.event, row.when) for row in ROWS})


def test_no_row_without_a_guard_stands_beside_another() -> None:
    for row in ROWS:
        rivals = [other for other in ROWS if (other.source, other.event) == (row.source, row.event) and other is not row]
        assert row.when is not always or not rivals


def test_every_event_but_that_of_ones_own_states_has_a_row_and_every_row_an_event() -> None:
    assert set(EVENTS) - {Worked} == {row.event for row in ROWS}


def test_every_state_is_left_and_reached() -> None:
    assert set(State) == {row.source for row in ROWS} == {row.to for row in ROWS}


def test_the_user_may_always_speak_and_a_live_run_may_always_be_cancelled() -> None:
    assert set(State) == {row.source for row in ROWS if row.event is UserSaid}
    assert LIVE == {row.source for row in ROWS if row.event is Cancelled}


@pytest.mark.parametrize(("row", "made"), CALLABLES, ids=lambda each: getattr(each, "__name__", ""))
def test_guards_and_updates_stand_in_the_folder_of_the_states(row: Row[Event], made: Callable[..., object]) -> None:
    assert "detent.states" == made.__module__.rpartition(".")[0]
    assert made.__doc__


@pytest.mark.parametrize("row", [row for row in ROWS if row.when is not always], ids=lambda row: row.label)
def test_a_guard_stands_in_the_file_of_its_state(row: Row[Event]) -> None:
    home = "ended" if row.source.ends_a_run else row.source.value
    rows_there = sys.modules[f"detent.states.{home}"].ROWS

    assert f"detent.states.{home}" == row.when.__module__
    assert row in rows_there


def test_the_machine_has_a_transition_a_row() -> None:
    transitions = MACHINE.get_transitions()

    assert len(ROWS) == len(transitions)
    assert sorted((row.source.name, row.to.name) for row in ROWS) == sorted((each.source, each.dest) for each in transitions)


def test_the_machine_has_a_trigger_an_event_of_its_rows_and_no_other() -> None:
    assert {kind.__name__ for kind in EVENTS} - {"Worked"} == set(MACHINE.events)
    assert {state.name for state in State} == set(MACHINE.states)


def test_the_machine_holds_no_conversation() -> None:
    assert [] == MACHINE.models


def test_a_cursor_starts_where_its_conversation_rests() -> None:
    for state in State:
        assert state is Cursor(Conversation(state=state)).state


def test_a_machine_is_built_of_any_rows() -> None:
    only = tuple(row for row in ROWS if row.event is UserSaid)
    machine = build(only)

    assert len(only) == len(machine.get_transitions())
    with pytest.raises(IllegalEvent):
        step(Conversation(), Cancelled(), machine)


def test_every_row_is_taken_and_leads_where_it_says() -> None:
    taken: set[int] = set()
    reached: set[AnyState] = set()
    for before, event, after in walk(random.Random(20261120), 6000):
        (row,) = takers(before, event)
        taken.add(ROWS.index(row))
        reached.add(after.state)
        assert row.to is after.state

    assert [] == [(row.source.value, row.event.__name__, row.label) for index, row in enumerate(ROWS) if index not in taken]
    assert set(State) == reached


@given(conversations(), events())
def test_of_the_rows_for_one_event_at_most_one_holds(walked: tuple[Conversation, tuple[Event, ...]], event: Event) -> None:
    conversation, _ = walked

    assert 1 >= len(takers(conversation, event))


@given(conversations(), events())
def test_a_preparation_a_reply_a_fault_a_word_of_the_user_and_a_stop_always_find_their_row(
    walked: tuple[Conversation, tuple[Event, ...]], event: Event
) -> None:
    conversation, _ = walked
    known = {row.event for row in ROWS if row.source is conversation.state}
    names_a_call = hasattr(event, "call_id")
    may_not_fit = {"Opened", "Resumed"}

    if type(event) in known and not names_a_call and type(event).__name__ not in may_not_fit:
        assert 1 == len(takers(conversation, event))


# Who is heard about a call that has no outcome, by what it waits for.
HEARD: dict[str, set[type[Event]]] = {
    "nobody": {ToolStarted, ToolReturned, ToolFailed, ToolAsked},
    "a word": {Approved, Denied},
    "an answer": {Answered, Denied},
}


def named(call_id: str) -> tuple[Event, ...]:
    """Return an event of each kind that names a call."""
    return (
        ToolStarted(call_id=call_id),
        ToolReturned(call_id=call_id, content=""),
        ToolFailed(call_id=call_id, content=""),
        ToolAsked(call_id=call_id, ask=Ask(question="?")),
        Approved(call_id=call_id),
        Answered(call_id=call_id, answer="1"),
        Denied(call_id=call_id),
    )


def test_every_event_that_names_a_call_is_among_those_heard_of_it() -> None:
    assert {kind for kind in EVENTS if hasattr(kind, "call_id")} == {type(event) for event in named("x")}
    assert {type(event) for event in named("x")} == set[type[Event]]().union(*HEARD.values())


@given(conversations(longest=16))
def test_what_names_a_call_finds_its_row_exactly_when_the_call_waits_for_it(
    walked: tuple[Conversation, tuple[Event, ...]],
) -> None:
    conversation, _ = walked
    turn = conversation.turn
    for slot in turn.slots if turn is not None else ():
        waits = "an answer" if slot.ask is not None and slot.ask.schema is not None else "a word"
        waits = waits if slot.gated or slot.ask is not None else "nobody"
        now = conversation.state is (State.DISPATCHING_TOOLS if waits == "nobody" else State.AWAITING_APPROVAL)
        heard = HEARD[waits] if now and slot.outcome is None else set()

        assert heard == {type(event) for event in named(slot.call.id) if takers(conversation, event)}


@given(conversations(longest=16))
def test_a_call_is_waited_for_exactly_where_the_run_rests(walked: tuple[Conversation, tuple[Event, ...]]) -> None:
    """Tools run while dispatching, people are heard while awaiting them, and the clock stands then alone."""
    conversation, _ = walked
    turn = conversation.turn

    assert (turn is not None) == (conversation.state in (State.DISPATCHING_TOOLS, State.AWAITING_APPROVAL))
    if turn is not None:
        dispatching = conversation.state is State.DISPATCHING_TOOLS
        assert turn.runnable if dispatching else turn.undecided
        assert dispatching == (conversation.run.parked_at is None)


def test_the_same_walk_is_walked_again() -> None:
    assert [after for _, _, after in walk(random.Random(7), 200)] == [after for _, _, after in walk(random.Random(7), 200)]


def test_a_prepared_call_is_where_limits_are_looked_at() -> None:
    assert {"is within limits", "may wrap up", "has to stop"} == {row.label for row in ROWS if row.event is Prepared}
