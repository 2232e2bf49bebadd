"""The command as it is used: a process of its own, its streams, its exit code."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest
from scripted_host import ScriptedHost, hangs, streams

from detent import State, loads

COMMAND = (sys.executable, "-m", "detent.cli")
SUM_AND_SEARCH = 'What is 17% of 2,340, and which files mention "limit"?'


def detent(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=60,
    )


def test_with_no_model_configured_the_practice_endpoint_answers_and_says_what_it_is(folder: Path) -> None:
    ran = detent("run", SUM_AND_SEARCH, folder=folder)

    assert (0, "") == (ran.returncode, ran.stderr)
    assert re.match(r"detent  practice \(rule-based, no language model\)  http://127\.0\.0\.1:\d+/v1\n", ran.stdout)
    assert "● awaiting model → dispatching tools       1/10 " in ran.stdout
    assert '  ⚙ calculate(expression="17/100*2340")  397.8  ' in ran.stdout
    assert '\n17% of 2,340 is 397.8. notes.txt mentions "limit" (1 line).\n' in ran.stdout
    assert re.search(r"^done  2 rounds · 2 calls · \d+ tokens · \d+\.\d\d s$", ran.stdout.splitlines()[-1])
    assert not re.search(r"[^\n -~●→⚙·…]", ran.stdout)


def test_json_is_one_object_on_stdout_and_nothing_else(folder: Path, practice_url: str) -> None:
    ran = detent("run", SUM_AND_SEARCH, "--json", "--base-url", practice_url, "--model", "any", folder=folder)
    said = json.loads(ran.stdout)

    assert (0, "", 1) == (ran.returncode, ran.stderr, ran.stdout.count("\n"))
    assert ("done", "any", practice_url, False) == (said["state"], said["model"], said["base_url"], said["rule_based"])
    assert [("calculate", {"expression": "17/100*2340"}, "397.8", True)] == [
        (call["tool"], call["args"], call["result"], call["ok"]) for call in said["tool_calls"][:1]
    ]
    assert ["user", "assistant", "tool", "tool", "assistant"] == [message["role"] for message in said["messages"]]


def test_a_limit_exits_with_3_and_a_saved_record_goes_on_and_waits_for_approval_with_4(folder: Path, practice_url: str) -> None:
    ask = ("--base-url", practice_url, "--model", "any", "--save", "record.json")
    limited = detent("run", "What is 3*4?", *ask, "--rounds", "1", "-v", folder=folder)
    waiting = detent("run", "What is 5*5?", *ask, "--continue", "record.json", "--approve", "calculate", folder=folder)
    record = loads((folder / "record.json").read_bytes())

    assert 3 == limited.returncode
    assert "limit hit: the limit of 1 round was reached\n" in limited.stdout
    assert '- calculate(expression="3*4"): 12\n' in limited.stdout
    assert re.search(r"^\d\d:\d\d:\d\d INFO event=UserSaid conversation=", limited.stderr, re.MULTILINE)
    assert 4 == waiting.returncode
    assert "going on from record.json: 4 messages\n" in waiting.stdout
    assert '  ? calculate(expression="5*5")\nawaiting approval: a person has to agree to calculate\n' in waiting.stdout
    assert State.AWAITING_APPROVAL is record.state


def test_an_endpoint_that_can_not_be_reached_exits_with_1(folder: Path) -> None:
    ran = detent("run", "hi", "--base-url", "http://127.0.0.1:9", "--model", "m", folder=folder)

    assert (1, "") == (ran.returncode, ran.stderr)
    assert "\nfailed: no answer from http://127.0.0.1:9/v1: " in ran.stdout


def test_one_ctrl_c_stops_a_hanging_run_with_130_and_the_record_is_kept(folder: Path) -> None:
    with ScriptedHost(hangs(threading.Event())) as host:
        arguments = ("run", "hi", "--base-url", host.base_url, "--model", "m", "--save", "record.json")
        running = subprocess.Popen(
            [*COMMAND, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
        )
        until = time.monotonic() + 30
        while not host.requests and time.monotonic() < until:
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        said, complained = running.communicate(timeout=30)

    assert (130, "") == (running.returncode, complained)
    assert "● awaiting model → cancelled " in said
    assert said.endswith("saved in record.json\n")
    assert State.CANCELLED is loads((folder / "record.json").read_bytes()).state


def test_what_an_ascii_terminal_can_not_show_or_should_not_obey_is_left_out(folder: Path) -> None:
    text = "na\u00efve \x1b[2J\x1b]0;owned\x07[bold]\u6f22[/] end"
    with ScriptedHost(streams({"content": text[:9]}, {"content": text[9:]})) as host:
        ran = detent("run", "hi", "--base-url", host.base_url, "--model", "m", folder=folder, PYTHONIOENCODING="ascii")

    assert (0, "") == (ran.returncode, ran.stderr)
    assert ran.stdout.isascii()
    assert "* prompting -> awaiting model " in ran.stdout
    assert re.search(r"^na\?ve .*\[bold\]\?\[/\] end$", ran.stdout, re.MULTILINE)
    assert not set(ran.stdout) & set("\x1b\x07")


def test_on_a_terminal_a_person_is_asked_and_colours_are_shown(folder: Path) -> None:
    mine, its = pty.openpty()
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "90"}
    arguments = ("run", "What is 6*7?", "--approve", "calculate")
    running = subprocess.Popen([*COMMAND, *arguments], cwd=folder, stdin=its, stdout=its, stderr=its, env=environment)
    os.close(its)
    asked = read_until(mine, b"[y/N]")
    os.write(mine, b"y\n")
    rest = read_until(mine, None)
    os.close(mine)

    assert 0 == running.wait(30)
    assert b'expression = \x1b[0m"6*7"' in asked
    assert b"\x1b[36m" in rest and b"6*7 is 42." in rest
    assert rest.count(b"\x1b[?25l") == rest.count(b"\x1b[?25h")  # the cursor is there again


def read_until(terminal: int, mark: bytes | None) -> bytes:
    """Return what the terminal shows up to *mark*; without one, up to the end of the program."""
    seen = b""
    while mark is None or mark not in seen:
        ready, _, _ = select.select([terminal], [], [], 30)
        try:
            piece = os.read(terminal, 4096) if ready else b""
        except OSError:  # Linux says so when the other side is closed
            piece = b""
        if not piece:
            break
        seen += piece
    return seen


def test_the_practice_endpoint_says_where_it_is_and_ctrl_c_stops_it(folder: Path) -> None:
    running = subprocess.Popen(
        [*COMMAND, "practice"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )
    assert running.stdout is not None
    line = running.stdout.readline()
    address = re.search(r"http://127\.0\.0\.1:\d+/v1", line)
    assert "rule-based, no language model" in line and address is not None
    with urllib.request.urlopen(f"{address[0]}/models", timeout=30) as answer:
        assert 200 == answer.status
    running.send_signal(signal.SIGINT)

    assert ("", "") == running.communicate(timeout=30)
    assert 0 == running.returncode


def test_an_export_to_stdout_is_the_same_in_every_locale(folder: Path) -> None:
    detent("run", "Wie heißt das?", "--conversation", "ä", folder=folder)
    exported = subprocess.run(
        [*COMMAND, "export", "ä"], cwd=folder, env=os.environ | {"PYTHONIOENCODING": "ascii"}, capture_output=True, timeout=60
    )
    (folder / "ä.jsonl").write_bytes(exported.stdout)

    assert (0, "ä\n") == ((ran := detent("import", "ä.jsonl", "--journal", "other.db", folder=folder)).returncode, ran.stdout)


def test_the_practice_endpoint_is_reached_past_any_proxy(folder: Path) -> None:
    proxy = "http://127.0.0.1:9"

    assert 0 == detent("run", "hi", folder=folder, http_proxy=proxy, https_proxy=proxy, all_proxy=proxy, no_proxy="").returncode


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell in which `$detent` is the command."""
    environment = os.environ | {"detent": " ".join(COMMAND)}
    return subprocess.run(["sh", "-c", command], cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=60)


