"""The package as it is shipped: its folders, its public names, what importing it costs."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import detent

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
NOT_SHIPPED = {"tests", "docs", "benchmarks", "examples", "build"}


def run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT.parent)
    return done.stdout.strip()


def test_every_folder_with_python_in_it_is_listed_in_the_package() -> None:
    folders = {path.parent.relative_to(ROOT).parts for path in ROOT.rglob("*.py")}
    ours = [parts for parts in folders if not any(part.startswith(".") for part in parts)]
    shipped = {".".join(("detent", *parts)) for parts in ours if not parts or parts[0] not in NOT_SHIPPED}

    assert sorted(shipped) == PROJECT["tool"]["setuptools"]["packages"]


def test_the_root_holds_no_python_but_its_own_init() -> None:
    assert ["__init__.py"] == [path.name for path in ROOT.glob("*.py")]


def test_the_public_names_are_these() -> None:
    expected = """
        Agent CallDelta ConfigurationError Context Conversation DetentError File Finding IllegalEvent Image Limits Machine
        MemoryJournal Model NeedsInput OwnState ReasoningDelta Row RunFailed RunResult Secret SqlJournal State StateChanged
        TextDelta Tool ToolError ToolFinished ToolProgress ToolStarted Toolbox
        dumps effects loads mcp_tools replay step tool
    """
    assert expected.split() == detent.__all__
    assert set(detent.__all__) <= set(dir(detent))
    assert all(getattr(detent, name) is not None for name in detent.__all__)


def test_a_name_that_is_not_there_is_named() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Agnet'"):
        getattr(detent, "Agnet")  # noqa: B009  # checkers know that it is not there


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("detent.states", "openai httpx2 pydantic structlog transitions asyncio anyio orjson cattrs"),
        ("detent", "openai httpx2 pydantic structlog transitions asyncio attrs"),
        ("detent.tools", "openai httpx2 pydantic jsonschema docstring_parser asyncio"),
        ("detent.machine.agent", "openai httpx2 pydantic"),
    ],
)
def test_importing_loads_no_more_than_is_needed(module: str, absent: str) -> None:
    loaded = run(f"import {module}, sys; print(*[name for name in {absent.split()!r} if name in sys.modules])")

    assert "" == loaded


def names_of(requirements: list[str]) -> set[str]:
    return {re.split(r"[>=\[]", line)[0].replace("-", "_") for line in requirements}


def imported_by(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").split(".")[0])
    return found


def test_every_dependency_that_is_imported_is_declared() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    shipped_extras = ("cli", "mcp", "service", "sql")
    declared = names_of(PROJECT["project"]["dependencies"]).union(*(names_of(extras[each]) for each in shipped_extras))
    brought_by_a_declared_one = {"ag_ui", "httpx2", "mcp_types", "pydantic_core", "referencing"}
    shipped = [ROOT.joinpath(*package.split(".")[1:]) for package in PROJECT["tool"]["setuptools"]["packages"]]
    imported: set[str] = set().union(*(imported_by(path) for folder in shipped for path in folder.glob("*.py")))

    assert imported <= set(sys.stdlib_module_names) | declared | brought_by_a_declared_one


def test_lower_bounds_are_pinned() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    lines = [*PROJECT["project"]["dependencies"], *(line for group in extras.values() for line in group)]

    assert not [line for line in lines if not line.startswith("detent[") and ">=" not in line]


def test_the_version_is_written_once() -> None:
    from importlib.metadata import version

    assert PROJECT["project"]["version"] == version("detent")
    assert f"## [{version('detent')}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")
