"""The record: its counters, its messages, and how one is made of messages from elsewhere."""

from __future__ import annotations

import attrs
import pytest
from history_oracle import judge
from scenes import after, asked, prompting, said, sealed

from detent.states import Conversation, State
from detent.states.events import Opened, Prepared
from detent.states.messages import AssistantMessage, Said
from detent.states.repair import read_history


def test_a_new_conversation_owes_nothing() -> None:
    conversation = Conversation()

    assert State.DONE is conversation.state
    assert [] == conversation.messages
    assert 0 == conversation.seq


def test_four_states_end_a_run() -> None:
    assert {State.DONE, State.LIMIT_HIT, State.FAILED, State.CANCELLED} == {state for state in State if state.ends_a_run}


def test_the_messages_are_those_of_the_entries_in_order() -> None:
    conversation = Conversation(history=(asked(), sealed("4", "5"), AssistantMessage(said=Said(text="9"))))

    assert ["user", "assistant", "tool", "tool", "assistant"] == [message["role"] for message in conversation.messages]
    assert [] == judge(conversation.messages)


def test_the_messages_are_fresh_each_time() -> None:
    conversation = Conversation(history=(asked(), sealed("4")))
    for message in conversation.messages:
        message.clear()

    assert [] == judge(conversation.messages)


def test_a_conversation_cannot_be_changed_in_place() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Conversation().seq = 1  # type: ignore[misc]  # that is the point  # pyright: ignore[reportAttributeAccessIssue]


def test_messages_from_elsewhere_are_repaired_and_the_changes_named() -> None:
    conversation = Conversation.from_messages(
        [
            {"role": "system", "content": "Be brief."},
            {"role": "assistant", "content": "Hello."},
            {"role": "user", "content": ""},
        ],
        conversation_id="c1",
    )

    assert "c1" == conversation.id
    assert "Be brief." == conversation.system
    assert State.DONE is conversation.state
    assert ["user", "assistant"] == [message["role"] for message in conversation.messages]
    assert 2 == len(conversation.repairs)
    assert [] == judge(conversation.messages)


def test_call_ids_go_on_after_those_of_the_messages_from_elsewhere() -> None:
    wire_call = {"id": "x", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    conversation = Conversation.from_messages(
        [
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": None, "tool_calls": [wire_call, {**wire_call, "id": "y"}]},
            {"role": "tool", "tool_call_id": "x", "content": "4"},
            {"role": "tool", "tool_call_id": "y", "content": "5"},
        ]
    )

    assert 2 == conversation.minted


def test_a_conversation_made_of_messages_is_the_one_that_was_opened_with_them() -> None:
    history = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": "oh"},
    ]
    read = read_history(history)
    opened = after(Conversation(), Opened(conversation_id="c1", system=read.system, repairs=read.changes, entries=read.entries))

    assert attrs.evolve(Conversation.from_messages(history, conversation_id="c1"), seq=1) == opened


def test_a_conversation_made_of_messages_goes_on() -> None:
    conversation = Conversation.from_messages([{"role": "user", "content": "hi"}, {"role": "assistant", "content": "oh"}])
    conversation = after(conversation, said("and?"), Prepared())

    assert ["hi", "oh", "and?"] == [message["content"] for message in conversation.messages]


def test_a_run_knows_where_its_task_is() -> None:
    assert 0 == prompting().run.first
