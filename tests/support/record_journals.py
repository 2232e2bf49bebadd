"""Record the corpus of journals: `python tests/support/record_journals.py` writes those that are not there yet.

Each is a run of the real machine against a scripted host over HTTP: `<scene>.jsonl` is what the journal exports,
`<scene>.json` the record it folds to.  Once released a file is never written anew: it shows what a journal of that time was.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import anyio
from own_machines import guarded, reviewing
from scripted_host import Script, ScriptedHost, asks, refuses, says

from detent import Agent, Context, Finding, Limits, MemoryJournal, Model, ToolFinished, dumps, tool
from detent.machine.codec import VERSION
from detent.states import Usage

__all__ = ["FOLDER", "SCENES", "record"]

FOLDER: Final = Path(__file__).parents[1] / "data" / "journals" / f"v{VERSION}"
Scene = Callable[[Agent[str], ScriptedHost], Awaitable[object]]
SCENES: Final[dict[str, tuple[tuple[Script, ...], Scene]]] = {}


@tool(idempotent=True)
async def weather(city: str) -> dict[str, object]:
    """Report the weather of a city.

    Args:
        city: The city's name.
    """
    return {"city": city, "degrees": 4, "sky": "rain, then sun ☂"}


@tool
def broken() -> str:
    """Fail."""
    raise RuntimeError("out of paper")


@tool(approve=True)
def pay(amount: float) -> str:
    """Pay."""
    return f"paid {amount}"


@tool
def book(context: Context[None], day: str) -> str:
    """Book a table."""
    return f"booked for {context.ask('For how many?', {'type': 'integer'})} on {day}"


@tool
async def endless() -> str:
    """Wait for ever."""
    await anyio.sleep_forever()
    return ""


def scene(*script: Script) -> Callable[[Scene], Scene]:
    """Register a scene under its function's name, with what the host answers."""

    def register(play: Scene) -> Scene:
        SCENES[play.__name__] = (script, play)
        return play

    return register


@scene(says("Oslo is the capital of Norway."))
async def plain_answer(agent: Agent[str], host: ScriptedHost) -> object:
    return await agent.run("What is the capital of Norway?", conversation_id="plain-answer")


@scene(
    asks(("weather", '{"city": "Oslo"}'), ("weather", '{"city":"Rome"}'), text="Let me look."),
    says("Rain in both."),
    asks(("weather", '{"city": "Bergen"}')),
    says("Rain."),
)
async def tools(agent: Agent[str], host: ScriptedHost) -> object:
    await agent.run("How is the weather in Oslo and Rome?", conversation_id="tools")
    return await agent.run("And in Bergen?", conversation_id="tools")


@scene(
    asks(("weather", '{"town": 1}'), ("wether", "{}"), ("broken", ""), ("weather", '{"city": '), ids=["1", "1", "", "x" * 90]),
    says("ok"),
)
async def bad_arguments(agent: Agent[str], host: ScriptedHost) -> object:
    return await agent.run("Try everything.", conversation_id="bad-arguments")


@scene(asks(("pay", '{"amount": 12.5}'), ("weather", '{"city": "Oslo"}')), says("Paid."))
async def approved(agent: Agent[str], host: ScriptedHost) -> object:
    waiting = await agent.run("Pay the bill.", conversation_id="approved")
    return await agent.resume("approved", approve=[call.id for call in waiting.approvals])


@scene(asks(("pay", '{"amount": 1e6}')), says("Then I will not."))
async def denied(agent: Agent[str], host: ScriptedHost) -> object:
    waiting = await agent.run("Pay the bill.", conversation_id="denied")
    return await agent.resume("denied", deny={call.id: "too much" for call in waiting.approvals})


@scene(asks(("book", '{"day": "Friday"}')), says("Booked."))
async def asked(agent: Agent[str], host: ScriptedHost) -> object:
    waiting = await agent.run("Book a table.", conversation_id="asked")
    return await agent.resume("asked", answer={question.id: 4 for question in waiting.questions})


@scene(asks(("weather", '{"city": "Oslo"}'), ("endless", "{}")))
async def cancelled(agent: Agent[str], host: ScriptedHost) -> object:
    async with agent.stream("Wait for me.", conversation_id="cancelled") as run:
        async for notice in run:
            if isinstance(notice, ToolFinished):
                await run.cancel()
        return run.result


@scene(refuses(500, "out of order"), refuses(500, "still out of order"), says("Back again."))
async def failed_and_resumed(agent: Agent[str], host: ScriptedHost) -> object:
    await agent.run("Are you there?", conversation_id="failed-and-resumed")
    return await agent.resume("failed-and-resumed")


@scene(says(""), says("<tool_call>weather</tool_call>"), says("An answer at last."))
async def nudged(agent: Agent[str], host: ScriptedHost) -> object:
    return await agent.run("Say something.", conversation_id="nudged")


@scene(asks(("weather", '{"city": "Oslo"}')))
async def limit_hit(agent: Agent[str], host: ScriptedHost) -> object:
    return await agent.run("Go on for ever.", conversation_id="limit-hit")


_HISTORY: Final[list[dict[str, Any]]] = [
    {"role": "system", "content": "You are terse."},
    {
        "role": "user",
        "content": [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": "https://x/y.png"}}],
    },
    {"role": "assistant", "content": "", "tool_calls": [{"id": "a", "function": {"name": "look at", "arguments": "{"}}]},
    {"role": "user", "content": "Well?", "name": "Ann"},
    {"role": "tool", "tool_call_id": "nobody", "content": "too late"},
    {"role": "assistant", "content": "A pawl."},
]


@scene(says("Of steel."), says("In 1790."))
async def imported_with_repairs(agent: Agent[str], host: ScriptedHost) -> object:
    await agent.run("What is it made of?", conversation_id="imported-with-repairs", history=_HISTORY)
    windowed = Agent(agent.models[0], journal=agent.journal, window=2)
    return await windowed.run("Since when?", conversation_id="imported-with-repairs")


@scene(says("It is certain."), says("It is likely."))
async def reviewed(agent: Agent[str], host: ScriptedHost) -> object:
    state = reviewing(Finding("refused", "Nothing is certain.", Usage(prompt=3, model_calls=1)))
    guarded_agent = Agent(agent.models[0], journal=agent.journal, machine=guarded(state, name="recorded"))
    return await guarded_agent.run("Will it rain?", conversation_id="reviewed")


async def record(name: str) -> tuple[bytes, bytes]:
    """Return what the journal exports after the scene of that name, and the record."""
    script, play = SCENES[name]
    journal = MemoryJournal()
    with ScriptedHost(*script) as host:
        limits = Limits(rounds=3, retries=1 if name == "failed_and_resumed" else 2)
        agent = Agent(
            Model("gpt-5-mini", base_url=host.base_url, api_key="x"),
            tools=[weather, broken, pay, book, endless],
            journal=journal,
            limits=limits,
        )
        await play(agent, host)
    (conversation_id,) = await journal.list()
    return b"".join(await journal.export(conversation_id)), dumps(await journal.load(conversation_id))


async def main() -> None:
    """Write what is missing."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in SCENES:
        path = FOLDER / f"{name}.jsonl"
        if not path.exists():
            lines, folded = await record(name)
            path.write_bytes(lines)
            path.with_suffix(".json").write_bytes(folded)
            sys.stdout.write(f"wrote {path}\n")


if __name__ == "__main__":
    anyio.run(main)
