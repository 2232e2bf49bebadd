"""`ModelsAndTools`: asking for approval, trying again and leaving alone, seen through whole runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from scenes import said
from scripted_host import ScriptedHost, asks, hangs, refuses, says

from detent import Agent, Conversation, Limits, MemoryJournal, Model, State, Toolbox, replay, tool
from detent.machine.cooldown import COOLDOWNS, Cooldowns
from detent.machine.offering import Offering
from detent.machine.world import ModelsAndTools
from detent.machine.world_models import Models
from detent.machine.world_tools import Tools
from detent.states.effects import AskApproval, Prepare
from detent.states.events import ModelFailed, Prepared
from detent.states.messages import Call
from detent.states.turn import OutcomeKind

pytestmark = pytest.mark.anyio


async def test_a_call_that_can_not_run_is_not_put_before_a_person() -> None:
    @tool(approve=True)
    async def pay(amount: int) -> str:
        return "paid"

    with ScriptedHost(asks(("pay", '{"amount": "much"}'), ("pay", "{")), says("ok")) as host:
        result = await Agent(Model("m", base_url=host.base_url), tools=[pay]).run("go")

    assert State.DONE is result.state
    assert [OutcomeKind.BAD_ARGUMENTS] * 2 == [call.kind for call in result.tool_calls]


async def test_approval_may_depend_on_the_arguments() -> None:
    @tool(approve=lambda arguments: int(str(arguments["amount"])) > 10)
    async def pay(amount: int) -> str:
        return f"paid {amount}"

    with ScriptedHost(asks(("pay", '{"amount": 3}')), says("ok"), asks(("pay", '{"amount": 30}'))) as host:
        agent = Agent(Model("m", base_url=host.base_url), tools=[pay])
        small, large = await agent.run("go"), await agent.run("go")

    assert (State.DONE, State.AWAITING_APPROVAL) == (small.state, large.state)


async def test_every_fault_of_a_run_is_on_its_result() -> None:
    quick = {"retry-after": "0"}
    with ScriptedHost(refuses(503, "busy", headers=quick), says(None), says("ok")) as host:
        result = await Agent(Model("m", base_url=host.base_url, label="main"), limits=Limits(retries=2)).run("go")

    assert [("overloaded", "main"), ("unusable_reply", "")] == [(fault.kind, fault.model) for fault in result.faults]
    assert State.DONE is result.state


async def test_the_host_says_how_long_to_wait() -> None:
    journal = MemoryJournal()
    with ScriptedHost(refuses(429, "slow", headers={"retry-after": "0.05"}), says("ok")) as host:
        agent = Agent(Model("m", base_url=host.base_url), limits=Limits(retries=1), journal=journal)
        result = await agent.run("go", conversation_id="c")

    failed = next(event for event in await journal.read("c") if isinstance(event, ModelFailed))
    assert (0.05, State.DONE) == (failed.delay, result.state)


@pytest.fixture(autouse=True)
def _no_cooldowns() -> Iterator[None]:
    COOLDOWNS.clear()
    yield
    COOLDOWNS.clear()


async def test_a_server_that_chokes_on_a_request_is_given_it_once_more_and_no_oftener() -> None:
    with ScriptedHost(refuses(500, "oops", headers={"retry-after": "0"})) as host:
        result = await Agent(Model("m", base_url=host.base_url), limits=Limits(retries=5)).run("go")

    assert (State.FAILED, 2) == (result.state, len(host.requests))


async def test_tries_end_with_the_time_that_is_given_to_them() -> None:
    with ScriptedHost(refuses(429, "slow", headers={"retry-after": "60"})) as host:
        model = Model("m", base_url=host.base_url, retry_within=30)
        result = await Agent(model, limits=Limits(retries=5)).run("go")

    assert (State.FAILED, 1) == (result.state, len(host.requests))


async def test_an_endpoint_in_trouble_is_left_alone_while_there_is_another() -> None:
    with (
        ScriptedHost(refuses(429, "slow", headers={"retry-after": "100"}), says("late")) as busy,
        ScriptedHost(says("here")) as spare,
    ):
        models = Model("a", base_url=busy.base_url, retry_within=1), Model("b", base_url=spare.base_url)
        agent = Agent(models[0], fallbacks=models[1:])
        first, second = await agent.run("go"), await agent.run("go")
        alone = await Agent(models[0]).run("go")

    assert ["here", "here", "late"] == [first.text, second.text, alone.text]
    assert 2 == len(busy.requests)
    assert ["rate_limited", "cooling_down"] == [result.faults[0].kind for result in (first, second)]


async def test_a_stream_that_falls_silent_is_a_timeout() -> None:
    with ScriptedHost(hangs(threading.Event())) as host:
        model = Model("m", base_url=host.base_url, first_token_timeout=0.05)
        async with Agent(model, limits=Limits(retries=0)).stream("go") as run:
            async for _ in run:
                pass

    assert run.result.error is not None
    assert "timeout" == run.result.error.kind


async def test_a_call_written_as_text_is_not_run_and_the_model_is_told() -> None:
    ran: list[str] = []

    @tool
    async def pay() -> str:
        ran.append("pay")
        return "paid"

    written = '<tool_call>\n{"name": "pay", "arguments": {}}\n</tool_call>'
    with ScriptedHost(says(written), says("ok")) as host:
        result = await Agent(Model("m", base_url=host.base_url), tools=[pay]).run("go")

    assert (State.DONE, "ok", []) == (result.state, result.text, ran)
    assert "user" == host.requests[1]["messages"][-1]["role"]


async def test_parameters_go_into_every_request() -> None:
    with ScriptedHost(says("ok")) as host:
        await Agent(Model("m", base_url=host.base_url, parameters={"temperature": 0, "seed": 7})).run("go")

    assert (0, 7) == (host.requests[0]["temperature"], host.requests[0]["seed"])


def test_a_rest_ends_and_the_longer_of_two_stands() -> None:
    now = 0.0
    cooldowns = Cooldowns(clock=lambda: now)
    cooldowns.rest("http://a", 10)
    cooldowns.rest("http://a", 5)
    now = 8.0
    assert (2.0, 0.0) == (cooldowns.left("http://a"), cooldowns.left("http://b"))

    now = 10.0
    assert 0.0 == cooldowns.left("http://a")


def world(*names: str) -> ModelsAndTools:
    offering = Offering(Toolbox())
    models = [Model(name, base_url="http://h") for name in names]
    return ModelsAndTools(Models(models=models, offering=offering), Tools(offering=offering))


async def test_the_pause_before_a_call_is_no_longer_than_the_run_may_be() -> None:
    over = replay([said(limits=Limits(seconds=1.0), at=0.0)])
    prepared = await world("a", "b", "c").perform(Prepare(not_before=time.time() + 3600), over)

    assert isinstance(prepared, Prepared)
    assert 2 == prepared.spares


async def test_what_a_person_has_to_answer_is_nothing_for_the_world() -> None:
    with pytest.raises(AssertionError, match="a person"):
        await world("a").perform(AskApproval(call=Call(id="call00000", name="pay")), Conversation())
