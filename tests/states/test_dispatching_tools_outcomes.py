"""`dispatching_tools`: images, what models used for a tool, and arguments that a person changed."""

from __future__ import annotations

import pytest
from history_oracle import judge
from scenes import after, asking, awaiting_approval, call, dispatching, gated, picture, said, slots

from detent.states import Conversation, Event, Limits, State, Usage
from detent.states.events import Answered, Approved, Prepared, ToolFailed, ToolReturned


def returned(number: int, content: str = "4") -> ToolReturned:
    return ToolReturned(call_id=f"call{number:05}", content=content)


# --- what a tool used and showed -------------------------------------------------------------------------------------

USED = Usage(prompt=6, completion=4, model_calls=2, cost=0.5)


@pytest.mark.parametrize(
    "event",
    [
        ToolReturned(call_id="call00000", content="4", usage=USED),
        ToolFailed(call_id="call00000", content="Tool error: no", usage=USED),
        asking(0, usage=USED),
    ],
    ids=lambda event: type(event).__name__,
)
def test_what_a_tool_used_counts_in_the_run_and_in_all(event: Event) -> None:
    before = dispatching(call("a"), call("b"))
    conversation = after(before, event)

    assert before.run.usage + USED == conversation.run.usage
    assert before.usage + USED == conversation.usage
    assert 1 == conversation.run.rounds


@pytest.mark.parametrize(
    ("expected", "limits"),
    [
        ("6 input tokens", Limits(input_tokens=6)),
        ("4 output tokens", Limits(output_tokens=4)),
        ("10 tokens", Limits(total_tokens=10)),
        ("0.5 of cost", Limits(cost=0.5)),
    ],
)
def test_what_a_tool_used_counts_against_the_limits(expected: str, limits: Limits) -> None:
    conversation = after(
        dispatching(limits=limits), ToolReturned(call_id="call00000", content="4", usage=USED), Prepared(at=1.0)
    )

    assert (State.LIMIT_HIT, expected) == (conversation.state, conversation.run.limit)


def test_what_was_used_before_each_question_is_kept_with_the_call() -> None:
    conversation = after(
        dispatching(),
        asking(0, usage=USED),
        Answered(call_id="call00000", answer="1"),
        asking(0, usage=Usage(prompt=1)),
    )

    assert [Usage(prompt=7, completion=4, model_calls=2, cost=0.5)] == [slot.spent for slot in slots(conversation)]
    assert 7 == conversation.run.usage.prompt


def test_images_stand_in_the_users_place_after_all_results() -> None:
    conversation = after(
        dispatching(call("a"), call("b"), call("c")),
        ToolReturned(call_id="call00002", content="", parts=(picture("c"),)),
        ToolReturned(call_id="call00000", content="", parts=(picture("a1"), picture("a2"))),
        returned(1),
    )
    *_, asked, one, two, three, shown = conversation.messages

    assert ["assistant", "tool", "tool", "tool"] == [message["role"] for message in (asked, one, two, three)]
    assert {
        "role": "user",
        "content": [
            {"type": "text", "text": "Returned by a:"},
            {"type": "image_url", "image_url": {"url": "data:a1"}},
            {"type": "image_url", "image_url": {"url": "data:a2"}},
            {"type": "text", "text": "Returned by c:"},
            {"type": "image_url", "image_url": {"url": "data:c"}},
        ],
    } == shown
    assert [] == judge(conversation.messages, sendable=True)


def test_images_come_before_what_the_user_said_meanwhile() -> None:
    told = ToolReturned(call_id="call00000", content="4", parts=(picture(),))
    conversation = after(dispatching(), said("and?"), told, Prepared())

    assert ["user", "assistant", "tool", "user", "user"] == [message["role"] for message in conversation.messages]
    assert "and?" == conversation.messages[-1]["content"]


# --- arguments that a person changed ---------------------------------------------------------------------------------


def edited() -> Conversation:
    return after(awaiting_approval(gated("pay", '{"a": 1}')), Approved(call_id="call00000", arguments='{"a": 2}'))


def test_the_model_is_told_of_arguments_that_a_person_changed() -> None:
    conversation = after(edited(), ToolReturned(call_id="call00000", content="paid 2"))
    *_, asked, result = conversation.messages

    assert '[A person changed the arguments to {"a": 2}]\npaid 2' == result["content"]
    assert '{"a": 1}' in str(asked["tool_calls"])
    assert '{"a": 2}' not in str(asked["tool_calls"])


def test_an_error_begins_as_one_though_a_person_changed_the_arguments() -> None:
    conversation = after(edited(), ToolFailed(call_id="call00000", content="Tool error: too dear"))

    assert 'Tool error: too dear\n[A person changed the arguments to {"a": 2}]' == conversation.messages[-1]["content"]


def test_a_question_leaves_changed_arguments_as_they_are() -> None:
    conversation = after(edited(), asking(0), Answered(call_id="call00000", answer="1"), returned(0))

    assert '[A person changed the arguments to {"a": 2}]\n4' == conversation.messages[-1]["content"]
