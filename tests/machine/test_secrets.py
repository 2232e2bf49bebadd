"""No secret that tools are given reaches the model, the log or the journal, whatever the tools do with it."""

from __future__ import annotations

import base64
import logging
from collections.abc import Generator
from typing import Any
from urllib.parse import quote

import pytest
from attrs import frozen
from scripted_host import ScriptedHost, asks, says

from detent import Agent, Context, File, MemoryJournal, Model, NeedsInput, Secret, State, ToolProgress, dumps, tool
from detent.machine.codec import dump_event

pytestmark = pytest.mark.anyio

TOKEN = "tok/en+4711 and more"


@frozen
class Deps:
    token: Secret


def is_seen(text: str) -> bool:
    forms = (TOKEN, quote(TOKEN, safe=""), base64.b64encode(TOKEN.encode()).decode().rstrip("="))
    return any(form in text for form in forms)


@tool
def told(context: Context[Deps]) -> dict[str, str]:
    """Return it."""
    return {"url": f"http://h/?t={quote(context.deps.token.reveal(), safe='')}", "plain": context.deps.token.reveal()}


@tool(max_chars=100)
def cut(context: Context[Deps]) -> str:
    """Return it where it is cut in two."""
    return "x" * (100 - len(TOKEN) // 2) + context.deps.token.reveal()


@tool
def masked(context: Context[Deps]) -> list[Any]:
    """Return it as it was given."""
    return [context.deps.token, {"deps": context.deps}]


@tool
def raised(context: Context[Deps]) -> str:
    """Raise it."""
    raise ConnectionError(f"could not reach http://h/{context.deps.token.reveal()}")


@tool
def shown(context: Context[Deps]) -> File:
    """Return it in a file."""
    return File(context.deps.token.reveal().encode(), "text/plain")


@tool
def yielded(context: Context[Deps]) -> Generator[str, None, str]:
    """Yield it."""
    context.progress(context.deps.token.reveal())
    yield context.deps.token.reveal()
    return "done"


@tool
def asked(context: Context[Deps]) -> str:
    """Ask for it."""
    raise NeedsInput(f"Is {context.deps.token.reveal()} right?", {"const": context.deps.token.reveal()})


@pytest.mark.parametrize("given", [told, cut, masked, raised, shown, yielded, asked], ids=lambda given: given.name)
async def test_a_secret_in_deps_is_seen_nowhere(given: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    journal, heard = MemoryJournal(), list[str]()
    with ScriptedHost(asks((given.name, "{}")), says("ok")) as host:
        agent = Agent(Model("m", base_url=host.base_url), tools=[given], journal=journal)
        async with agent.stream("go", conversation_id="c", deps=Deps(Secret(TOKEN))) as run:
            async for notice in run:
                heard += [notice.message] if isinstance(notice, ToolProgress) else []
        sent = repr(host.requests)
    stored = b"".join(map(dump_event, await journal.read("c"))) + dumps(run.conversation)

    assert run.result.state in (State.DONE, State.AWAITING_APPROVAL)
    assert not is_seen(stored.decode())
    assert not is_seen(sent)
    assert not is_seen("\n".join((*heard, caplog.text, repr(run.result), run.result.reason)))
    assert given is not yielded or ["[secret]"] * 2 == heard


async def test_half_a_secret_is_not_left_where_a_result_is_cut() -> None:
    with ScriptedHost(asks(("cut", "{}")), says("ok")) as host:
        agent = Agent(Model("m", base_url=host.base_url), tools=[cut])
        result = await agent.run("go", deps=Deps(Secret(TOKEN)))

    assert "tok/" not in str(result.tool_calls[0].result)
