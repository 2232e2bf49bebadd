"""The examples: each is run, verified, drawn and traced as a user would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from scripted_host import ScriptedHost, says

from detent.practice import Practice

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.py"))


def printed_by(*command: str, base_url: str = "", cwd: Path = ROOT) -> str:
    environment = {**os.environ, "OPENAI_BASE_URL": base_url, "OPENAI_API_KEY": "none", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "error", *command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout


def test_there_are_two() -> None:
    assert ["guardrail", "plan_then_act"] == EXAMPLES


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs_against_the_practice_endpoint(name: str, tmp_path: Path) -> None:
    with Practice() as practice:
        printed = printed_by(str(ROOT / "examples" / f"{name}.py"), base_url=practice.base_url, cwd=tmp_path)

    assert "-> done" in printed


def test_an_answer_that_the_guardrail_refuses_goes_back_to_the_model_until_it_is_sound() -> None:
    with ScriptedHost(says("I guarantee a profit."), says("It is risk-free."), says("It may go either way.")) as host:
        printed = printed_by("examples/guardrail.py", base_url=host.base_url)

    assert printed.endswith("reviewing -> done\nIt may go either way.\n")
    assert 2 == printed.count("reviewing -> prompting")
    assert "Answer again, without: risk-free." in host.requests[2]["messages"][-1]["content"]


def test_a_third_refusal_fails_the_run_and_what_was_said_is_kept() -> None:
    with ScriptedHost(*[says("I guarantee it.")] * 3) as host:
        printed = printed_by("examples/guardrail.py", base_url=host.base_url)

    assert "reviewing -> failed" in printed
    assert 3 == len(host.requests)


def test_the_plan_is_shown_to_the_model_before_its_first_reply() -> None:
    with ScriptedHost(says("1. multiply"), says("42")) as host:
        printed = printed_by("examples/plan_then_act.py", base_url=host.base_url)

    assert printed.startswith("done -> prompting\nprompting -> planning\nplanning -> prompting\n")
    assert "Follow this plan:\n1. multiply" == host.requests[1]["messages"][-1]["content"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_machine_of_an_example_is_verified_from_the_command_line(name: str) -> None:
    printed = printed_by("-m", "detent.cli", "verify", f"examples.{name}:machine", "--depth", "4")

    assert "62 properties of every move: all hold" in printed
    assert "and there are more beyond" in printed


@pytest.mark.campaign
@pytest.mark.parametrize("name", EXAMPLES)
def test_everything_that_can_happen_to_the_machine_of_an_example_is_tried(name: str) -> None:
    printed = printed_by("-m", "detent.cli", "verify", f"examples.{name}:machine")

    assert "62 properties of every move: all hold" in printed
    assert "9 of 9 states reached" in printed
    assert "all there are" in printed


def test_a_run_on_a_machine_of_ones_own_is_traced_where_its_module_is_imported(tmp_path: Path) -> None:
    journal = ("--journal", str(tmp_path / "c.db"))
    program = f"""
import asyncio
from detent import Agent, SqlJournal
from examples.guardrail import machine

async def main():
    async with SqlJournal({str(tmp_path / "c.db")!r}) as journal:
        await Agent("gpt-5-mini", machine=machine, journal=journal).run("hi", conversation_id="c")

asyncio.run(main())
"""
    with ScriptedHost(says("I guarantee it."), says("hello")) as host:
        printed_by("-c", program, base_url=host.base_url)
    command = ("-m", "detent.cli", "--import", "examples.guardrail", "trace", "c", *journal)

    assert "reviewing" in printed_by(*command)
    assert "<svg" in printed_by(*command, "--format", "html")
    assert "reviewing --> prompting" in printed_by(*command, "--format", "mermaid")
    refused = subprocess.run(
        [sys.executable, "-m", "detent.cli", "trace", "c", *journal], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert 2 == refused.returncode
    assert "'guardrail', which is not known here; import the module that makes it" in refused.stderr
