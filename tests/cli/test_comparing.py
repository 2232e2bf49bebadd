"""What counts as the same event, and where two conversations part."""

from __future__ import annotations

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from journals import JOURNALS, opened, replied, returned, said, wanted

from detent.cli.comparing import Difference, differences, parting
from detent.states import Event, Usage
from detent.states.events import ModelReplied, ToolReturned

LONG = JOURNALS["long"]


def test_times_tokens_and_the_ids_of_hosts_and_conversations_do_not_count() -> None:
    left = (opened("a"), said(0, "hi"), replied(1, 1, wanted("look")), returned(2, 0, 1))
    call = evolve(wanted("look"), host_id="call_x")
    right = (opened("b"), said(9, "hi"), replied(8, 5, call), returned(7, 0, 3, usage=Usage(prompt=9)))

    assert parting(left, right) is None


def test_what_was_said_counts() -> None:
    left, right = replied(1, 1, wanted("look", '{"at": 1}'), text="x"), replied(1, 1, wanted("look", '{"at": 2}'), text="y")

    assert 0 == parting([left], [right])
    assert {
        Difference("reply.said.text", "x", "y"),
        Difference("reply.calls.0.arguments", '{"at": 1}', '{"at": 2}'),
    } == set(differences(left, right))


def test_a_call_more_on_one_side_is_a_difference() -> None:
    left, right = replied(1, 1, wanted("look")), replied(1, 1, wanted("look"), wanted("pay"))

    assert (Difference("reply.calls.1", None, {"name": "pay"}),) == differences(left, right)


@given(at=st.integers(0, len(LONG)), other=st.integers(0, len(LONG)))
def test_two_beginnings_of_one_conversation_part_where_the_shorter_ends(at: int, other: int) -> None:
    assert (None if at == other else min(at, other)) == parting(LONG[:at], LONG[:other])


@given(at=st.integers(0, len(LONG) - 1))
def test_the_first_event_that_is_changed_is_found(at: int) -> None:
    changed = [*LONG[:at], _changed(LONG[at]), *LONG[at + 1 :]]

    assert at == parting(LONG, changed)


def _changed(event: Event) -> Event:
    match event:
        case ToolReturned():
            return evolve(event, content="other")
        case ModelReplied():
            return evolve(event, reply=evolve(event.reply, said=evolve(event.reply.said, text="other")))
        case _:
            return said(0, "other")
