"""An agent's runs against hosts of several kinds: what goes over the wire."""

from __future__ import annotations

from typing import Any

import pytest
from scripted_host import ScriptedHost, asks, refuses, says

from detent import Agent, Limits, Model, tool
from detent.states.history import judge_request

pytestmark = pytest.mark.anyio


@tool
async def look(at: str) -> str:
    """Look.

    Args:
        at: What to look at.
    """
    return f"seen {at}"


def agent_of(host: ScriptedHost, kind: str, **options: Any) -> Agent[str]:
    options.setdefault("tools", [look])
    model = Model("m", base_url=host.base_url, api_key="secret", host=kind, **options.pop("model", {}))
    return Agent(model, limits=options.pop("limits", Limits(retries=0)), **options)


def assert_accepted(host: ScriptedHost, kind: str) -> None:
    profile = Model("m", base_url="http://h", host=kind).profile
    for request in host.requests:
        assert [] == judge_request(request, profile)


@pytest.mark.parametrize(
    "kind", ["deepseek", "mistral", "gemini", "groq", "ollama", "openwebui", "azure", "bedrock", "portable"]
)
async def test_a_conversation_over_two_runs_is_accepted(kind: str) -> None:
    with ScriptedHost(asks(("look", '{"at": "x"}'), ("look", '{"at": "y"}')), says("one"), says("two")) as host:
        first = await agent_of(host, kind).run("go")
        second = await agent_of(host, kind).run("and?", conversation=first.conversation)

    assert ("one", "two") == (first.text, second.text)
    assert_accepted(host, kind)


async def test_reasoning_goes_back_to_deepseek_and_not_to_the_model_that_takes_over() -> None:
    thinking = says("first", reasoning_content="so be it")
    with ScriptedHost(thinking, refuses(401, "no")) as bad, ScriptedHost(says("second")) as good:
        spare = Model("other", base_url=good.base_url, host="deepseek")
        agent = agent_of(bad, "deepseek", fallbacks=[spare])
        first = await agent.run("go")
        await agent.run("on", conversation=first.conversation)

    assert "so be it" == bad.requests[1]["messages"][-2]["reasoning_content"]
    assert "" == good.requests[0]["messages"][-2]["reasoning_content"]


async def test_an_agent_without_tools_goes_on_with_calls_that_a_host_wants_declared() -> None:
    with ScriptedHost(asks(("look", '{"at": "x"}')), says("one"), says("two")) as host:
        first = await agent_of(host, "bedrock").run("go")
        await agent_of(host, "bedrock", tools=[]).run("on", conversation=first.conversation)

    last = host.requests[-1]
    assert (["look"], "none") == ([each["function"]["name"] for each in last["tools"]], last["tool_choice"])
    assert_accepted(host, "bedrock")


async def test_mistral_is_asked_for_closing_words_without_tools() -> None:
    with ScriptedHost(asks(("look", '{"at": "x"}')), says("so far")) as host:
        await agent_of(host, "mistral", limits=Limits(rounds=1, retries=0, on_limit="answer")).run("go")

    assert not {"tools", "tool_choice"} & host.requests[1].keys()
    assert_accepted(host, "mistral")


async def test_azure_is_sent_its_key_in_its_own_header() -> None:
    with ScriptedHost(says("hi")) as host:
        await agent_of(host, "azure").run("go")

    assert "secret" == host.headers[0]["api-key"]


async def test_a_limit_on_the_reply_is_sent_under_the_hosts_name() -> None:
    with ScriptedHost(says("hi")) as host:
        await agent_of(host, "openai", model={"parameters": {"max_tokens": 7}}).run("go")

    assert 7 == host.requests[0]["max_completion_tokens"]
    assert "max_tokens" not in host.requests[0]
