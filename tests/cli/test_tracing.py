"""`detent trace`: the forms, and where they are written."""

from __future__ import annotations

from pathlib import Path

import pytest
from journals import JOURNALS, opened, ready

from detent.cli.tracing import draw_trace
from detent.errors import ConfigurationError, IllegalEvent

EVENTS = JOURNALS["parallel"]


def test_a_trace_is_printed_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    draw_trace("c1", EVENTS, "text", None)

    assert capsys.readouterr().out.startswith("conversation c1, 17 events\n")


def test_a_trace_in_mermaid_is_two_diagrams_in_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    draw_trace("c1", EVENTS, "mermaid", None)
    printed = capsys.readouterr().out

    assert 2 == printed.count("```mermaid\n")
    assert printed.index("stateDiagram-v2") < printed.index("sequenceDiagram")
    assert printed.endswith("\n```\n")


def test_a_page_is_written_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draw_trace("c1", EVENTS, "html", tmp_path / "trace.html")

    assert (tmp_path / "trace.html").read_text("utf-8").startswith("<!doctype html>\n")
    assert "" == capsys.readouterr().out


def test_a_file_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=f"--output {tmp_path}: "):
        draw_trace("c1", EVENTS, "text", tmp_path)


def test_events_that_are_no_conversation_are_refused() -> None:
    with pytest.raises(IllegalEvent):
        draw_trace("c1", (opened(), ready(0)), "text", None)
