"""A server of processes that are there to be killed: `python crashing_child.py`.

For each line on its standard input, a job as JSON, it forks a child, prints the child's pid, and, when the child is gone, its
wait status.  A child begins or goes on with the job's conversation until the run has ended, and writes down in the job's
ledger, a file outside of the journal, each time one of its tools begins and ends.  Children are forked from a process that
has loaded everything, as starting Python anew would take longer than a run.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from tempfile import TemporaryDirectory
from typing import Any

import anyio
from attrs import frozen
from scripted_host import Answer, ScriptedHost, asks, says

from detent import Agent, Context, Limits, Model, RunResult, SqlJournal, State, Tool, tool
from detent.errors import ConfigurationError, UnknownConversation

__all__ = ["INNER", "Job", "answering"]

TASK = "Do it all."
INNER = "You are the agent inside."
_OUTER = (
    [("repeatable", "{}"), ("once", "{}"), ("retried", "{}"), ("checked", "{}")],
    [("gated", "{}"), ("asking", "{}"), ("inner", '{"task": "a part"}'), ("once", "{}")],
)
_INNER = ([("once", "{}"), ("repeatable", "{}")], [("gated", "{}"), ("checked", "{}")])


def answering(body: dict[str, Any]) -> Answer:
    """Answer from the history alone, so that it makes no difference how often the same is asked."""
    messages = body["messages"]
    plan = _INNER if messages[0]["content"].startswith(INNER) else _OUTER
    done = sum("tool_calls" in message for message in messages)
    return asks(*plan[done]) if done < len(plan) else says("done")


@frozen(kw_only=True)
class Job:
    """What a child is to do.  *again*: a person lets a call that a crash cut off run once more, instead of denying it."""

    url: str
    base_url: str
    ledger: str
    conversation: str
    again: bool = False

    def line(self) -> str:
        """Return it as the server reads it."""
        return json.dumps({name: getattr(self, name) for name in ("url", "base_url", "ledger", "conversation", "again")})


def tools_of(ledger: int) -> list[Tool]:
    """Return a tool of each kind; what they do is to write a line, at once and for good."""

    def working(name: str, **policy: Any) -> Tool:
        async def work(context: Context[None]) -> str:
            if name == "asking":
                context.ask("Which?", {"type": "string"})
            note("begin", name, context)
            await anyio.sleep(0.002)  # something to be killed in
            note("end", name, context)
            return "worked"

        return tool(work, name=name, **policy)

    def note(what: str, name: str, context: Context[None]) -> None:
        whose = {"conversation": context.conversation_id, "call": context.call_id, "key": context.idempotency_key}
        os.write(ledger, json.dumps({"what": what, "tool": name, **whose, "pid": os.getpid()}).encode() + b"\n")
        os.fsync(ledger)

    return [
        working("repeatable", idempotent=True),
        working("once"),
        working("retried", on_crash="retry"),
        working("checked", on_crash="ask"),
        working("gated", approve=True),
        working("asking"),
    ]


def agent_of(job: Job, journal: SqlJournal, ledger: int) -> Agent[str]:
    """Return the agent of a job, with another agent among its tools."""
    model, tools, limits = Model("m", base_url=job.base_url), tools_of(ledger), Limits(rounds=9, retries=0)
    inner = Agent(model, tools=tools, instructions=INNER, limits=limits)
    return Agent(model, tools=[*tools, inner.as_tool("inner", "Do a part.")], journal=journal, limits=limits)


async def play(job: Job) -> None:
    """Go on with the conversation until the run is done; people agree to everything but what *again* is about."""
    ledger = os.open(job.ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    async with SqlJournal(job.url) as journal:
        agent = agent_of(job, journal, ledger)
        try:
            result = await agent.resume(job.conversation)
        except UnknownConversation:
            result = await agent.run(TASK, conversation_id=job.conversation)
        while result.state is State.AWAITING_APPROVAL:
            try:
                result = await agent.resume(job.conversation, **decisions(result, again=job.again))
            except ConfigurationError:  # another process has told what was decided
                result = await agent.resume(job.conversation)
    assert result.state is State.DONE or "another driver" in result.reason, result.reason


def decisions(result: RunResult[str], *, again: bool) -> dict[str, Any]:
    """Return what the person says to all that waits."""
    cut_off = [call.id for call in result.approvals if call.tool == "checked"]
    agreed = [call.id for call in result.approvals if again or call.id not in cut_off]
    denied = {} if again else dict.fromkeys(cut_off, "leave it")
    return {"approve": agreed, "deny": denied, "answer": {question.id: "this" for question in result.questions}}


def main() -> None:
    """Load all that a run needs, by running one; then fork a child for each job."""
    with TemporaryDirectory() as folder, ScriptedHost(answering) as host:
        url, ledger = f"sqlite:///{folder}/journal.db", f"{folder}/ledger"
        anyio.run(play, Job(url=url, base_url=host.base_url, ledger=ledger, conversation="c"))
    for line in sys.stdin:
        child = os.fork()
        if not child:
            try:
                anyio.run(play, Job(**json.loads(line)))
            except BaseException:  # a child never comes back into this loop
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        print(child, flush=True)
        print(os.waitpid(child, 0)[1], flush=True)


if __name__ == "__main__":
    main()
