"""Whole runs on recorded answers of real hosts, over real loopback HTTP: the loop ends, the calls run, the history is valid."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any, cast

import history_oracle
import pytest
from mistral_common.protocol.instruct.request import ChatCompletionRequest
from mistral_common.protocol.instruct.validator import MistralRequestValidatorV11, MistralRequestValidatorV13, ValidationMode
from scripted_host import Answer, ScriptedHost, raw, says
from traffic import Exchange, read, traffic

from detent import Agent, Limits, Model, RunResult, State, Tool
from detent.machine.wire import HOSTS
from detent.states.history import Profile, judge_request
from detent.tools import Arguments

pytestmark = pytest.mark.anyio

SERVING = ValidationMode.serving

Ran = list[tuple[str, dict[str, object]]]

NOT_ANSWERED = {"azure-9c1c396d", "azure-e9fa521b", "groq-b54839bc"}
"""Faults and a model's mistake that came with status 200."""


class Replay:
    """Serves each recorded answer once, to the model that is named for it, and a plain answer afterwards."""

    def __init__(self) -> None:
        self.exchanges = {one.id: one for one in traffic()}
        self.served: set[str] = set()

    def __call__(self, body: dict[str, Any]) -> Answer:
        exchange = self.exchanges[body["model"]]
        if exchange.id in self.served:
            return says("That is all.")
        self.served.add(exchange.id)
        return raw(exchange.body, status=exchange.status, content_type=exchange.content_type, headers=_rest(exchange.headers))


def _rest(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "content-type"}


def recorder(name: str, ran: Ran) -> Callable[..., str]:
    def call(**keywords: object) -> str:
        ran.append((name, keywords))
        return "a constant"

    return call


def accepting(given: dict[str, Any]) -> Arguments:
    return Arguments(keywords=given, json=given)


def tools_of(exchange: Exchange, ran: Ran) -> list[Tool]:
    """Return the tools of the recorded request; they take any arguments, so that each plain call can run."""
    return [
        Tool(
            name=one["name"],
            parameters=_schema(one.get("parameters") or {}),
            call=recorder(one["name"], ran),
            reader=accepting,
        )
        for one in exchange.tools
    ]


def _schema(parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the recorded schema, or one that says nothing for what no host takes (some recordings are of refusals)."""
    return parameters if parameters.get("type") == "object" else {"type": "object", "properties": {}}


async def run(exchange: Exchange, host: ScriptedHost, *, streamed: bool, kind: str | None = None) -> tuple[RunResult[str], Ran]:
    ran: Ran = []
    model = Model(exchange.id, base_url=host.base_url, api_key="x", host=kind)
    agent = Agent(model, tools=tools_of(exchange, ran), limits=Limits(rounds=2, retries=0))
    if not streamed:
        return await agent.run("Go on."), ran
    async with agent.stream("Go on.") as going:
        async for _ in going:
            pass
    assert going.result is not None
    return going.result, ran


def judge(exchange: Exchange, result: RunResult[str], ran: Ran) -> None:
    """Assert that the run ended as the recorded answer wants it."""
    history = [dict(message) for message in result.conversation.messages]
    assert result.state.ends_a_run, exchange.id
    assert not history_oracle.judge(history), exchange.id
    if exchange.status >= 400 or exchange.id in NOT_ANSWERED:
        assert result.state is State.FAILED, exchange.id
        assert not ran
        return
    reading, offered = read(exchange), {tool["name"] for tool in exchange.tools}
    plain = [(name, given) for name, given in reading.calls if name in offered]
    assert _counted(plain) == _counted(ran), exchange.id
    assert len(reading.calls) + reading.other_calls == len(result.tool_calls), exchange.id
    if result.tool_calls:
        assert (State.DONE, "That is all.") == (result.state, result.text), exchange.id
    elif reading.text.strip() and result.state is State.DONE:
        assert reading.text == result.text, exchange.id


def _counted(calls: Ran) -> Counter[str]:
    return Counter(json.dumps(call, sort_keys=True) for call in calls)


async def replay(exchanges: list[Exchange], *, streamed: bool) -> None:
    with ScriptedHost(Replay()) as host:
        for exchange in exchanges:
            judge(exchange, *await run(exchange, host, streamed=streamed))
        for body in host.requests:
            assert not history_oracle.judge(body["messages"], sendable=True), body["model"]
            assert not judge_request(body), body["model"]


async def test_runs_on_all_recorded_answers_end_well() -> None:
    await replay(list(traffic()), streamed=False)


async def test_streamed_runs_on_all_recorded_streams_end_well() -> None:
    await replay([one for one in traffic() if one.is_stream], streamed=True)


async def test_what_follows_an_answer_of_mistral_satisfies_mistrals_own_validator() -> None:
    exchanges = [one for one in traffic() if one.id.startswith("mistral-") and one.status < 300]
    with ScriptedHost(Replay()) as host:
        for exchange in exchanges:
            await run(exchange, host, streamed=exchange.is_stream, kind="mistral")
        requests = host.requests

    assert len(requests) > len(exchanges) > 20
    for validator in (MistralRequestValidatorV11(mode=SERVING), MistralRequestValidatorV13(mode=SERVING)):
        for body in requests:
            validator.validate_request(ChatCompletionRequest[Any].from_openai(messages=body["messages"], model="m"))
            assert not judge_request(body, cast("Profile", HOSTS["mistral"])), body["model"]
