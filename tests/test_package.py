"""The package as it is shipped: its folders, its public names, what importing it costs."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import detent

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
NOT_SHIPPED = {"tests", "docs", "benchmarks", "examples"}


def run(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT.parent).stdout.strip()


def test_every_folder_with_python_in_it_is_listed_in_the_package() -> None:
    folders = {path.parent.relative_to(ROOT) for path in ROOT.rglob("*.py") if not any(part.startswith(".") for part in path.parts[len(ROOT.parts) :])}
    shipped = {".".join(("detent", *folder.parts)) for folder in folders if not folder.parts or folder.parts[0] not in NOT_SHIPPED | {"build"}}

    assert sorted(shipped) == PROJECT["tool"]["setuptools"]["packages"]


def test_the_root_holds_no_python_but_its_own_init() -> None:
    assert ["__init__.py"] == [path.name for path in ROOT.glob("*.py")]


def test_the_public_names_are_these() -> None:
    expected = """
        Agent ConfigurationError Context Conversation DetentError IllegalEvent Limits MemoryJournal Model ReasoningDelta RunFailed
        RunResult State StateChanged TextDelta Tool ToolFinished ToolStarted Toolbox dumps effects loads replay step tool
    """
    assert expected.split() == detent.__all__
    assert set(detent.__all__) <= set(dir(detent))
    assert all(getattr(detent, name) is not None for name in detent.__all__)


def test_a_name_that_is_not_there_is_named() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Agnet'"):
        _ = detent.Agnet  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType]


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


def test_every_dependency_that_is_imported_is_declared() -> None:
    declared = {re.split(r"[>=\[]", line)[0].replace("-", "_") for line in PROJECT["project"]["dependencies"]}
    optional = {
        re.split(r"[>=\[]", line)[0].replace("-", "_") for line in PROJECT["project"]["optional-dependencies"]["cli"]
    }
    brought_by_openai = {"httpx2", "pydantic_core"}
    names = {"docstring_parser": "docstring_parser"}
    imported: set[str] = set()
    for package in PROJECT["tool"]["setuptools"]["packages"]:
        for path in (ROOT / Path(*package.split(".")[1:])).glob("*.py"):
            found = re.findall(r"^\s*(?:from|import) ([a-zA-Z_0-9]+)", path.read_text("utf-8"), re.MULTILINE)
            imported |= {names.get(name, name) for name in found}
    foreign = imported - set(sys.stdlib_module_names) - {"detent"}

    assert foreign <= declared | optional | brought_by_openai | {"attr", "referencing"}


def test_lower_bounds_are_pinned() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    lines = [*PROJECT["project"]["dependencies"], *(line for group in extras.values() for line in group)]

    assert not [line for line in lines if not line.startswith("detent[") and ">=" not in line]


def test_the_version_is_written_once() -> None:
    from importlib.metadata import version

    assert PROJECT["project"]["version"] == version("detent")
    assert f"## [{version('detent')}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")
