"""Every code block of the README and the docs is run, as it stands."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from detent.practice import Practice

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = {"mermaid", "text", "json", "toml", "python", "console", "sh"}


def blocks(page: Path, language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(page.read_text("utf-8")) if kind == language]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_python_blocks_of_a_page_run_one_after_the_other(page: Path, tmp_path: Path) -> None:
    program = tmp_path / "page.py"
    program.write_text("\n".join(blocks(page, "python")), "utf-8")
    with Practice() as practice:
        environment = {**os.environ, "OPENAI_BASE_URL": practice.base_url, "OPENAI_API_KEY": "none", "PYTHONUTF8": "1"}
        command = [sys.executable, "-W", "error", str(program)]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert "" == done.stderr
    assert 0 == done.returncode


def commands(page: Path) -> list[str]:
    return [line[2:] for block in blocks(page, "console") for line in block.splitlines() if line.startswith("$ ")]


@pytest.mark.parametrize("command", [command for page in PAGES for command in commands(page)])
def test_the_commands_of_a_page_succeed(command: str) -> None:
    program, *arguments = shlex.split(command)
    assert "detent" == program
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    called = [sys.executable, "-m", "detent.cli", *arguments]
    done = subprocess.run(called, cwd=ROOT, env=environment, capture_output=True, text=True)

    assert 0 == done.returncode, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_block_is_of_a_kind_that_nothing_runs_or_compares(page: Path) -> None:
    assert {kind for kind, _ in BLOCK.findall(page.read_text("utf-8"))} <= SHOWN


def test_the_quick_start_is_two_lines_that_need_nothing_but_python() -> None:
    first, second = blocks(ROOT / "README.md", "sh")[0].splitlines()

    assert first.startswith("python3 -m venv .venv && ")
    assert "detent run" in first
    assert "pytest" in second


def test_the_driver_page_has_a_driver_of_about_twenty_lines() -> None:
    driver = blocks(ROOT / "docs" / "your-own-driver.md", "python")[0]
    body = driver[driver.index("def drive") :]

    assert len(body.splitlines()) <= 28


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_files_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target
