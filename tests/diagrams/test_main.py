"""`python -m detent.diagrams`: what is committed is the machine that runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from detent.diagrams.__main__ import drawings

ROOT = Path(__file__).parent.parent.parent
DRAWINGS = drawings(ROOT)


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.name)
def test_what_is_committed_is_the_machine(path: Path) -> None:
    assert DRAWINGS[path] == path.read_text("utf-8")


def test_the_machine_is_shown_in_the_readme() -> None:
    assert "stateDiagram-v2" in DRAWINGS[ROOT / "README.md"]
    assert {"machine.mmd", "machine.svg", "machine.dot", "machine.txt", "states.md", "table.md", "README.md"} == {
        path.name for path in DRAWINGS
    }


def test_the_diff_that_contributors_are_shown_is_one_of_the_machine() -> None:
    shown = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("```diff\n")[1].split("```")[0].splitlines()
    before = [line[1:] for line in shown[3:] if line[0] in " -"]
    machine = (ROOT / "diagrams" / "machine.txt").read_text("utf-8")

    assert ["--- a/diagrams/machine.txt", "+++ b/diagrams/machine.txt"] == shown[:2]
    assert "\n".join(before) in machine
    assert any(line.startswith("+") for line in shown[3:])
