"""`Agent.resume`: runs that people let go on, and agents that differ in their bounds alone."""

from __future__ import annotations

import pytest
from scripted_host import ScriptedHost, asks, says, streams

from detent import Agent, ConfigurationError, Context, Limits, MemoryJournal, Model, State, Tool, ToolFinished, replay, tool

pytestmark = pytest.mark.anyio


def agent_at(host: ScriptedHost, *tools: Tool, journal: MemoryJournal | None = None) -> Agent[str]:
    return Agent(Model("m", base_url=host.base_url), tools=tools, journal=journal, limits=Limits(retries=0))


@tool
async def weather(city: str) -> str:
    return f"4 degrees in {city}"


async def test_a_person_may_run_a_call_with_other_arguments_and_the_model_is_told() -> None:
    paid: list[int] = []

    @tool(approve=True)
    async def pay(amount: int) -> str:
        paid.append(amount)
        return "paid"

    with ScriptedHost(asks(("pay", '{"amount": 300}')), says("done")) as host:
        agent = agent_at(host, pay)
        waiting = await agent.run("pay")
        result = await agent.resume(waiting.conversation, approve={waiting.approvals[0].id: {"amount": 3}})

    assert ([3], State.DONE) == (paid, result.state)
    assert '[A person changed the arguments to {"amount": 3}]\npaid' == host.requests[1]["messages"][-1]["content"]


async def test_what_was_decided_is_stored_even_where_something_waits_on() -> None:
    journal = MemoryJournal()

    @tool(approve=True)
    async def pay(amount: int) -> str:
        return f"paid {amount}"

    with ScriptedHost(asks(("pay", '{"amount": 3}'), ("pay", '{"amount": 4}')), says("done")) as host:
        agent = agent_at(host, pay, journal=journal)
        waiting = await agent.run("pay", conversation_id="c")
        await agent.resume("c", approve=waiting.approvals[0])
        half = await journal.load("c")
        again = await agent.resume(waiting.conversation, approve=waiting.approvals[0])
        with pytest.raises(ConfigurationError, match="no call 'nope' waits"):
            await agent.resume("c", approve=["call00001"], deny=["nope"])
        assert half == again.conversation == await journal.load("c")

        result = await agent.resume(waiting.conversation, deny={waiting.approvals[1].id: "enough"})

    assert ["paid 3", "Tool error: the user did not allow this call: enough"] == [each.result for each in result.tool_calls]
    assert result.conversation == replay(await journal.read("c"))


async def test_a_resumed_run_can_be_watched() -> None:
    @tool
    async def hat(context: Context[None]) -> str:
        return f"{context.ask('Which?', {'type': 'string'})} hat"

    with ScriptedHost(asks(("hat", "{}")), streams({"content": "nice"})) as host:
        agent = agent_at(host, hat)
        waiting = await agent.run("go")
        async with agent.resume_stream(waiting.conversation, answer={waiting.questions[0].id: "red"}) as run:
            seen = [notice async for notice in run]

    assert ["red hat"] == [notice.call.result for notice in seen if isinstance(notice, ToolFinished)]
    assert (State.DONE, "nice") == (run.result.state, run.result.text)


async def test_an_agent_within_other_limits_is_the_same_but_for_them() -> None:
    journal = MemoryJournal()
    with ScriptedHost(asks(("weather", '{"city": "Oslo"}'))) as host:
        agent = agent_at(host, weather)
        narrow = agent.within(Limits(rounds=1), journal)
        result = await narrow.run("go", conversation_id="c")

    assert (State.LIMIT_HIT, 1) == (result.state, len(host.requests))
    assert (Limits(retries=0), None) == (agent.limits, agent.journal)
    assert (agent.system, agent.toolbox.names) == (narrow.system, narrow.toolbox.names)
    assert ("c",) == await journal.list()
