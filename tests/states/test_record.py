"""The moves that several states share."""

from __future__ import annotations

import pytest
from attrs import evolve
from scenes import asked, dispatching, prompting, said, sealed

from detent.states import Conversation, Run, Usage
from detent.states.record import append, hear, seal, spend, turn_to, wait_in_the_inbox
from detent.states.turn import Outcome, OutcomeKind, ToolTurn


def test_entries_are_appended_in_order() -> None:
    conversation = append(Conversation(history=(asked("a"),)), asked("b"), sealed("4"))

    assert ["a", "b", None, "4"] == [message["content"] for message in conversation.messages]


def test_nothing_appended_changes_nothing() -> None:
    assert prompting() == append(prompting())


def test_a_sealed_turn_moves_into_the_history() -> None:
    conversation = dispatching()
    assert conversation.turn is not None
    settled = conversation.turn.settled("call00000", Outcome(kind=OutcomeKind.RETURNED, content="4"))
    conversation = seal(evolve(conversation, turn=settled))

    assert conversation.turn is None
    assert ["hi", None, "4"] == [message["content"] for message in conversation.messages]


def test_without_a_turn_there_is_nothing_to_seal() -> None:
    conversation = prompting()

    assert conversation is seal(conversation)


def test_the_inbox_is_heard_in_order_and_emptied() -> None:
    waiting = wait_in_the_inbox(wait_in_the_inbox(prompting(), said("b")), said("c"))

    assert ["hi"] == [message["content"] for message in waiting.messages]
    assert (asked("b"), asked("c")) == waiting.inbox
    assert ["hi", "b", "c"] == [message["content"] for message in hear(waiting).messages]
    assert () == hear(waiting).inbox


def test_an_empty_inbox_changes_nothing() -> None:
    conversation = prompting()

    assert conversation is hear(conversation)


def a_turn() -> ToolTurn:
    turn = dispatching().turn
    assert turn is not None
    return turn


@pytest.mark.parametrize(
    ("expected", "parked", "parked_at", "at"),
    [
        ((10.0, 5.0), True, None, 5.0),
        ((10.0, 3.0), True, 3.0, 5.0),
        ((12.0, None), False, 3.0, 5.0),
        ((10.0, None), False, None, 5.0),
        ((10.0, None), False, 7.0, 5.0),
        ((15.0, None), False, 0.0, 5.0),
        ((10.0, 0.0), True, None, 0.0),
    ],
)
def test_the_clock_stands_while_a_turn_is_parked(
    expected: tuple[float, float | None], parked: bool, parked_at: float | None, at: float
) -> None:
    before = evolve(prompting(), run=Run(started_at=10.0, parked_at=parked_at, rounds=1))
    run = turn_to(before, a_turn(), at, parked=parked).run

    assert expected == (run.started_at, run.parked_at)
    assert 1 == run.rounds


def test_the_turn_becomes_the_open_one() -> None:
    turn = a_turn().started("call00000")

    assert turn is turn_to(dispatching(), turn, 1.0, parked=False).turn


def test_what_is_spent_counts_in_the_run_and_in_all() -> None:
    used = Usage(prompt=1, completion=2, model_calls=1, cost=0.5)
    before = evolve(prompting(), usage=Usage(prompt=10), run=Run(usage=Usage(prompt=3), rounds=1))
    conversation = spend(before, used)

    assert (Usage(prompt=11, completion=2, model_calls=1, cost=0.5)) == conversation.usage
    assert (Usage(prompt=4, completion=2, model_calls=1, cost=0.5), 1) == (conversation.run.usage, conversation.run.rounds)


def test_to_spend_nothing_changes_nothing() -> None:
    conversation = dispatching()

    assert conversation is spend(conversation, Usage())
    assert 0.0 == spend(conversation, Usage(cost=0.0)).run.usage.cost
