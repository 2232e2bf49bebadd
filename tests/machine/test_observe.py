"""The log: one line a transition, and nothing that is nobody's business."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest
import structlog
from scripted_host import ScriptedHost, asks, refuses, says
from structlog.testing import capture_logs

from detent import Agent, Context, Limits, Model, tool

pytestmark = pytest.mark.anyio


@tool
async def whisper(secret: str) -> str:
    """Whisper."""
    return f"psst {secret}"


@pytest.fixture(autouse=True)
def _structlog_as_it_was() -> None:
    structlog.reset_defaults()


async def test_every_transition_writes_one_line() -> None:
    with ScriptedHost(asks(("whisper", '{"secret": "xyzzy"}')), says("plugh")) as host, capture_logs() as lines:
        result = await Agent(
            Model("m", base_url=host.base_url, api_key="sk-hush"), tools=[whisper], limits=Limits(rounds=5)
        ).run("frobozz")

    assert result.conversation.seq == len(lines)
    reply = next(line for line in lines if line["event"] == "ModelReplied")
    assert {"event", "log_level", "conversation", "round", "of", "from", "to", "seconds"} == set(reply)
    assert ("info", result.conversation.id, 5) == (reply["log_level"], reply["conversation"], reply["of"])
    assert ("awaiting_model", "dispatching_tools") == (reply["from"], reply["to"])
    assert ["round 1 of 5", "round 2 of 5"] == sorted({f"round {line['round']} of {line['of']}" for line in lines[1:]})
    assert not [line for line in lines for word in ("xyzzy", "plugh", "frobozz", "sk-hush", "psst") if word in str(line)]


async def test_a_failed_model_call_says_of_what_kind() -> None:
    with ScriptedHost(refuses(401, "key sk-hush is bad")) as host, capture_logs() as lines:
        await Agent(Model("m", base_url=host.base_url, api_key="sk-hush"), limits=Limits(retries=0)).run("go")

    assert "auth" == next(line["failure"] for line in lines if line["event"] == "ModelFailed")
    assert "sk-hush" not in str(lines)


async def test_what_a_tool_asks_and_is_answered_is_in_no_line() -> None:
    @tool
    async def hat(context: Context[None]) -> str:
        return str(context.ask("Which colour, plugh?", {"type": "string"}))

    with ScriptedHost(asks(("hat", "{}")), says("ok")) as host, capture_logs() as lines:
        agent = Agent(Model("m", base_url=host.base_url), tools=[hat])
        waiting = await agent.run("go")
        await agent.resume(waiting.conversation, answer={"call00000": "xyzzy"})

    assert {"ToolAsked", "Answered"} < {line["event"] for line in lines}
    assert not [line for line in lines for word in ("plugh", "xyzzy") if word in str(line)]


async def test_without_structlog_configured_the_lines_go_to_the_standard_logger(caplog: pytest.LogCaptureFixture) -> None:
    with ScriptedHost(says("hi")) as host, caplog.at_level(logging.INFO, logger="detent"):
        await Agent(Model("m", base_url=host.base_url)).run("go")

    assert any(record.message.startswith("event=ModelReplied conversation=") for record in caplog.records)


def test_a_program_that_asked_for_no_log_gets_none() -> None:
    program = """
import sys
sys.path[:0] = ["tests/support"]
from scripted_host import ScriptedHost, says
from detent import Agent, Model
with ScriptedHost(says("hi")) as host:
    Agent(Model("m", base_url=host.base_url)).run_sync("go")
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True)

    assert ("", "") == (done.stdout, done.stderr)
