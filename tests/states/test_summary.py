"""What a run's tools returned, in words."""

from __future__ import annotations

from attrs import evolve
from hypothesis import given
from scenes import UNLIMITED, after, answer, asked, awaiting_model, call, calls, dispatching, said, sealed
from strategies import argument_texts, conversations

from detent.states import Conversation, Event, summary
from detent.states.events import Prepared, RequestedCall, ToolFailed, ToolReturned


def test_a_run_without_tools_has_nothing_to_tell() -> None:
    assert "No tool returned anything." == summary(awaiting_model())
    assert "No tool returned anything." == summary(Conversation())


def test_a_line_a_call_in_call_order() -> None:
    conversation = after(
        dispatching(call("add", '{"a": 1, "b": "é"}'), call("look", " {} ")),
        ToolReturned(call_id="call00001", content="second"),
        ToolReturned(call_id="call00000", content="first"),
    )

    assert 'What the tools returned:\n- add(a=1, b="é"): first\n- look(): second' == summary(conversation)


def test_a_limit_is_named_first() -> None:
    conversation = after(dispatching(), ToolFailed(call_id="call00000", content="Tool error: no"))

    assert "The limit of 3 rounds was reached. What the tools returned:\n- look(): Tool error: no" == summary(
        conversation, limit="3 rounds"
    )


def test_bad_arguments_are_shown_as_written() -> None:
    conversation = after(awaiting_model(), calls(call("add", '{"a":')))

    assert '- add({"a":): Tool error: the arguments' in summary(conversation)


def test_long_results_and_arguments_are_cut_and_stand_on_one_line() -> None:
    conversation = after(
        dispatching(call("say", f'{{"text": "{"a" * 200}"}}')), ToolReturned(call_id="call00000", content="b \n" * 400)
    )
    _, line = summary(conversation).split("\n")

    assert f'- say(text="{"a" * 94}…): {("b " * 250)}…' == line


def test_a_result_of_just_500_characters_is_not_cut() -> None:
    conversation = after(dispatching(), ToolReturned(call_id="call00000", content="b" * 500))

    assert summary(conversation).endswith(f": {'b' * 500}")


def test_an_open_turn_is_not_told_of() -> None:
    assert "No tool returned anything." == summary(dispatching())


def test_only_the_last_run_is_told_of() -> None:
    earlier = after(dispatching(), ToolReturned(call_id="call00000", content="old"), Prepared(), answer(), said("more"))
    conversation = after(earlier, Prepared(), calls(call("new")), ToolReturned(call_id="call00001", content="fresh"))

    assert "What the tools returned:\n- new(): fresh" == summary(conversation)


def test_a_turn_before_the_task_is_not_told_of() -> None:
    conversation = Conversation(history=(asked(), sealed("old")))

    assert "old" in summary(conversation)
    assert "old" not in summary(evolve(conversation, run=evolve(conversation.run, first=2)))


@given(argument_texts)
def test_a_summary_can_be_made_of_any_arguments(text: str) -> None:
    conversation = after(awaiting_model(), calls(RequestedCall(name="add", arguments=text)))
    for slot in conversation.turn.owed if conversation.turn else ():
        conversation = after(conversation, ToolReturned(call_id=slot.call.id, content="4"))

    assert "- add(" in summary(conversation)


def test_a_summary_of_deep_arguments_does_not_depend_on_the_callers_stack() -> None:
    def deeper(frames: int) -> str:
        return deeper(frames - 1) if frames else summary(conversation)

    nested = '{"a": ' + "[" * 900 + "]" * 900 + "}"
    conversation = after(awaiting_model(UNLIMITED), calls(call("add", nested)))
    for slot in conversation.turn.owed if conversation.turn else ():
        conversation = after(conversation, ToolReturned(call_id=slot.call.id, content="4"))

    assert summary(conversation) == deeper(300)


@given(conversations())
def test_every_conversation_has_a_summary_of_a_line_a_call(walk: tuple[Conversation, tuple[Event, ...]]) -> None:
    conversation, _ = walk
    results = [message for entry in conversation.history[conversation.run.first :] for message in entry.to_messages()]
    told = summary(conversation, limit="1 round")

    assert sum(message["role"] == "tool" for message in results) == told.count("\n- ")
    assert told.strip()
