"""Seeded conversations with a real inference server: llama.cpp parses the history's arguments and renders its template.

What it can not render it refuses, for ever: so no request may be refused, whatever the model wrote and whenever the run
was cancelled.
"""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

import anyio
import history_oracle
import httpx2
import pytest
import tiny_model
from attrs import define, field, frozen

from detent import Agent, Conversation, Limits, MemoryJournal, Model, RunResult, State, Tool, ToolStarted, replay, tool
from detent.states import AnyState, Event
from detent.states.events import Approved, Cancelled, Denied, ModelFailed, ModelReplied, Resumed, ToolFailed, ToolReturned

pytestmark = pytest.mark.anyio

CONVERSATIONS = 200
AT_ONCE = 8
RESTS = (State.DONE, State.LIMIT_HIT, State.CANCELLED, State.AWAITING_APPROVAL)
UNREADABLE_OUTPUT = "The model produced output that does not match the expected"


@frozen
class Refusal:
    """A status from 400 up, what was said with it, and the request."""

    status: int
    said: str
    request: dict[str, Any]


@define(eq=False)
class Recorder(httpx2.AsyncBaseTransport):
    """The HTTP transport of the tests: real, and it keeps what was asked and what came back."""

    requests: list[dict[str, Any]] = field(factory=list[dict[str, Any]])
    refusals: list[Refusal] = field(factory=list[Refusal])
    _inner: httpx2.AsyncHTTPTransport = field(factory=httpx2.AsyncHTTPTransport)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        body = json.loads(request.content)
        self.requests.append(body)
        response = await self._inner.handle_async_request(request)
        if response.status_code >= 400:
            await response.aread()
            self.refusals.append(Refusal(response.status_code, response.text, body))
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


@pytest.fixture
async def recorder() -> AsyncIterator[Recorder]:
    async with Recorder() as made:
        yield made


@pytest.fixture
async def http(recorder: Recorder) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(transport=recorder, timeout=60) as client:
        yield client


class Seeded(Mapping[str, object]):
    """Request parameters with a fresh seed for every request."""

    def __init__(self, chance: random.Random, max_tokens: int) -> None:
        self._chance = chance
        self._fixed = {**tiny_model.SAMPLING, "max_tokens": max_tokens}

    def __getitem__(self, key: str) -> object:
        return self._chance.randrange(2**31) if key == "seed" else self._fixed[key]

    def __iter__(self) -> Iterator[str]:
        return iter(("seed", *self._fixed))

    def __len__(self) -> int:
        return 1 + len(self._fixed)


# --- a conversation --------------------------------------------------------------------------------------------------


def tools(chance: random.Random) -> list[Tool]:
    @tool(idempotent=chance.random() < 0.5, approve=chance.random() < 0.2)
    async def weather(city: str, days: int = 1) -> str:
        """Report the weather."""
        return f'{days} days of "snow" in {city}\n' * chance.choice((0, 1, 3))

    @tool(exclusive=chance.random() < 0.2)
    def add(a: int, b: int = 0) -> int:
        """Add two numbers."""
        return a + b

    @tool
    async def broken(anything: str = "") -> str:
        """Fail."""
        raise RuntimeError("out of paper")

    @tool(timeout=chance.choice((0.005, 0.05)), approve=chance.random() < 0.2)
    async def nap(city: str = "") -> str:
        """Sleep."""
        await anyio.sleep(0.02)
        return "rested"

    return chance.sample([weather, add, broken, nap], chance.randint(1, 4))


