"""Agents as tools, where people have to decide inside, and where the process dies."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest
from history_oracle import judge
from scenes import call, calls, said
from scripted_host import ScriptedHost, asks, says

from detent import (
    Agent,
    ConfigurationError,
    Context,
    Conversation,
    Limits,
    MemoryJournal,
    Model,
    State,
    Tool,
    replay,
    tool,
)
from detent.machine.journal import Journal
from detent.states.events import Opened, Prepared, ToolStarted
from detent.states.turn import OutcomeKind

pytestmark = pytest.mark.anyio

HELP = asks(("helper", '{"task": "look"}'))


@tool
async def look() -> str:
    return "seen"


def once(*calls: tuple[str, str], text: str) -> Any:
    """Return a script: make *calls*, and when they have their results say *text*."""
    return lambda body: says(text) if body["messages"][-1]["role"] == "tool" else asks(*calls)


@contextmanager
def models(*scripts: Any) -> Generator[list[Model]]:
    """Give a model for each of *scripts*, which are two or three."""
    with ScriptedHost(scripts[0]) as one, ScriptedHost(scripts[1]) as two, ScriptedHost(scripts[-1]) as three:
        yield [Model("m", base_url=host.base_url) for host in (one, two, three)]


def helper(model: Model, *tools: Tool, **options: Any) -> Tool:
    return Agent(model, tools=tools, limits=Limits(retries=0), **options).as_tool("helper", "Helps.")


class Shop:
    """Tools that a person has to agree to, or to tell something; *done* is what they did."""

    def __init__(self) -> None:
        self.done: list[str] = []

        @tool(approve=True)
        async def pay(amount: int) -> str:
            self.done.append(f"pay {amount}")
            return f"paid {amount}"

        @tool
        async def hat(context: Context[None]) -> str:
            colour = context.ask("Which colour?", {"type": "string"})
            self.done.append(f"{colour} hat, {context.ask('Sure?')}")
            return str(colour)

        self.tools = (pay, hat)


TWO_PAYMENTS = once(("pay", '{"amount": 3}'), ("pay", '{"amount": 4}'), text="shopped")


def two_deep(out: Model, middle: Model, within: Model, shop: Shop, journal: Journal | None) -> Agent[str]:
    return Agent(out, tools=[helper(middle, helper(within, *shop.tools))], journal=journal)


JOURNALS = pytest.mark.parametrize("stored", [True, False])


@JOURNALS
async def test_what_waits_two_agents_deep_is_decided_outside_in_parts(stored: bool) -> None:
    shop, journal = Shop(), MemoryJournal() if stored else None
    deep, outer = once(("helper", '{"task": "shop"}'), text="helped"), once(("helper", '{"task": "shop"}'), text="done")
    with models(outer, deep, TWO_PAYMENTS) as (out, middle, within):
        agent = two_deep(out, middle, within, shop, journal)
        waiting = await agent.run("go", conversation_id="c")
        first, second = waiting.approvals
        assert (State.AWAITING_APPROVAL, "call00000/call00000/call00000") == (waiting.state, first.id)
        assert [{"amount": 3}, {"amount": 4}] == [first.args, second.args]
        assert "a person has to agree to pay, to agree to pay" == waiting.reason

        half = await agent.resume(waiting.conversation, approve=first)
        assert (State.AWAITING_APPROVAL, [second.id], []) == (half.state, [each.id for each in half.approvals], shop.done)

        end = await agent.resume(half.conversation, deny={second.id: "too much"})

    assert (State.DONE, "done", ["pay 3"], "helped") == (end.state, end.text, shop.done, end.tool_calls[0].result)
    assert (6, 6) == (end.usage.model_calls, end.conversation.usage.model_calls)
    assert [] == judge(end.conversation.messages)
    if journal is not None:
        inner = await journal.load("c:3:call00000:3:call00000")
        assert ["paid 3", "Tool error: the user did not allow this call: too much"] == [
            message["content"] for message in inner.messages if message["role"] == "tool"
        ]


@JOURNALS
async def test_what_is_asked_two_agents_deep_is_answered_outside(stored: bool) -> None:
    shop, journal = Shop(), MemoryJournal() if stored else None
    deep, outer = once(("helper", '{"task": "shop"}'), text="helped"), once(("helper", '{"task": "shop"}'), text="done")
    with models(outer, deep, once(("hat", "{}"), text="shopped")) as (out, middle, within):
        agent = two_deep(out, middle, within, shop, journal)
        first = await agent.run("go", conversation_id="c")
        (question,) = first.questions
        assert ("hat", "Which colour?", {"type": "string"}) == (question.tool, question.question, question.schema)
        assert "a person has to answer hat" == first.reason

        second = await agent.resume(first.conversation, answer={question.id: "red"})
        assert ["Sure?"] == [each.question for each in second.questions]

        end = await agent.resume(second.conversation, approve=second.questions[0].id)

    assert (State.DONE, ["red hat, True"], 6) == (end.state, shop.done, end.usage.model_calls)


async def test_an_answer_inside_that_does_not_fit_asks_again() -> None:
    shop = Shop()
    outer = once(("helper", '{"task": "shop"}'), text="done")
    with models(outer, once(("hat", "{}"), text="shopped")) as (out, within, _):
        agent = Agent(out, tools=[helper(within, *shop.tools)], journal=MemoryJournal())
        waiting = await agent.run("go", conversation_id="c")
        with pytest.raises(ConfigurationError, match="a string is wanted, not 3"):
            await agent.resume("c", answer={waiting.questions[0].id: 3})

        assert (waiting.conversation, []) == ((await agent.resume("c")).conversation, shop.done)


async def test_an_agent_that_waits_may_be_refused_as_a_whole() -> None:
    shop = Shop()
    outer = once(("helper", '{"task": "shop"}'), text="done")
    with models(outer, TWO_PAYMENTS) as (out, within, _):
        agent = Agent(out, tools=[helper(within, *shop.tools)])
        waiting = await agent.run("go")
        end = await agent.resume(waiting.conversation, deny=["call00000"])

    assert (State.DONE, OutcomeKind.DENIED, []) == (end.state, end.tool_calls[0].kind, shop.done)
    assert 3 == end.usage.model_calls


async def test_agents_that_wait_side_by_side_are_decided_one_by_one() -> None:
    shop = Shop()
    outer = once(("helper", '{"task": "a"}'), ("helper", '{"task": "b"}'), text="done")
    with models(outer, once(("pay", '{"amount": 3}'), text="shopped")) as (out, within, _):
        agent = Agent(out, tools=[helper(within, *shop.tools)], journal=MemoryJournal())
        waiting = await agent.run("go", conversation_id="c")
        assert ["call00000/call00000", "call00001/call00000"] == [each.id for each in waiting.approvals]

        half = await agent.resume("c", approve=["call00001/call00000"])
        assert (State.AWAITING_APPROVAL, ["call00000/call00000"]) == (half.state, [each.id for each in half.approvals])
        end = await agent.resume("c", approve={"call00000/call00000": {"amount": 1}})

    assert (State.DONE, ["pay 1", "pay 3"], 6) == (end.state, sorted(shop.done), end.usage.model_calls)


async def test_a_person_is_asked_outside_whether_what_died_inside_shall_run_again() -> None:
    ran: list[str] = []

    @tool(on_crash="ask")
    async def act() -> str:
        ran.append("act")
        return "acted"

    journal, key = MemoryJournal(), "c:3:call00000"
    helping, acting = calls(call("helper", '{"task": "act"}')), calls(call("act"))
    await journal.append("c", 0, [Opened(conversation_id="c"), said(), Prepared(), helping])
    died = (Opened(conversation_id=key), said("act"), Prepared(), acting, ToolStarted(call_id="call00000"))
    await journal.append(key, 0, died)
    with models(once(text="done"), once(text="helped")) as (out, within, _):
        agent = Agent(out, tools=[helper(within, act)], journal=journal)
        waiting = await agent.resume("c")
        assert (["Shall it be run again?"], []) == ([(each.question or "")[-22:] for each in waiting.approvals], ran)

        end = await agent.resume("c", approve=waiting.approvals)

    assert (State.DONE, "helped", ["act"]) == (end.state, end.tool_calls[0].result, ran)


async def test_what_was_decided_twice_runs_once() -> None:
    shop = Shop()
    outer = once(("helper", '{"task": "shop"}'), text="done")
    with models(outer, TWO_PAYMENTS) as (out, within, _):
        agent = Agent(out, tools=[helper(within, *shop.tools)], journal=MemoryJournal())
        waiting = await agent.run("go", conversation_id="c")
        ids = [each.id for each in waiting.approvals]
        one = await agent.resume(waiting.conversation, approve=ids)
        other = await agent.resume(waiting.conversation, approve=ids)

    assert (State.DONE, one.conversation) == (other.state, other.conversation)
    assert ["pay 3", "pay 4"] == sorted(shop.done)


class Remembering(MemoryJournal):
    """A journal that remembers in which order it was appended to, for whatever conversation."""

    order: list[tuple[str, tuple[Any, ...]]]

    async def append(self, conversation_id: str, expected_seq: int, events: Any, after: Conversation | None = None) -> None:
        await super().append(conversation_id, expected_seq, events, after)
        self.order.append((conversation_id, tuple(events)))


@pytest.mark.parametrize("word", ["approve", "deny"])
async def test_after_a_crash_at_any_moment_the_run_goes_on_and_everything_counts_once(word: str) -> None:
    def outer(body: dict[str, Any]) -> Any:
        return says("done") if body["messages"][-1]["role"] == "tool" else HELP

    def inner(body: dict[str, Any]) -> Any:
        return says("a cat") if body["messages"][-1]["role"] == "tool" else asks(("pay", "{}"), ("look", "{}"))

    @tool(approve=True, idempotent=True)
    async def pay() -> str:
        return "paid"

    async def to_the_end(agent: Agent[str]) -> Any:
        result = await agent.resume("c")
        while result.state is State.AWAITING_APPROVAL:
            decisions: dict[str, Any] = {word: [each.id for each in result.approvals]}
            result = await agent.resume("c", **decisions)
        return result

    whole = Remembering()
    whole.order = []
    with models(outer, inner) as (out, within, _):

        def agent_with(journal: MemoryJournal) -> Agent[str]:
            return Agent(out, tools=[helper(within, pay, look)], journal=journal)

        await agent_with(whole).run("go", conversation_id="c")
        await to_the_end(agent_with(whole))
        ends: list[Any] = []
        for cut in range(1, len(whole.order) + 1):
            journal = MemoryJournal()
            for conversation_id, events in whole.order[:cut]:
                seq = len(await journal.read(conversation_id)) if conversation_id in await journal.list() else 0
                await journal.append(conversation_id, seq, events)
            result = await to_the_end(agent_with(journal))
            assert result.conversation == replay(await journal.read("c"))
            ends.append((result.text, result.tool_calls[0].result, result.usage.model_calls, result.usage.total))

    assert len(whole.order) > 15
    assert {("done", "a cat", 4, 60)} == set(ends)


async def test_a_fork_of_a_run_that_waits_inside_does_not_do_again_what_was_done_there() -> None:
    shop, journal = Shop(), MemoryJournal()
    charged: list[str] = []

    @tool
    async def charge_card() -> str:
        charged.append("charged")
        return "charged"

    def inner(body: dict[str, Any]) -> Any:
        results = [message for message in body["messages"] if message["role"] == "tool"]
        return (asks(("charge_card", "{}")), asks(("pay", '{"amount": 1}')), says("paid"))[len(results)]

    with models(once(("helper", '{"task": "look"}'), text="done"), inner) as (out, within, _):
        agent = Agent(out, tools=[helper(within, charge_card, *shop.tools)], journal=journal)
        waiting = await agent.run("go", conversation_id="c")
        await journal.append("c:mine", 0, [Opened(conversation_id="c:mine")])  # an id that only looks like one inside
        fork = await journal.fork("c", waiting.conversation.seq, to="f")
        (call_id,) = [each.id for each in waiting.approvals]
        results = [await agent.resume(name, approve=call_id) for name in (fork, "c")]

    assert [State.DONE, State.DONE] == [result.state for result in results]
    assert ["charged"] == charged
    assert ["c", "c:3:call00000", "c:mine", "f", "f:3:call00000"] == sorted(await journal.list())
