"""AG-UI: the events of a run, in the order that the protocol wants, for every script."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from ag_ui.core import Event, UserMessage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from served import Serve

from detent import MemoryJournal
from detent.service import waiting
from detent.service.agui_messages import read_messages
from detent.service.keys import Keys

EVENT: TypeAdapter[Any] = TypeAdapter(Event)
MEASURE = {"name": "measure", "description": "Measure.", "parameters": {"type": "object", "properties": {}}}


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


def test_the_end_says_what_was_used_and_what_the_front_end_has_to_run(client: httpx2.Client) -> None:
    events = run(client, said("look then measure"), tools=[MEASURE])
    check_order(events)

    (call,) = events[-1].outcome.pending_tool_call_ids
    (used,) = events[-1].usage
    assert ("success", "House model", 30) == (events[-1].outcome.type, used.model, used.total_tokens)
    made = [event.tool_call_id for event in events if event.type.value == "TOOL_CALL_START"]
    assert call == made[-1]


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


_words = st.sampled_from(["hi", "look", "pay", "book", "break", "think", "measure", "pay and look", "look then measure"])


def test_the_order_holds_for_every_script(serve: Serve) -> None:
    with serve().client() as client:

        @settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
        @given(st.lists(_words, min_size=1, max_size=3))
        def ask(words: list[str]) -> None:
            check_order(run(client, *({**said(word), "id": f"{at}"} for at, word in enumerate(words)), tools=[MEASURE]))

        ask()


def test_another_owner_can_not_decide(serve: Serve) -> None:
    served = serve(keys=Keys.of({"ada": "key-of-ada-0123456789", "bob": "key-of-bob-0123456789"}))
    with served.client("key-of-ada-0123456789") as ada, served.client("key-of-bob-0123456789") as bob:
        (asked_for,) = run(ada, said("pay"))[-1].outcome.interrupts
        resume = [{"interruptId": asked_for.id, "status": "resolved", "payload": {"approved": True}}]
        refused = run(bob, said("pay"), resume=resume)
        agreed = run(ada, said("pay"), resume=resume)

    assert "no run waits for" in refused[-1].message
    assert "success" == agreed[-1].outcome.type


def test_what_waits_is_there_after_a_restart(serve: Serve) -> None:
    journal = MemoryJournal()
    with serve(journal).client() as before:
        (asked_for,) = run(before, said("pay"))[-1].outcome.interrupts
    with serve(journal).client() as after:
        resume = [{"interruptId": asked_for.id, "status": "resolved", "payload": {"approved": True}}]
        events = run(after, said("pay"), resume=resume)

    check_order([event for event in events if event.type.value != "TOOL_CALL_RESULT"])
    assert ["paid 12.5 <b>at once</b>"] == [event.content for event in events if event.type.value == "TOOL_CALL_RESULT"]


def test_of_runs_that_wait_the_newest_are_kept(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_MOST", 2)
    journal = MemoryJournal()
    with serve(journal).client() as client:
        ends = [run(client, said("pay"))[-1].outcome.interrupts[0].id for _ in range(4)]
        asked = [{"interruptId": each, "status": "resolved", "payload": {"approved": True}} for each in ends]
        outcomes = [run(client, said("pay"), resume=[each])[-1].type.value for each in asked]

    assert ["RUN_ERROR", "RUN_ERROR", "RUN_FINISHED", "RUN_FINISHED"] == outcomes


def test_parts_of_messages_are_read() -> None:
    data = {"type": "data", "value": "AAAA", "mimeType": "image/png"}
    parts = [
        {"type": "text", "text": "this"},
        {"type": "image", "source": data},
        {"type": "image", "source": {"type": "url", "value": "https://example.org/a.png"}},
        {"type": "audio", "source": {**data, "mimeType": "audio/wav"}},
        {"type": "document", "source": {**data, "mimeType": "application/pdf"}},
    ]
    message = UserMessage.model_validate({"id": "1", "role": "user", "content": parts, "name": "Ada"})

    assert [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "this"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
                {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
                {"type": "file", "file": {"filename": "document", "file_data": "data:application/pdf;base64,AAAA"}},
            ],
        }
    ] == read_messages([message])


@pytest.mark.parametrize(
    "part",
    [
        {"type": "video", "source": {"type": "data", "value": "AAAA", "mimeType": "video/mp4"}},
        {"type": "document", "source": {"type": "url", "value": "https://example.org/a.pdf"}},
        {"type": "image", "source": {"type": "file", "value": "file-1"}},
    ],
)
def test_a_part_that_no_model_takes_is_an_error_of_the_run(client: httpx2.Client, part: dict[str, Any]) -> None:
    events = run(client, {"id": "1", "role": "user", "content": [part]})

    assert f"a part of type {part['type']}" in events[-1].message
