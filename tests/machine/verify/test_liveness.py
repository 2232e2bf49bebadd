"""What the graph as a whole tells: runs that can not end, runs that never do, rows and states out of reach."""

from __future__ import annotations

from typing import Any

from detent.machine.verify import Letter, Subject, verify
from detent.states import AnyState, Conversation, Event, Row, Rows, State
from detent.states.events import Cancelled, Prepared, Resumed, UserSaid
from detent.states.messages import UserMessage

SAID = Letter("the user speaks", UserSaid(message=UserMessage(content="hi")), outside=True)
PREPARED = Letter("the driver is prepared", Prepared())
CANCELLED = Letter("the run is cancelled", Cancelled(), outside=True)


def same(conversation: Conversation, event: Event) -> Conversation:
    return conversation


def arrives(conversation: Conversation) -> tuple[Letter, ...]:
    arriving: dict[AnyState, tuple[Letter, ...]] = {State.DONE: (SAID,), State.PROMPTING: (PREPARED, CANCELLED)}
    return arriving.get(conversation.state, (PREPARED,))


def subject(*rows: Row[Any]) -> Subject:
    """Return a machine of three states, which are told apart by their name alone."""
    return Subject(
        rows=rows,
        expected=arrives,
        strays=lambda conversation, letters: (),
        form=lambda conversation: conversation.state.value,
        properties=(),
    )


BEGIN: Row[UserSaid] = Row(State.DONE, UserSaid, then=same, to=State.PROMPTING)
ON: Row[Prepared] = Row(State.PROMPTING, Prepared, then=same, to=State.AWAITING_MODEL)
BACK: Row[Prepared] = Row(State.AWAITING_MODEL, Prepared, then=same, to=State.PROMPTING)
ROUND: Row[Prepared] = Row(State.AWAITING_MODEL, Prepared, then=same, to=State.AWAITING_MODEL)
END: Row[Prepared] = Row(State.AWAITING_MODEL, Prepared, then=same, to=State.DONE)
STOP: Row[Cancelled] = Row(State.PROMPTING, Cancelled, then=same, to=State.DONE)
NEVER: Row[Resumed] = Row(State.FAILED, Resumed, then=same, to=State.DONE)


def found(*rows: Row[Any], depth: int = 9) -> dict[str, str]:
    return {each.property: each.detail for each in verify(subject(*rows), depth=depth).violations}


def test_a_machine_that_ends_has_no_fault() -> None:
    assert {} == found(BEGIN, ON, END, STOP)


def test_a_state_that_leads_to_no_end_is_found() -> None:
    faults = found(BEGIN, ON, ROUND, STOP)

    assert {"every run can end", "no run goes on for ever by itself"} == set(faults)
    assert "from here none of the ends is reached" == faults["every run can end"]


def test_a_run_that_only_a_person_ends_is_found() -> None:
    faults = found(BEGIN, ON, BACK, STOP)

    assert ["no run goes on for ever by itself"] == list(faults)
    assert faults["no run goes on for ever by itself"] in (
        "from here on round and round: prompting -> awaiting_model -> prompting",
        "from here on round and round: awaiting_model -> prompting -> awaiting_model",
    )


def test_the_way_to_the_circle_is_shown() -> None:
    (circle,) = verify(subject(BEGIN, ON, BACK, STOP), depth=9).violations

    assert "the user speaks" == circle.path[0].name
    assert circle.path[-1].to in (State.PROMPTING, State.AWAITING_MODEL)


def test_a_run_that_a_person_has_to_take_up_each_time_may_go_on_for_ever() -> None:
    assert {} == found(BEGIN, STOP, ON, END)


def test_rows_and_states_out_of_reach_are_found_once_all_was_seen() -> None:
    rows = (BEGIN, ON, END, STOP, NEVER)

    assert {"every row is taken": "failed Resumed [always]", "every state is reached": "failed"} == found(*rows)
    assert {} == found(*rows, depth=2)


def test_what_lies_beyond_the_depth_may_end() -> None:
    assert {} == found(BEGIN, ON, ROUND, STOP, depth=2)


ALL: Rows = (BEGIN, ON, BACK, ROUND, END, STOP, NEVER)
