from __future__ import annotations

import socket
import sys
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp_servers import Program, context, free_port
from mcp_types import CallToolResult, TextContent
from scripted_host import Script, ScriptedHost, asks, hangs, raw, says, streams

from detent import Agent, ConfigurationError, Context, Limits, MemoryJournal, Model, State, tool
from detent.cli.serving_mcp import serve_mcp
from detent.errors import ToolDefinitionError, UnknownConversation
from detent.machine.journal import Journal
from detent.service.mcp import mcp_server
from detent.tools.context import Progress
from detent.tools.mcp import mcp_tools

PRACTICE = """
import sys
from detent import Agent, Model, tool
from detent.cli.serving_mcp import serve_mcp
from detent.practice import MODEL, Practice

@tool
def add(a: int, b: int) -> int:
    "Add two numbers."
    print("what a tool prints is not for the client")
    return a + b

with Practice() as practice:
    agent = Agent(Model(MODEL, base_url=practice.base_url), tools=[add])
    serve_mcp(agent, name="sums", description="Does sums.", port=int(sys.argv[1]) if len(sys.argv) > 1 else None)
"""


def practice(*arguments: str) -> list[str]:
    """Return the words that run an agent with the practice endpoint as a server."""
    return [sys.executable, "-c", PRACTICE, *arguments]


@tool(approve=True)
def pay(amount: int) -> str:
    """Pay an amount."""
    return f"paid {amount}"


@tool
def slow(context: Context[object]) -> str:
    """Take some time."""
    context.progress("half of it", 1, 2)
    return "done"


@asynccontextmanager
async def connected(*script: Script, journal: Journal | None = None, limits: Limits | None = None) -> AsyncGenerator[Client]:
    """Yield a client of an agent whose model follows *script*, over the protocol's own messages."""
    with ScriptedHost(*script) as host:
        model = Model("m", base_url=host.base_url, retry_within=0)
        agent = Agent(model, tools=[pay, slow], journal=journal, limits=limits or Limits())
        async with Client(mcp_server(agent, name="assistant", description="Helps."), mode="legacy") as client:
            yield client


def text_of(result: CallToolResult) -> str:
    (block,) = result.content
    assert isinstance(block, TextContent)
    return block.text


@pytest.mark.anyio
async def test_one_tool_is_offered_with_a_conversation_where_there_is_a_journal() -> None:
    async with connected(says("hi")) as without, connected(says("hi"), journal=MemoryJournal()) as stored:
        (bare,) = (await without.list_tools()).tools
        (full,) = (await stored.list_tools()).tools

    assert ("assistant", "Helps.") == (bare.name, bare.description)
    assert ["task"] == list(bare.input_schema["properties"]) == bare.input_schema["required"]
    assert ["task", "conversation_id"] == list(full.input_schema["properties"])


@pytest.mark.anyio
async def test_the_answer_is_the_text_and_the_state_stands_beside_it() -> None:
    async with connected(streams({"content": "42"})) as client:
        result = await client.call_tool("assistant", {"task": "6 * 7?"})

    assert not result.is_error
    assert "42" == text_of(result)
    assert ("42", "done", "") == tuple(result.structured_content[key] for key in ("text", "state", "reason"))
    assert result.structured_content["conversation_id"]


@pytest.mark.anyio
async def test_a_conversation_goes_on_under_its_id() -> None:
    journal = MemoryJournal()
    async with connected(streams({"content": "hello"}), journal=journal) as client:
        for task in ("I am Ada.", "Who am I?"):
            result = await client.call_tool("assistant", {"task": task, "conversation_id": "ada"})
            assert "ada" == result.structured_content["conversation_id"]

    assert ["I am Ada.", "hello", "Who am I?", "hello"] == [
        message["content"] for message in (await journal.load("ada")).messages
    ]


@pytest.mark.anyio
async def test_states_tools_and_their_progress_are_told_in_order() -> None:
    told: list[tuple[float, str | None]] = []

    async def tell(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, message))

    async with connected(asks(("slow", "{}")), streams({"content": "so"})) as client:
        await client.call_tool("assistant", {"task": "go"}, progress_callback=tell)

    assert [number for number, _ in sorted(told)] == list(range(1, 10))
    assert [
        "prompting",
        "awaiting_model",
        "dispatching_tools",
        "slow({}) runs",
        "slow: half of it",
        "slow returned",
        "prompting",
        "awaiting_model",
        "done",
    ] == [message for _, message in sorted(told)]


