"""The moves that several states share."""

from __future__ import annotations

from attrs import evolve
from scenes import asked, dispatching, prompting, said, sealed

from detent.states import Conversation
from detent.states.record import append, hear, seal, wait_in_the_inbox
from detent.states.turn import Outcome, OutcomeKind


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
