"""The search: each kind of fault is found, by the shortest way, in tables with one fault."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from attrs import evolve

from detent.machine.verify import Letter, Property, Subject, Violation, verify
from detent.machine.verify.explore import explore
from detent.states import ROWS, Conversation, Event, Row, Rows, State
from detent.states.events import Cancelled, Opened, Prepared, UserSaid
from detent.states.messages import UserMessage
from detent.states.row import always


def replaced(event: type[Event], source: State, **changes: Any) -> Rows:
    """Return the table with that row changed."""
    return tuple(evolve(row, **changes) if (row.event, row.source) == (event, source) else row for row in ROWS)


def first(rows: Rows, depth: int = 4) -> Violation:
    return verify(rows, depth=depth, stop_at_first=True).violations[0]


def names(violation: Violation) -> list[str]:
    return [move.name for move in violation.path]


def test_a_row_that_is_missing_is_found_by_the_shortest_way() -> None:
    found = first(tuple(row for row in ROWS if (row.event, row.source) != (Cancelled, State.AWAITING_MODEL)))

    assert ("exactly one row takes what can arrive", "none does") == (found.property, found.detail)
    assert ["the user speaks (1 round)", "the driver is prepared, 0 other models left", "the run is cancelled"] == names(found)
    assert [State.DONE, State.PROMPTING, State.AWAITING_MODEL] == [move.source for move in found.path]
    assert [State.PROMPTING, State.AWAITING_MODEL, None] == [move.to for move in found.path]


def test_two_rows_that_take_one_event_are_found() -> None:
    twin = next(row for row in ROWS if row.event is Cancelled)
    found = first((*ROWS, twin))

    assert "exactly one row takes what can arrive" == found.property
    assert "prompting Cancelled [always] and prompting Cancelled [always]" == found.detail


def test_a_row_that_takes_what_can_not_arrive_is_found() -> None:
    found = first(replaced(Opened, State.DONE, when=always))

    assert "what can not arrive is refused" == found.property
    assert "done Opened [always] takes Opened(" in found.detail
    assert "a stray Opened" == names(found)[-1]


def broken(conversation: Conversation, event: Event) -> Any:
    raise ZeroDivisionError("so it is")


@pytest.mark.parametrize("part", ["when", "then"])
def test_a_guard_or_an_update_that_raises_is_found(part: str) -> None:
    found = first(replaced(Cancelled, State.PROMPTING, **{part: broken}))

    assert "no guard and no update raises" == found.property
    assert "ZeroDivisionError('so it is')" == found.detail
    assert "the run is cancelled" == names(found)[-1]


def test_an_update_that_changes_its_input_is_found() -> None:
    def meddle(conversation: Conversation, event: UserSaid) -> Conversation:
        object.__setattr__(conversation, "minted", conversation.minted + 1)
        return conversation

    rows = replaced(UserSaid, State.PROMPTING, then=meddle)

    assert "no record and no event is changed" in {each.property for each in verify(rows, depth=2).violations}


def test_an_update_that_is_not_a_function_of_its_input_is_found() -> None:
    numbers = count()

    def count_up(conversation: Conversation, event: UserSaid) -> Conversation:
        return evolve(conversation, system=str(next(numbers)))

    rows = replaced(UserSaid, State.DONE, then=count_up)
    found = verify(Subject(rows=rows, properties=()), depth=1).violations

    assert ["replaying the stored events gives the record"] == [each.property for each in found]


def test_a_guard_that_does_not_hold_again_is_found() -> None:
    asked = count()

    def holds_twice(conversation: Conversation, event: UserSaid) -> bool:
        return next(asked) % 3 < 2  # when the rows are looked up, and in the step; not when the step is replayed

    rows = replaced(UserSaid, State.DONE, when=holds_twice)
    found = verify(Subject(rows=rows, properties=()), depth=1, stop_at_first=True).violations

    assert "replaying the stored events gives the record" == found[0].property


def test_a_record_that_can_not_be_stored_is_found() -> None:
    def keep_a_list(conversation: Conversation, event: UserSaid) -> Conversation:
        return evolve(conversation, repairs=["a list"])  # type: ignore[arg-type]

    rows = replaced(UserSaid, State.DONE, then=keep_a_list)
    found = verify(Subject(rows=rows, properties=()), depth=2).violations

    assert "a record comes back from its bytes" in {each.property for each in found}


def test_a_property_of_ones_own_is_held_against_each_of_its_moves() -> None:
    def nobody_stops(before: Conversation, event: Event, after: Conversation) -> bool:
        return False

    subject = Subject(properties=(Property(nobody_stops, (Cancelled,)),))
    (found,) = verify(subject, depth=3).violations

    assert "nobody stops" == found.property
    assert ["the user speaks (1 round)", "the run is cancelled"] == names(found)
    assert State.CANCELLED is found.path[-1].to


def test_what_violates_a_property_is_not_gone_on_from() -> None:
    rows = replaced(UserSaid, State.DONE, to=State.CANCELLED)
    seen = explore(Subject(rows=rows), 3)

    assert {State.DONE} == {node.record.state for node in seen.nodes.values()}


def test_the_depth_bounds_the_search() -> None:
    row = next(row for row in ROWS if (row.event, row.source) == (Cancelled, State.AWAITING_MODEL))
    rows = tuple(each for each in ROWS if each is not row)

    assert verify(rows, depth=2).holds
    assert not verify(rows, depth=3).holds


def test_with_an_alphabet_of_ones_own_nothing_else_arrives() -> None:
    def hello(conversation: Conversation) -> tuple[Letter, ...]:
        return (Letter("hello", UserSaid(message=UserMessage(content="hello")), outside=True),)

    seen = explore(Subject(expected=hello, strays=lambda conversation, letters: ()), 5)

    assert (3, 3) == (len(seen.nodes), seen.moves)  # the blank record, a run, and a run with something in the inbox
    assert {} == seen.violations


def test_a_path_is_given_for_each_state() -> None:
    seen = explore(Subject(), 3)

    for form, node in seen.nodes.items():
        path = seen.path(form)
        assert node.depth == len(path)
        assert not path or path[-1].to is node.record.state


def test_rows_are_told_by_source_and_event() -> None:
    row: Row[Prepared] = Row(State.DONE, Prepared, then=lambda conversation, event: conversation, to=State.DONE)
    found = first((*ROWS, row), depth=1)

    assert "done Prepared [always] takes Prepared(" in found.detail
