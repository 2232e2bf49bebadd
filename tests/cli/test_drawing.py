"""`detent diagram`: every form."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from detent.cli.drawing import draw

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
    draw(form, None)
    printed = capsys.readouterr().out

    assert printed.startswith(FORMS[form])
    assert printed == printed.rstrip("\n") + "\n"


def test_what_is_printed_is_what_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draw("dot", None)
    draw("dot", tmp_path / "machine.dot")

    assert capsys.readouterr().out == (tmp_path / "machine.dot").read_text("utf-8")
