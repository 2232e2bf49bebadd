"""Chat completions, as the official client asks for them: whole and streamed, tools on both sides, faults, usage."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openai
import pytest
from history_oracle import judge
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from scripted_host import ScriptedHost, asks, streams
from served import Serve, Served

from detent import Agent, Conversation, Limits, MemoryJournal, Model, tool
from detent.errors import JournalError
from detent.service.app import Service
from detent.service.facade import FIELDS
from detent.service.keys import Keys
from detent.states import Event

DIVIDE: Any = {
    "type": "function",
    "function": {
        "name": "divide",
        "description": "Divide.",
        "parameters": {"type": "object", "properties": {"by": {"type": "number"}}, "required": ["by"]},
    },
}


def said(text: str) -> Any:
    return {"role": "user", "content": text}


@pytest.fixture
def served(serve: Serve) -> Served:
    return serve()


@pytest.fixture
def client(served: Served) -> Iterator[openai.OpenAI]:
    with client_of(served) as asking:
        yield asking


def test_the_backends_are_models(client: openai.OpenAI) -> None:
    assert ["auto", "agent"] == [model.id for model in client.models.list()]
    assert "agent" == client.models.retrieve("agent").id
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("nobody")


@pytest.mark.parametrize("model", ["auto", "agent"])
def test_an_agent_answers_as_a_model_does(client: openai.OpenAI, model: str) -> None:
    answer = client.chat.completions.create(model=model, messages=[said("look")])

    assert ("So: it is blue", "stop", model) == (
        answer.choices[0].message.content,
        answer.choices[0].finish_reason,
        answer.model,
    )
    assert ChatCompletion.model_validate(answer.model_dump())


def test_a_stream_says_the_same_in_pieces(client: openai.OpenAI) -> None:
    chunks = list(
        client.chat.completions.create(
            model="auto",
            messages=[said("look")],
            stream=True,
            stream_options={"include_usage": True},
        )
    )

    assert "So: it is blue" == "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert ["stop"] == [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason]
    assert chunks[-1].usage is not None
    assert [] == chunks[-1].choices
    assert all(ChatCompletionChunk.model_validate(chunk.model_dump()) for chunk in chunks)


def test_the_clients_tool_is_passed_through_and_its_result_comes_back(client: openai.OpenAI) -> None:
    with (
        ScriptedHost(asks(("divide", '{"by": 2}')), streams({"content": "3"}, with_usage=True)) as host,
        served_with(host) as inner,
        client_of(inner) as asking,
    ):
        history: list[Any] = [said("halve 6")]
        choice = asking.chat.completions.create(model="auto", messages=history, tools=[DIVIDE]).choices[0]
        assert "tool_calls" == choice.finish_reason
        (call,) = choice.message.tool_calls or []
        assert ("divide", '{"by": 2}') == (call.function.name, call.function.arguments)  # type: ignore[union-attr]

        history += [choice.message.model_dump(exclude_none=True), {"role": "tool", "tool_call_id": call.id, "content": "3"}]
        answer = asking.chat.completions.create(model="auto", messages=history, tools=[DIVIDE])

    done = answer.choices[0]
    assert ("3", "stop") == (done.message.content, done.finish_reason)
    assert answer.usage is not None
    assert 15 == answer.usage.total_tokens  # of this request alone: the one before has told its own
    assert [] == judge(host.requests[-1]["messages"], sendable=True)


def client_of(served: Served) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{served.url}/v1", api_key="none", max_retries=0)


def served_with(host: ScriptedHost, **more: Any) -> Served:
    @tool
    def look(at: str = "") -> str:
        return "seen"

    agent = Agent(Model("m", base_url=host.base_url), tools=[look], limits=Limits(rounds=3, retries=0), **more)
    return Served(Service.of(agent, MemoryJournal()), hosts=None)


def test_tools_of_both_sides_in_one_reply_and_nothing_is_lost() -> None:
    both = asks(("look", "{}"), ("divide", '{"by": 2}'), ("divide", '{"by": 3}'))
    with ScriptedHost(both, streams({"content": "done"})) as host, served_with(host) as served, client_of(served) as asking:
        history: list[Any] = [said("go")]
        message = asking.chat.completions.create(model="auto", messages=history, tools=[DIVIDE]).choices[0].message
        calls = message.tool_calls or []
        assert ["divide", "divide"] == [call.function.name for call in calls]  # type: ignore[union-attr]
        history.append(message.model_dump(exclude_none=True))
        history += [{"role": "tool", "tool_call_id": call.id, "content": f"{at}"} for at, call in enumerate(calls)]
        chunks = asking.chat.completions.create(model="auto", messages=history, tools=[DIVIDE], stream=True)
        assert "done" == "".join(chunk.choices[0].delta.content or "" for chunk in chunks)

    assert ["seen", "0", "1"] == [message["content"] for message in host.requests[1]["messages"] if message["role"] == "tool"]


@pytest.mark.parametrize("change", ["first", "id"])
def test_a_history_that_the_client_has_changed_begins_anew(change: str) -> None:
    with (
        ScriptedHost(asks(("divide", '{"by": 2}')), streams({"content": "done"})) as host,
        served_with(host) as served,
        client_of(served) as asking,
    ):
        history: list[Any] = [said("go")]
        message = asking.chat.completions.create(model="auto", messages=history, tools=[DIVIDE]).choices[0].message
        told = message.model_dump(exclude_none=True)
        if change == "id":
            told["tool_calls"][0]["id"] = "other"
        else:
            history = [said("go elsewhere")]
        history += [told, {"role": "tool", "tool_call_id": told["tool_calls"][0]["id"], "content": "3"}]
        done = asking.chat.completions.create(model="auto", messages=history, tools=[DIVIDE]).choices[0]

    assert "done" == done.message.content
    assert "3" in [message["content"] for message in host.requests[1]["messages"]]
    assert [] == judge(host.requests[1]["messages"], sendable=True)


def test_with_tool_choice_none_the_clients_tools_are_left_out() -> None:
    with ScriptedHost(streams({"content": "hi"})) as host, served_with(host) as served, client_of(served) as asking:
        asking.chat.completions.create(model="auto", messages=[said("go")], tools=[DIVIDE], tool_choice="none")

    assert ["look"] == [each["function"]["name"] for each in host.requests[0]["tools"]]


def test_what_waits_for_a_person_is_said_as_nobody_can_be_asked(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model="auto", messages=[said("pay")])

    assert "[This can not go on here: a person has to agree to pay.]" == answer.choices[0].message.content


def test_a_limit_is_a_length() -> None:
    with ScriptedHost(asks(("look", "{}"))) as host, served_with(host) as served, client_of(served) as asking:
        answer = asking.chat.completions.create(model="auto", messages=[said("go")])

    assert "length" == answer.choices[0].finish_reason


def test_faults_are_the_clients_own_exceptions(client: openai.OpenAI, serve: Serve) -> None:
    with pytest.raises(openai.NotFoundError, match="no backend 'nobody'"):
        client.chat.completions.create(model="nobody", messages=[said("hi")])
    with pytest.raises(openai.BadRequestError, match="the last message"):
        client.chat.completions.create(model="auto", messages=[{"role": "assistant", "content": "hi"}])
    with pytest.raises(openai.UnprocessableEntityError):
        client.chat.completions.create(model="auto", messages=[])
    with pytest.raises(openai.InternalServerError, match="broken"):
        client.chat.completions.create(model="auto", messages=[said("break")])
    with pytest.raises(openai.APIError, match="broken"):
        list(client.chat.completions.create(model="auto", messages=[said("break")], stream=True))
    locked = serve(keys=Keys.of({"alice": "alice-alice-alice"}))
    stranger = openai.OpenAI(base_url=f"{locked.url}/v1", api_key="wrong", max_retries=0)
    with stranger, pytest.raises(openai.AuthenticationError):
        stranger.models.list()


async def _answer(url: str) -> str:
    agent = Agent(Model("agent", base_url=f"{url}/v1"))
    return (await agent.run("look")).text


@pytest.mark.anyio
async def test_another_agent_asks_it_as_its_model(served: Served) -> None:
    assert "So: it is blue" == await _answer(served.url)


def test_nothing_of_it_is_kept(client: openai.OpenAI, served: Served) -> None:
    client.chat.completions.create(model="auto", messages=[said("look")])
    with served.client() as asking:
        assert [] == asking.get("/conversations").json()

    assert not served.service.journal._stored  # type: ignore[attr-defined]


def test_nothing_is_kept_of_an_agent_inside_either() -> None:
    def script(body: dict[str, Any]) -> Any:
        if body["messages"][-1]["role"] == "tool" or "INNER" in body["messages"][0]["content"]:
            return streams({"content": "done"})
        return asks(("helper", '{"task": "inside"}'))

    with ScriptedHost(script) as host:
        model, journal = Model("m", base_url=host.base_url), MemoryJournal()
        agent = Agent(model, instructions="OUTER", tools=[Agent(model, instructions="INNER").as_tool("helper", "Helps.")])
        with Served(Service.of(agent, journal), hosts=None) as served, client_of(served) as asking:
            asking.chat.completions.create(model="auto", messages=[said("go")])

    assert 3 == len(host.requests)
    assert not journal._stored


def test_results_that_are_brought_twice_at_once_are_answered_both_times() -> None:
    def script(body: dict[str, Any]) -> Any:
        if body["messages"][-1]["content"] == "halve 6":
            return asks(("divide", '{"by": 2}'))
        time.sleep(0.1)
        return streams({"content": "3"})

    with (
        ScriptedHost(script) as host,
        served_with(host) as served,
        ThreadPoolExecutor(2) as pool,
        served.client() as first,
        served.client() as second,
    ):
        for _ in range(6):
            body: dict[str, Any] = {"messages": [said("halve 6")], "tools": [DIVIDE]}
            message = first.post("/v1/chat/completions", json=body).json()["choices"][0]["message"]
            result = {"role": "tool", "tool_call_id": message["tool_calls"][0]["id"], "content": "3"}
            body["messages"] += [message, result]
            asked = [pool.submit(each.post, "/v1/chat/completions", json=body) for each in (first, second)]
            answers = [each.result().json() for each in asked]
            assert ["3", "3"] == [each["choices"][0]["message"]["content"] for each in answers], answers


@pytest.mark.parametrize("streams_it", [True, False])
def test_a_client_that_goes_away_ends_the_run(served: Served, host: ScriptedHost, streams_it: bool) -> None:
    body = json.dumps({"model": "auto", "messages": [said("wait")], "stream": streams_it})
    head = "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json"
    with socket.create_connection(("127.0.0.1", int(served.url.rpartition(":")[2]))) as asking:
        asking.sendall(f"{head}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        while not host.requests:
            time.sleep(0.005)

    stored: dict[str, object] = served.service.journal._stored  # type: ignore[attr-defined]
    until = time.monotonic() + 20
    while stored and time.monotonic() < until:
        time.sleep(0.01)
    assert {} == stored


_values = st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=5) | st.lists(st.text(max_size=3), max_size=2)
_messages = st.lists(
    st.dictionaries(st.sampled_from(["role", "content", "tool_call_id", "tool_calls", "name"]), _values, max_size=4)
    | st.fixed_dictionaries({"role": st.sampled_from(["user", "tool", "assistant", "system"]), "content": _values}),
    max_size=4,
)
_bodies = st.dictionaries(st.sampled_from(["model", "stream", "tools", "n", "temperature", "tool_choice"]), _values, max_size=3)


def test_no_request_at_all_is_a_fault_of_the_services(served: Served) -> None:
    with served.client() as asking:

        @settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
        @given(_messages, _bodies)
        def ask(messages: list[Any], body: dict[str, Any]) -> None:
            answer = asking.post("/v1/chat/completions", content=json.dumps({"messages": messages, **body}).encode())

            assert answer.status_code in (200, 400, 404, 413, 422, 429, 502), answer.text

        ask()


@pytest.mark.parametrize("content", [5, True, 1.5, [{"type": "text", "text": "x", "y": json.loads("[" * 200 + "]" * 200)}]])
def test_a_content_that_is_none_is_the_clients_fault(served: Served, content: object) -> None:
    with served.client() as asking:
        answer = asking.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": content}]})

    assert (400, "invalid_request_error") == (answer.status_code, answer.json()["error"]["type"])


class _Full(MemoryJournal):
    async def append(
        self, conversation_id: str, expected_seq: int, events: Sequence[Event], after: Conversation | None = None
    ) -> None:
        raise JournalError("the disk is full")


@pytest.mark.parametrize("streams_it", [True, False])
def test_a_journal_that_fails_is_not_the_clients_fault_and_no_end(serve: Serve, streams_it: bool) -> None:
    with serve(_Full()).client() as asking:
        answer = asking.post("/v1/chat/completions", json={"messages": [said("hi")], "stream": streams_it})

    assert (200 if streams_it else 503) == answer.status_code
    assert "the journal can not be read or written" in answer.text
    assert "the disk is full" not in answer.text  # that, and where it is, is for the log
    assert '"stop"' not in answer.text


def test_null_is_what_is_left_out(served: Served) -> None:
    body = {"model": None, "stream": None, "stream_options": {"include_usage": None}, "messages": [said("hi")], "tools": None}
    with served.client() as asking:
        assert 200 == asking.post("/v1/chat/completions", json=body).status_code


def test_a_client_tool_of_a_name_that_is_taken_is_refused_by_name(served: Served) -> None:
    taken = {"type": "function", "function": {"name": "look", "parameters": {}}}
    with served.client() as asking:
        answer = asking.post("/v1/chat/completions", json={"messages": [said("hi")], "tools": [taken]})

    assert 400 == answer.status_code
    assert "'look' is one of the agent's own here" in answer.json()["error"]["message"]


def test_the_page_names_the_fields_that_are_understood() -> None:
    page = (Path(__file__).parents[2] / "docs" / "service.md").read_text("utf-8")

    assert not [name for name, about in FIELDS.items() if f"| `{name}` | {about} |" not in page]
