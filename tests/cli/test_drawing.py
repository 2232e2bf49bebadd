"""`detent diagram`: every form, and machines of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from detent.cli.drawing import draw
from detent.errors import ConfigurationError

ROOT = Path(__file__).parents[2]
FORMS: dict[Literal["mermaid", "dot", "svg", "text", "table"], str] = {
    "mermaid": "stateDiagram-v2\n",
    "dot": 'digraph "The agent loop" {\n',
    "svg": "<svg ",
    "text": "new conversation -> done\n",
    "table": "| source | event |",
}


@pytest.mark.parametrize("form", FORMS)
def test_the_machine_is_printed_in_every_form(
    form: Literal["mermaid", "dot", "svg", "text", "table"], capsys: pytest.CaptureFixture[str]
) -> None:
    draw(None, form, None)
    printed = capsys.readouterr().out

    assert printed.startswith(FORMS[form])
    assert printed == printed.rstrip("\n") + "\n"


def test_what_is_printed_is_what_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draw(None, "dot", None)
    draw(None, "dot", tmp_path / "machine.dot")

    assert capsys.readouterr().out == (tmp_path / "machine.dot").read_text("utf-8")


@pytest.mark.parametrize("form", FORMS)
def test_a_machine_of_ones_own_is_drawn_too(
    form: Literal["mermaid", "dot", "svg", "text", "table"], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    draw("examples.guardrail:machine", form, None)

    assert "reviewing" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("examples.guardrail", "package.module:name is wanted, the name that of a detent.Machine"),
        ("examples.guardrail:REVIEWING", "that is of type OwnState; a detent.Machine is wanted"),
        ("examples.guardrail:machin", "has no attribute 'machin'"),
        ("examples.nowhere:machine", "No module named 'examples.nowhere'"),
    ],
)
def test_what_is_no_machine_is_refused_by_its_name(target: str, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    with pytest.raises(ConfigurationError, match=why):
        draw(target, "text", None)
