"""The endpoint over real HTTP on loopback, asked by a plain client and by the official one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import openai
import pytest

from detent.practice import Practice, server
from detent.practice.server import LARGEST_BODY

PARAMETERS: dict[str, object] = {"type": "object", "properties": {"expression": {"type": "string"}}, "required": ["expression"]}
TOOLS: Any = [{"type": "function", "function": {"name": "calculate", "description": "Adds.", "parameters": PARAMETERS}}]
SUM: Any = [{"role": "user", "content": "What is 12*7 and what is 3+4?"}]


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with Practice() as practice:
        yield practice.base_url


@pytest.fixture(scope="module")
def http(base_url: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=base_url.removesuffix("/v1")) as client:
        yield client


@pytest.fixture(scope="module")
def client(base_url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=base_url, api_key="anything", max_retries=0) as made:
        yield made


def test_the_official_client_gets_calls_and_then_an_answer(client: openai.OpenAI) -> None:
    first = client.chat.completions.create(model="practice-rules", messages=SUM, tools=TOOLS)
    said = first.choices[0].message
    results: Any = [
        {"role": "tool", "tool_call_id": call.id, "content": content}
        for call, content in zip(said.tool_calls or [], ["84", "7"], strict=True)
    ]
    history: Any = [*SUM, said.model_dump(exclude_none=True), *results]
    second = client.chat.completions.create(model="practice-rules", messages=history, tools=TOOLS)

    assert first.choices[0].finish_reason == "tool_calls"
    assert (second.choices[0].finish_reason, second.choices[0].message.content) == ("stop", "12*7 is 84. 3+4 is 7.")
    assert second.usage is not None
    assert second.usage.prompt_tokens == 15


def test_the_official_client_streams_a_text(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(
        model="practice-rules", messages=[{"role": "user", "content": "hi"}], stream_options={"include_usage": True}
    ) as stream:
        pieces = [event.delta for event in stream if event.type == "content.delta"]
        final = stream.get_final_completion()

    assert len(pieces) > 10
    assert "".join(pieces) == final.choices[0].message.content
    assert final.usage is not None


def test_the_official_client_streams_calls(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(model="practice-rules", messages=SUM, tools=TOOLS) as stream:
        final = stream.get_final_completion()

    calls = final.choices[0].message.tool_calls or []
    assert [call.function.arguments for call in calls] == ['{"expression": "12*7"}', '{"expression": "3+4"}']


def test_the_official_client_is_refused_as_by_openai(client: openai.OpenAI) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    unanswered: Any = [*SUM, {"role": "assistant", "tool_calls": [call]}]

    with pytest.raises(openai.BadRequestError, match="did not have response messages: c") as refused:
        client.chat.completions.create(model="practice-rules", messages=unanswered)
    assert refused.value.param == "messages.[1].tool_calls"


def test_the_list_of_models_says_what_it_is(client: openai.OpenAI) -> None:
    models = client.models.list().data

    assert [(model.id, model.owned_by) for model in models] == [("practice-rules", "rule-based, no language model")]


@pytest.mark.parametrize("prefix", ["", "/v1"])
def test_both_prefixes_are_served(http: httpx2.Client, prefix: str) -> None:
    said = http.post(f"{prefix}/chat/completions", json={"messages": SUM})

    assert said.status_code == 200
    assert said.json()["model"] == "practice-rules"
    assert http.get(f"{prefix}/models").status_code == 200


def test_a_stream_is_server_sent_events_that_end_with_done(http: httpx2.Client) -> None:
    said = http.post("/v1/chat/completions", json={"messages": SUM, "tools": TOOLS, "stream": True})
    lines = said.text.split("\n\n")

    assert said.headers["content-type"].startswith("text/event-stream")
    assert lines[-2:] == ["data: [DONE]", ""]
    assert all(json.loads(line.removeprefix("data: "))["object"] == "chat.completion.chunk" for line in lines[:-2])


def test_the_front_page_says_what_it_is(http: httpx2.Client) -> None:
    assert "rule-based, no language model" in http.get("/").text


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/v1/chat/completions", b"{", 400),
        ("POST", "/v1/chat/completions", b"\xff", 400),
        ("POST", "/v1/chat/completions", b'{"messages": NaN}', 400),
        ("POST", "/v1/chat/completions", b"[" * 100_000, 400),
        ("POST", "/v1/chat/completions", b"[1]", 400),
        ("POST", "/v1/chat/completions", b"{}", 400),
        ("POST", "/v1/chat/completions", b'{"messages": []}', 400),
        ("POST", "/v1/chat/completions", b" " * (LARGEST_BODY + 1), 413),
        ("POST", "/v1/completions", b"{}", 404),
        ("GET", "/v1/chat/completions", b"", 405),
    ],
)
def test_errors_have_the_shape_of_openais(http: httpx2.Client, method: str, path: str, body: bytes, status: int) -> None:
    said = http.request(method, path, content=body)

    assert status == said.status_code
    assert {"message", "type", "param", "code"} == set(said.json()["error"])


def test_a_schema_nested_deeply_does_no_harm(http: httpx2.Client) -> None:
    deep: dict[str, object] = {"type": "string"}
    for _ in range(300):
        deep = {"type": "object", "properties": {"a": deep}, "required": ["a"]}
    tools = [{"type": "function", "function": {"name": "dig", "parameters": deep}}]

    said = http.post("/v1/chat/completions", json={"messages": SUM, "tools": tools, "tool_choice": "required"})
    assert said.status_code in (200, 400)


def test_many_at_once_get_each_their_own(base_url: str) -> None:
    def ask(number: int) -> str:
        body = {"messages": [{"role": "user", "content": f"What is {number}*2?"}], "tools": TOOLS, "stream": number % 2 == 0}
        return httpx2.post(f"{base_url}/chat/completions", json=body, timeout=30).text

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(ask, range(40)))
    whole = [json.loads(text)["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"] for text in said[1::2]]
    assert [json.dumps({"expression": f"{number}*2"}) for number in range(1, 40, 2)] == whole
    assert all(text.endswith("data: [DONE]\n\n") for text in said[::2])


def test_an_array_nested_beyond_reason_is_refused(http: httpx2.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def bottomless(body: object) -> None:
        raise RecursionError

    monkeypatch.setattr(server, "refusal", bottomless)
    said = http.post("/v1/chat/completions", json={"messages": SUM})
    assert (400, "The body is nested too deeply.") == (said.status_code, said.json()["error"]["message"])
