"""Runs that outlive their process: a journal, an agent, and later another journal and another agent."""

from __future__ import annotations

import pytest
from scripted_host import ScriptedHost, asks, says

from detent import Agent, Model, State, dumps, replay, tool
from detent.machine.sql import SqlJournal


@tool(approve=True)
def pay(amount: float) -> str:
    """Pay."""
    return f"paid {amount}"


@pytest.mark.anyio
async def test_a_run_that_waits_for_a_person_is_taken_up_later_by_another(url: str) -> None:
    with ScriptedHost(asks(("pay", '{"amount": 12.5}')), says("Paid."), says("Nothing.")) as host:

        def agent(journal: SqlJournal) -> Agent[str]:
            return Agent(Model("m", base_url=host.base_url, api_key="x"), tools=[pay], journal=journal)

        async with SqlJournal(url) as journal:
            await agent(journal).run("Pay the bill.", conversation_id="a")
            assert ("a",) == await journal.list(state=State.AWAITING_APPROVAL)

        async with SqlJournal(url) as journal:
            waiting = await journal.load("a")
            assert waiting.turn is not None
            paid = await agent(journal).resume("a", approve=[slot.call.id for slot in waiting.turn.undecided])
            more = await agent(journal).run("What is left?", conversation_id="a")

            assert ("Paid.", "Nothing.") == (paid.text, more.text)
            assert dumps(more.conversation) == dumps(await journal.load("a")) == dumps(replay(await journal.read("a")))
            assert ["Pay the bill."] == [summary.title for summary in await journal.summaries(state=State.DONE)]


@pytest.mark.parametrize("anyio_backend", [None])
def test_runs_of_plain_code_share_a_journal(url: str, anyio_backend: None) -> None:
    journal = SqlJournal(url)
    with ScriptedHost(says("one"), says("two")) as host:
        agent = Agent(Model("m", base_url=host.base_url, api_key="x"), journal=journal)
        agent.run_sync("first", conversation_id="a")
        result = agent.run_sync("second", conversation_id="a")

    assert ["first", "one", "second", "two"] == [message["content"] for message in result.conversation.messages]
    journal._store.close()
