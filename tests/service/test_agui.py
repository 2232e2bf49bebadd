"""AG-UI: the events of a run, in the order that the protocol wants, for every script."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from ag_ui.core import Event
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from served import Serve

EVENT: TypeAdapter[Any] = TypeAdapter(Event)
DIVIDE = {"name": "look_up", "description": "Look up.", "parameters": {"type": "object", "properties": {}}}


def run(client: httpx2.Client, *messages: dict[str, Any], **more: Any) -> list[Any]:
    """Return the events of a run, each checked against the protocol's own types."""
    body = {"threadId": "t", "runId": "r", "state": {}, "messages": messages, "tools": [], "context": [], "forwardedProps": {}}
    answer = client.post("/agui", json={**body, **more})
    assert 200 == answer.status_code, answer.text
    return [EVENT.validate_json(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]


def said(text: str) -> dict[str, Any]:
    return {"id": "1", "role": "user", "content": text}


def check_order(events: list[Any]) -> None:
    """Hold the order against the protocol: a run around all, messages and calls that begin before they go on and end."""
    names = [event.type.value for event in events]
    assert "RUN_STARTED" == names[0]
    assert names[-1] in ("RUN_FINISHED", "RUN_ERROR")
    assert 1 == sum(name in ("RUN_FINISHED", "RUN_ERROR") for name in names)
    open_message: str | None = None
    open_calls: set[str] = set()
    ended: set[str] = set()
    for event in events:
        match event.type.value:
            case "TEXT_MESSAGE_START":
                assert open_message is None
                open_message = event.message_id
            case "TEXT_MESSAGE_CONTENT":
                assert event.message_id == open_message
                assert event.delta
            case "TEXT_MESSAGE_END":
                assert event.message_id == open_message
                open_message = None
            case "TOOL_CALL_START":
                assert event.tool_call_id not in open_calls | ended
                open_calls.add(event.tool_call_id)
            case "TOOL_CALL_ARGS":
                assert event.tool_call_id in open_calls
            case "TOOL_CALL_END":
                open_calls.remove(event.tool_call_id)
                ended.add(event.tool_call_id)
            case "TOOL_CALL_RESULT":
                assert event.tool_call_id in ended
            case _:
                pass
    assert (None, set()) == (open_message, open_calls)


def test_an_answer_is_a_message_in_pieces(client: httpx2.Client) -> None:
    events = run(client, said("hi"))
    check_order(events)

    pieces = [event.delta for event in events if event.type.value == "TEXT_MESSAGE_CONTENT"]
    assert "Hello <script>alert(1)</script> to you " == "".join(pieces)
    assert len(pieces) > 1


def test_a_tool_of_the_server_is_told_with_its_result(client: httpx2.Client) -> None:
    events = run(client, said("look"))
    check_order(events)

    assert ["it is blue"] == [event.content for event in events if event.type.value == "TOOL_CALL_RESULT"]
    assert "done" == [event.snapshot["state"] for event in events if event.type.value == "STATE_SNAPSHOT"][-1]


def test_a_tool_of_the_front_end_is_passed_through_and_goes_on(client: httpx2.Client) -> None:
    # the script calls `look` for words that hold it; here that is the front end's
    events = run(client, said("hi"), tools=[DIVIDE])
    check_order(events)

    assert "RUN_FINISHED" == events[-1].type.value


@pytest.mark.parametrize(
    ("messages", "why"), [([], "a message is wanted"), ([{"id": "1", "role": "user", "content": "break"}], "broken")]
)
def test_what_goes_wrong_is_an_error_of_the_run(client: httpx2.Client, messages: list[Any], why: str) -> None:
    events = run(client, *messages)
    check_order(events)

    assert "RUN_ERROR" == events[-1].type.value
    assert why in events[-1].message


def test_a_backend_that_is_not_there_is_refused(client: httpx2.Client) -> None:
    body = {"threadId": "t", "runId": "r", "messages": [said("hi")], "forwardedProps": {"backend": "nobody"}}

    assert 404 == client.post("/agui", json={"state": {}, "tools": [], "context": [], **body}).status_code


_words = st.sampled_from(["hi", "look", "pay", "book", "break"])


def test_the_order_holds_for_every_script(serve: Serve) -> None:
    with serve().client() as client:

        @settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
        @given(st.lists(_words, min_size=1, max_size=3))
        def ask(words: list[str]) -> None:
            check_order(run(client, *({**said(word), "id": f"{at}"} for at, word in enumerate(words))))

        ask()