@pytest.mark.parametrize("closed", ["$detent run - <&-", "$detent lint - <&-", "$detent import - <&-", "$detent chat <&-"])
def test_a_closed_input_is_an_empty_one(folder: Path, closed: str) -> None:
    ran = shell(closed, folder)

    assert "Traceback" not in ran.stderr
    assert ran.returncode in (0, 2)


def test_a_closed_output_keeps_nothing(folder: Path) -> None:
    ran = shell("$detent diagram >&-", folder)

    assert (0, "") == (ran.returncode, ran.stderr)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device here that is always full")
def test_a_full_disk_behind_the_output_is_told(folder: Path) -> None:
    ran = shell("$detent diagram >/dev/full", folder)

    assert (1, "detent: standard output: No space left on device\n") == (ran.returncode, ran.stderr)


@pytest.mark.parametrize(
    ("code", "why"), [("def", "SyntaxError: "), ("1 / 0", "ZeroDivisionError: division by zero (")], ids=["syntax", "raises"]
)
def test_a_module_that_can_not_be_imported_is_told_with_its_place(folder: Path, code: str, why: str) -> None:
    (folder / "mine.py").write_text(f"\n{code}\n", encoding="utf-8")
    ran = detent("--import", "mine", "list", folder=folder)

    assert (2, 1) == (ran.returncode, ran.stderr.count("\n"))
    assert why in ran.stderr
    assert "mine.py, line 2" in ran.stderr


def test_an_agent_for_other_programs_ends_at_ctrl_c_though_nobody_types(folder: Path) -> None:
    running = subprocess.Popen(
        [*COMMAND, "serve", "--mcp"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert running.stdin is not None
    assert running.stdout is not None
    asked = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    running.stdin.write(json.dumps(asked).encode() + b"\n")
    running.stdin.flush()
    assert running.stdout.readline()  # it answers, and waits for more
    running.send_signal(signal.SIGINT)

    assert 130 == running.wait(timeout=30)
    for pipe in (running.stdin, running.stdout, running.stderr):
        assert pipe is not None
        pipe.close()


def test_a_journal_that_can_not_be_read_is_told_before_anything_is_served(folder: Path) -> None:
    ran = detent("serve", "--port", "0", "--journal", "/nowhere/x.db", folder=folder)

    assert 2 == ran.returncode
    assert "detent at" not in ran.stderr