@define(eq=False)
class Talk:
    """One conversation: a few tasks, each run, watched, cut short or talked into, as chance has it."""

    agent: Agent[str]
    journal: MemoryJournal
    chance: random.Random
    name: str
    states: list[AnyState] = field(factory=list[AnyState])

    @classmethod
    def of(cls, seed: int, url: str, http: httpx2.AsyncClient) -> Talk:
        chance = random.Random(seed)
        model = Model(
            "tiny",
            base_url=url,
            host=chance.choice(("llamacpp", "portable")),
            http_client=http,
            parameters=Seeded(chance, chance.choice((6, 16, 40, 40))),
        )
        limits = Limits(
            rounds=chance.randint(1, 5),
            tool_calls=chance.choice((None, None, 1, 3)),
            retries=chance.randint(0, 2),
            on_limit=chance.choice(("summary", "answer")),
        )
        journal = MemoryJournal()
        agent = Agent(
            model,
            tools=tools(chance),
            instructions=chance.choice((None, "Be brief.")),
            limits=limits,
            window=chance.choice((None, None, 0, 1, 2, 5, 9)),
            journal=journal,
            max_parallel_tools=chance.choice((1, 8)),
        )
        return cls(agent, journal, chance, f"talk-{seed}")

    async def hold(self) -> None:
        turns = (self.is_run, self.is_run, self.is_watched, self.is_cancelled, self.is_cancelled_in_a_tool, self.is_abandoned)
        for _ in range(self.chance.randint(2, 4)):
            await self.chance.choice(turns)(self.chance.choice(("How cold is it?", "été 🥶?", '{"a": 1}', "Go on.")))
            await self.settle()
            await self.check()

    async def is_run(self, task: str) -> None:
        await self.agent.run(task, conversation_id=self.name)

    async def is_watched(self, task: str) -> None:
        async with self.agent.stream(task, conversation_id=self.name) as run:
            async for _ in run:
                if self.chance.random() < 0.03:
                    run.say("And tomorrow?")

    async def is_cancelled(self, task: str) -> None:
        """Cancel the task around the run, at any time."""
        with anyio.move_on_after(self.chance.expovariate(80)):
            await self.agent.run(task, conversation_id=self.name)

    async def is_cancelled_in_a_tool(self, task: str) -> None:
        async with self.agent.stream(task, conversation_id=self.name) as run:
            async for notice in run:
                if isinstance(notice, ToolStarted):
                    await run.cancel()

    async def is_abandoned(self, task: str) -> None:
        """Leave in the middle of the stream."""
        left = self.chance.randint(1, 12)
        async with self.agent.stream(task, conversation_id=self.name) as run:
            async for _ in run:
                left -= 1
                if not left:
                    break

    async def settle(self) -> None:
        """Let a person decide what waits for one, go on with what was cut short; now and then do neither."""
        record = await self.record()
        if record.state is State.DONE or self.chance.random() < 0.3:
            return
        result = await self.agent.resume(self.name)
        while result.state is State.AWAITING_APPROVAL:
            result = await self._decide(result)

    async def _decide(self, result: RunResult[str]) -> RunResult[str]:
        ids = [call.id for call in result.approvals]
        agreed = [each for each in ids if self.chance.random() < 0.5]
        return await self.agent.resume(self.name, approve=agreed, deny=[each for each in ids if each not in agreed])

    async def check(self) -> None:
        record = await self.record()
        self.states.append(record.state)
        assert record.state.ends_a_run or record.state is State.AWAITING_APPROVAL, f"{self.name} rests in {record.state}"
        assert [] == history_oracle.judge(record.messages), self.name

    async def record(self) -> Conversation:
        return replay(await self.events())

    async def events(self) -> Sequence[Event]:
        return await self.journal.read(self.name)


async def hold_all(seeds: range, url: str, http: httpx2.AsyncClient) -> list[Talk]:
    talks = [Talk.of(seed, url, http) for seed in seeds]
    room = anyio.CapacityLimiter(AT_ONCE)

    async def hold(talk: Talk) -> None:
        async with room:
            await talk.hold()

    async with anyio.create_task_group() as tasks:
        for talk in talks:
            tasks.start_soon(hold, talk)
    return talks


async def events_of(talks: list[Talk]) -> list[Event]:
    return [event for talk in talks for event in await talk.events()]


def assert_no_history_was_refused(recorder: Recorder) -> None:
    """Every request's history is clean, and llama.cpp refused none: what it can not read is what its own model wrote."""
    for request in recorder.requests:
        assert [] == history_oracle.judge(request["messages"], sendable=True)
    assert [] == [refusal for refusal in recorder.refusals if UNREADABLE_OUTPUT not in refusal.said]


def assert_only_the_server_failed(events: list[Event]) -> None:
    """What model calls failed for is no fault of ours: output that llama.cpp can not parse."""
    failures = [event.failure for event in events if isinstance(event, ModelFailed)]
    others = [each for each in failures if UNREADABLE_OUTPUT not in each.message]

    assert [] == others
    assert len(failures) < len(events) / 100


async def test_two_hundred_conversations_are_never_refused(
    llama_cpp: str, recorder: Recorder, http: httpx2.AsyncClient
) -> None:
    talks = await hold_all(range(CONVERSATIONS), llama_cpp, http)
    events = await events_of(talks)

    assert_no_history_was_refused(recorder)
    assert_only_the_server_failed(events)
    assert_everything_happened(talks, events, recorder)


def assert_everything_happened(talks: list[Talk], events: list[Event], recorder: Recorder) -> None:
    """The conversations are worth their name: what can happen did, and not just once."""
    replies = [event.reply for event in events if isinstance(event, ModelReplied)]
    happened = {
        "one call": sum(len(reply.calls) == 1 for reply in replies),
        "several calls": sum(len(reply.calls) > 1 for reply in replies),
        "words before a call": sum(bool(reply.calls and reply.said.text) for reply in replies),
        "a cut call": sum(bool(reply.calls and reply.calls[-1].flaw) for reply in replies),
        "a cut answer": sum(reply.said.finish == "length" and not reply.calls for reply in replies),
        "an empty reply": sum(reply.said.is_blank and not reply.calls for reply in replies),
        "a tool's result": sum(isinstance(event, ToolReturned) for event in events),
        "a tool's failure": sum(isinstance(event, ToolFailed) for event in events),
        "a person's word": sum(isinstance(event, Approved | Denied) for event in events),
        "a cancellation": sum(isinstance(event, Cancelled) for event in events),
        "a run that goes on": sum(isinstance(event, Resumed) for event in events),
        "a streamed request": sum("stream" in request for request in recorder.requests),
        "a request with results": sum(request["messages"][-1]["role"] == "tool" for request in recorder.requests),
        "a request without tools": sum(request.get("tool_choice") == "none" for request in recorder.requests),
        **{state.value: sum(state in talk.states for talk in talks) for state in RESTS},
    }

    assert [] == [name for name, times in happened.items() if times < 2], happened


