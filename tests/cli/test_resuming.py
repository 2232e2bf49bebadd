"""Conversations that go on: after a run with a journal, with decisions, with another agent, and in a chat."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import anyio
import pytest
from scripted_host import Answer, Body, ScriptedHost, asks, hangs, streams
from typer.testing import CliRunner, Result

from detent import SqlJournal
from detent.cli.app import app
from detent.cli.resuming import agreed, answered, refused
from detent.states import Event, State
from detent.states.events import Opened, Prepared, UserSaid
from detent.states.messages import UserMessage

AGENT = '''
from detent import Agent, Context, Model, tool

@tool(approve=True)
def pay(amount: int) -> str:
    """Pay."""
    return f"paid {amount}"

@tool
def pick(context: Context[None]) -> str:
    """Let a person pick."""
    return f"picked {context.ask('Which?', {'type': 'string'})}"

agent = Agent(Model("m", base_url="URL"), tools=[pay, pick])
'''


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "own_agent", raising=False)
    return tmp_path


def detent(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=typed)


def answers(body: Body) -> Answer:
    """Ask for two tools first, answer from what they returned then."""
    results = [message["content"] for message in body["messages"] if message["role"] == "tool"]
    return streams({"content": " and ".join(results)}) if results else asks(("pay", '{"amount": 1}'), ("pick", "{}"))


def own_agent(here: Path, host: ScriptedHost) -> tuple[str, str]:
    (here / "own_agent.py").write_text(AGENT.replace("URL", host.base_url), "utf-8")
    return "--agent", "own_agent:agent"


def test_a_run_is_kept_in_the_journal_and_the_next_goes_on_with_it(here: Path, practice_url: str) -> None:
    asked = ("--model", "any", "--base-url", practice_url, "--no-tools")
    first = detent("run", "hello", *asked, "--conversation", "c1")
    second = detent("run", "hello again", *asked, "--conversation", "c1")
    kept = json.loads(detent("list", "--json").stdout)

    assert first.stdout.endswith("\nsaved in detent.db as c1\n")
    assert "going on from c1: 2 messages\n" in second.stdout
    assert [("c1", 7)] == [(each["id"], each["events"]) for each in kept]


def test_the_environment_names_the_journal_and_a_beginning_of_an_id_goes_on(
    here: Path, practice_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DETENT_JOURNAL", f"sqlite:///{here}/mine.db")
    asked = ("--model", "any", "--base-url", practice_url, "--json")
    first = json.loads(detent("run", "hello", *asked).stdout)
    second = json.loads(detent("run", "again", *asked, "--conversation", first["conversation_id"][:8]).stdout)

    assert first["conversation_id"] == second["conversation_id"]
    assert 4 == len(second["messages"])
    assert (here / "mine.db").exists() and not (here / "detent.db").exists()


def test_without_a_journal_nothing_is_kept(here: Path, practice_url: str) -> None:
    detent("run", "hello", "--model", "any", "--base-url", practice_url)

    assert [] == list(here.iterdir())


def test_a_history_begins_a_conversation_of_the_journal_but_joins_none(here: Path, practice_url: str) -> None:
    (here / "h.json").write_text('[{"role": "user", "content": "hi"}, {"role": "assistant", "content": "yes?"}]', "utf-8")
    asked = ("run", "hello", "--model", "any", "--base-url", practice_url, "--history", "h.json", "--conversation", "c1")
    first, second = detent(*asked), detent(*asked)

    assert 4 == len(json.loads(detent("replay", "c1", "--json").stdout)["messages"]), first.output
    assert (2, "detent: --history: the conversation 'c1' is in the journal and has a history already\n") == (
        second.exit_code,
        second.stderr,
    )


def test_a_run_that_waits_says_how_it_goes_on_and_goes_on_so(here: Path, practice_url: str) -> None:
    asked = ("--model", "any", "--base-url", practice_url)
    waiting = detent("run", "What is 6*7?", *asked, "--approve", "calculate", "--conversation", "c1")
    *_, hint = waiting.stdout.splitlines()
    resumed = detent(*hint.split()[1:])

    assert (4, f"detent resume c1 --approve call00000 {' '.join(asked)} --ask calculate") == (waiting.exit_code, hint)
    assert 0 == resumed.exit_code
    assert "\n6*7 is 42.\n" in resumed.stdout
    assert 0 == detent("resume", "c1", *asked).exit_code  # nothing is left to do: the same end


def test_an_agent_of_ones_own_goes_on_with_what_was_decided(here: Path) -> None:
    with ScriptedHost(answers) as host:
        named = own_agent(here, host)
        chatted = detent("chat", "c1", *named, typed="go\n")
        told = json.loads(detent("replay", "c1", "--json").stdout)
        asked = detent("resume", "c1", *named, "--approve", 'call00000={"amount": 2}')
        resumed = detent("resume", "c1", *named, "--answer", 'call00001="b"', "--json")

    assert "  ? pay(amount=1)\n" in chatted.stdout
    assert "awaiting_approval" == told["state"]
    assert "  ? pick: Which?\n" in asked.stdout
    assert asked.stdout.endswith("\ndetent resume c1 --answer call00001=JSON --agent own_agent:agent\n")
    assert (4, 0) == (asked.exit_code, resumed.exit_code)
    assert "paid 2" in json.loads(resumed.stdout)["text"] and "picked b" in json.loads(resumed.stdout)["text"]


def test_a_call_that_is_refused_is_told_why(here: Path) -> None:
    with ScriptedHost(answers) as host:
        named = own_agent(here, host)
        detent("chat", "c1", *named, typed="go\n")
        resumed = detent("resume", "c1", *named, "--deny", "call00000=too dear")

    assert 4 == resumed.exit_code
    assert "the user did not allow this call: too dear" in resumed.stdout


def test_a_run_that_was_left_in_the_middle_goes_on(here: Path, practice_url: str) -> None:
    events: list[Event] = [
        Opened(conversation_id="c1"),
        UserSaid(message=UserMessage(content="What is 6*7?")),
        Prepared(),
    ]

    async def store() -> None:
        async with SqlJournal("detent.db") as journal:
            await journal.append("c1", 0, events)

    anyio.run(store)
    resumed = json.loads(detent("resume", "c", "--model", "any", "--base-url", practice_url, "--json").stdout)

    assert (State.DONE.value, "6*7 is 42.") == (resumed["state"], resumed["text"])


def test_words_on_calls_are_read() -> None:
    assert {"a": None, "b": {"x": "1=2"}} == agreed(["a", 'b={"x": "1=2"}'])
    assert {"a": "", "b": "why = this"} == refused(["a", "b=why = this"])
    assert {"a": True, "b/c": "="} == answered(["a=true", 'b/c="="'])


def test_a_chat_is_one_conversation_and_goes_on_later(here: Path, practice_url: str) -> None:
    asked = ("--model", "any", "--base-url", practice_url)
    first = detent("chat", *asked, typed="What is 6*7?\n\nWhat is 2+3?\n")
    kept = first.stdout.splitlines()[-1].removeprefix("kept in detent.db as ")
    second = detent("chat", kept[:8], *asked, typed="What is 1+1?\n")
    record = json.loads(detent("replay", kept, "--json").stdout)

    assert 0 == first.exit_code == second.exit_code
    assert f"going on with {kept}, done\n" in second.stdout
    assert "> What is 2+3?\n  2+3 is 5.\n" in second.stdout
    assert ["What is 6*7?", "What is 2+3?", "What is 1+1?"] == [
        message["content"] for message in record["messages"] if message["role"] == "user"
    ]


def test_a_chat_in_which_nothing_is_said_keeps_nothing(here: Path, practice_url: str) -> None:
    ran = detent("chat", "--model", "any", "--base-url", practice_url, typed="\n")

    assert 0 == ran.exit_code
    assert "kept" not in ran.stdout


def test_in_a_chat_an_empty_line_tries_a_failed_run_again(here: Path) -> None:
    broken: list[Body] = []

    def answer(body: Body) -> Answer:
        broken.append(body)
        return streams({"content": "here I am"}) if len(broken) > 1 else streams(finish=None, done=False)

    with ScriptedHost(answer) as host:
        dead = detent("chat", "c1", "--model", "m", "--base-url", "http://127.0.0.1:9", typed="hello\n")
        ran = detent("chat", "c1", "--model", "m", "--base-url", host.base_url, typed="\n")

    assert "\nfailed: no answer from " in dead.stdout
    assert "\nhere I am\n" in ran.stdout


def test_a_long_line_typed_at_a_terminal_comes_whole(here: Path) -> None:
    with ScriptedHost(streams({"content": "read"})) as host:
        outer, inner = pty.openpty()
        command = [sys.executable, "-m", "detent.cli", "chat", "--model", "m", "--base-url", host.base_url]
        chatting = subprocess.Popen(command, stdin=inner, stdout=inner, stderr=inner, env=os.environ)
        os.close(inner)
        shown = reading(outer, b"> ")
        for piece in range(0, 5000, 500):
            os.write(outer, b"%04d" % piece + b"x" * 496)
        os.write(outer, b"\n")
        shown += reading(outer, b"done ") + reading(outer, b"> ")
        os.write(outer, b"\x04")
        reading(outer, b"kept in ")
        assert 0 == chatting.wait(timeout=30), shown
        os.close(outer)

    (asked,) = host.requests
    assert 5000 == len(str(asked["messages"][-1]["content"]))


def reading(terminal: int, until: bytes) -> bytes:
    """Return what the terminal shows up to *until*."""
    shown = b""
    while until not in shown:
        assert select.select([terminal], [], [], 30)[0], shown
        shown += os.read(terminal, 4096)
    return shown


def test_ctrl_c_stops_a_run_and_not_the_chat(here: Path) -> None:
    with ScriptedHost(hangs(threading.Event()), streams({"content": "still here"})) as host:
        command = [sys.executable, "-m", "detent.cli", "chat", "c1", "--model", "m", "--base-url", host.base_url]
        chatting = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", env=os.environ
        )
        assert chatting.stdin is not None
        chatting.stdin.write("hello\n")
        chatting.stdin.flush()
        until = time.monotonic() + 30
        while not host.requests and time.monotonic() < until:
            time.sleep(0.02)
        chatting.send_signal(signal.SIGINT)
        said, complained = chatting.communicate("are you there?\n", timeout=30)

    assert (0, "") == (chatting.returncode, complained)
    assert "● awaiting model → cancelled " in said
    assert "\nstill here\n" in said


def test_a_chat_exits_as_its_last_run_ended(here: Path) -> None:
    ran = detent("chat", "--model", "m", "--base-url", "http://127.0.0.1:9", typed="hi\n")

    assert 1 == ran.exit_code


@pytest.mark.parametrize("option", ["--approve", "--deny", "--answer"])
def test_a_call_is_decided_once(here: Path, practice_url: str, option: str) -> None:
    detent("run", "hi", "--conversation", "c", "--model", "m", "--base-url", practice_url)
    ran = detent("resume", "c", option, "call00000=1" if option == "--answer" else "call00000", option, "call00000={}")

    assert 2 == ran.exit_code
    assert f"{option} call00000: that call is there twice" in ran.stderr


@pytest.mark.parametrize(
    "others", [("--base-url", "http://h"), ("--no-tools",), ("--folder", "/"), ("--ask", "pay"), ("--api-key", "k")]
)
def test_an_agent_of_ones_own_has_all_that_options_say(here: Path, others: tuple[str, ...]) -> None:
    with ScriptedHost(answers) as host:
        agent = own_agent(here, host)
        detent("run", "hi", "--conversation", "c")
        ran = detent("resume", "c", *agent, *others)

    assert 2 == ran.exit_code
    assert f"--agent and {others[0]} exclude each other" in ran.stderr