@pytest.mark.anyio
async def test_a_run_that_waits_for_a_person_says_for_what() -> None:
    async with connected(asks(("pay", '{"amount": 3}'), text="Paying.")) as client:
        result = await client.call_tool("assistant", {"task": "pay"})

    assert not result.is_error
    assert "awaiting_approval" == result.structured_content["state"]
    assert 'Paying.\n\n[awaiting_approval: a person has to agree to pay]\n- pay({"amount": 3})' == text_of(result)


@pytest.mark.anyio
async def test_a_run_at_its_limit_says_so_and_what_was_gathered() -> None:
    async with connected(asks(("slow", "{}")), limits=Limits(rounds=1)) as client:
        result = await client.call_tool("assistant", {"task": "go"})

    assert not result.is_error
    assert "limit_hit" == result.structured_content["state"]
    assert "slow" in text_of(result)
    assert "\n\n[limit_hit: the limit of " in text_of(result)


@pytest.mark.anyio
async def test_a_run_that_failed_is_an_error_with_the_reason() -> None:
    async with connected(raw(b'{"error": {"message": "no such model"}}', status=404)) as client:
        result = await client.call_tool("assistant", {"task": "go"})

    assert result.is_error
    assert "failed" == result.structured_content["state"]
    assert text_of(result).startswith("[failed: ")
    assert "no such model" in text_of(result)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("assistant", {}, "task: missing"),
        ("assistant", {"tsk": "x", "task": "x"}, "tsk: unknown, did you mean `task`?"),
        ("assistant", {"task": 3}, "task: a string is wanted, not 3"),
        ("assistant", {"task": "x", "conversation_id": "c"}, "conversation_id: unknown, the known ones are `task`"),
        ("assistant", {"task": "  "}, "run(task=...): the task is empty; say what is to be done"),
        ("help", {"task": "x"}, "there is no tool 'help'; there is 'assistant'"),
    ],
)
async def test_a_wrong_call_is_an_error_that_says_what_is_wrong(name: str, arguments: dict[str, object], message: str) -> None:
    async with connected(says("never")) as client:
        result = await client.call_tool(name, arguments)

    assert result.is_error
    assert message == text_of(result)


@pytest.mark.anyio
async def test_a_call_that_is_cancelled_cancels_the_run() -> None:
    journal, gate = MemoryJournal(), threading.Event()
    async with connected(hangs(gate), journal=journal) as client:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.call_tool, "assistant", {"task": "go", "conversation_id": "c"})
            await until_state(journal, State.AWAITING_MODEL)
            tasks.cancel_scope.cancel()
        await until_state(journal, State.CANCELLED)

    assert State.CANCELLED is (await journal.load("c")).state


async def until_state(journal: MemoryJournal, state: State) -> None:
    with anyio.fail_after(60):
        while True:
            with suppress(UnknownConversation):
                if (await journal.load("c")).state is state:
                    return
            await anyio.sleep(0.005)


def test_a_name_that_no_host_takes_is_refused() -> None:
    with pytest.raises(ToolDefinitionError, match="name must be 1 to 64 of"):
        mcp_server(Agent(Model("m", base_url="http://127.0.0.1:9")), name="my agent")


@pytest.mark.anyio
async def test_as_a_program_it_serves_the_official_client_over_pipes() -> None:
    command, *words = practice()
    async with Client(StdioServerParameters(command=command, args=words)) as client:
        result = await client.call_tool("sums", {"task": "add 3 and 4"})

        assert "2026-07-28" == client.protocol_version
        assert "add answered: 7." == text_of(result)


@pytest.mark.anyio
async def test_as_a_program_it_serves_an_agent_over_pipes() -> None:
    told: list[Progress] = []
    async with mcp_tools(practice(), approve=False) as tools:
        (sums,) = tools

        assert "add answered: 7." == await sums(context(told.append), task="add 3 and 4")
    assert ["prompting", "awaiting_model", "dispatching_tools"] == [each.message for each in told[:3]]


@pytest.mark.anyio
async def test_as_a_program_it_serves_an_agent_over_http() -> None:
    port = free_port()
    with Program(practice(str(port)), ready=f"sums at http://127.0.0.1:{port}/mcp"):
        async with mcp_tools(f"http://127.0.0.1:{port}/mcp") as tools:
            (sums,) = tools

            assert sums.approve is True  # nothing is known of what an agent does
            assert "add answered: 9." == await sums(context(), task="add 5 and 4")


@pytest.mark.anyio
async def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        agent = Agent(Model("m", base_url="http://127.0.0.1:9"))
        with pytest.raises(ConfigurationError, match=f"--mcp-http {port}: Address already in use"):
            serve_mcp(agent, name="a", description="", port=port)