@pytest.mark.campaign
async def test_two_thousand_more_are_not_either(llama_cpp: str, recorder: Recorder, http: httpx2.AsyncClient) -> None:
    for first in range(1000, 3000, CONVERSATIONS):
        talks = await hold_all(range(first, first + CONVERSATIONS), llama_cpp, http)

        assert_no_history_was_refused(recorder)
        assert_only_the_server_failed(await events_of(talks))
        recorder.requests.clear()


async def test_a_streamed_reply_is_the_whole_one(llama_cpp: str, http: httpx2.AsyncClient) -> None:
    whole, streamed = [
        [await first_reply(llama_cpp, http, seed, stream=stream) for seed in range(60)] for stream in (False, True)
    ]

    assert whole == streamed
    assert 5 < len({str(reply) for reply in whole})


async def first_reply(url: str, http: httpx2.AsyncClient, seed: int, *, stream: bool) -> object:
    """Return what the record holds of the first reply, the host's ids apart; or whether the server could not parse it."""
    model = Model("tiny", base_url=url, http_client=http, parameters={**tiny_model.SAMPLING, "seed": seed, "max_tokens": 40})
    journal = MemoryJournal()
    agent = Agent(model, tools=tools(random.Random(7)), limits=Limits(rounds=1, retries=0), journal=journal)
    if stream:
        async with agent.stream("How cold is it?", conversation_id="one") as run:
            assert [notice async for notice in run]
    else:
        await agent.run("How cold is it?", conversation_id="one")
    for event in await journal.read("one"):
        if isinstance(event, ModelReplied):
            said, usage = event.reply.said, event.reply.usage
            calls = [(call.name, call.arguments, call.flaw) for call in event.reply.calls]
            return said.text, said.reasoning, said.finish, calls, usage.prompt, usage.completion
        if isinstance(event, ModelFailed):
            return UNREADABLE_OUTPUT in event.failure.message
    return None


# --- the server's own judgement --------------------------------------------------------------------------------------


def asks(arguments: object = "{}", call_id: object = "a") -> dict[str, Any]:
    call = {"id": call_id, "type": "function", "function": {"name": "look", "arguments": arguments}}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


USER = {"role": "user", "content": "hi"}
RESULT = {"role": "tool", "tool_call_id": "a", "content": "4"}


@pytest.mark.parametrize(
    ("messages", "why"),
    [
        ([USER, asks('{"city": "Os'), RESULT], "Failed to parse tool call arguments as JSON"),
        ([USER, asks(""), RESULT], "Failed to parse tool call arguments as JSON"),
        ([USER, asks('{"a": NaN}'), RESULT], "Failed to parse tool call arguments as JSON"),
        ([USER, asks(call_id=None), RESULT], "Failed to parse messages"),
        ([USER, asks(call_id="b"), USER, asks(), RESULT], "a result of no call that is open"),
        ([USER, RESULT], "a result of no call that is open"),
        ([USER, asks(), RESULT, RESULT], "a result of no call that is open"),
        ([USER, asks(), {"role": "tool", "tool_call_id": "a"}], "must contain 'content'"),
        ([USER, {"role": "assistant", "content": None}, USER], "an assistant message with nothing in it"),
        ([USER, {"role": "system", "content": "Be brief."}], "the system message is not the first message"),
        ([USER, {"role": "function", "content": "4"}], "an unknown role"),
    ],
)
async def test_the_server_refuses_what_it_should(
    llama_cpp: str, http: httpx2.AsyncClient, messages: list[dict[str, Any]], why: str
) -> None:
    response = await http.post(f"{llama_cpp}/chat/completions", json={"messages": messages, "max_tokens": 4})

    assert response.status_code in (400, 500)
    assert why in response.json()["error"]["message"]
    assert history_oracle.judge(messages, sendable=True)


async def test_the_server_takes_a_valid_history(llama_cpp: str, http: httpx2.AsyncClient) -> None:
    messages = [USER, asks('{"city": "Oslo"}'), RESULT]
    response = await http.post(f"{llama_cpp}/chat/completions", json={"messages": messages, "max_tokens": 4})

    assert 200 == response.status_code, response.text
    assert [] == history_oracle.judge(messages, sendable=True)
