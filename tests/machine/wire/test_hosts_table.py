"""The table of hosts, and the page that shows it."""

from __future__ import annotations

from pathlib import Path

from detent.machine.wire.host_profile import overridden
from detent.machine.wire.hosts import HOSTS
from detent.machine.wire.hosts_table import hosts_table, peculiarities

PAGE = Path(__file__).parents[3] / "docs" / "hosts.md"


def test_the_page_shows_the_table_as_it_is() -> None:
    assert PAGE.read_text("utf-8").endswith("\n\n" + hosts_table())


def test_every_host_has_a_row_of_four_cells() -> None:
    rows = hosts_table().splitlines()[2:]

    assert sorted(HOSTS) == sorted(row.split("`")[1] for row in rows)
    assert {5} == {row.replace("\\|", "").count("|") for row in rows}


def test_what_is_peculiar_is_said_in_words() -> None:
    changed = overridden(
        HOSTS["portable"], {"alternate": True, "text_xor_calls": True, "empty_content": "absent", "models_path": None}
    )

    assert [
        "no text beside calls is absent",
        "user and assistant take turns",
        "text or calls, not both",
        "tools are declared while the history holds calls",
        "no list of models",
    ] == list(peculiarities(changed))
    assert "a word of the assistant between a tool's result and the user" in list(peculiarities(HOSTS["mistral"]))
    assert "`reasoning_content` must be sent back" in list(peculiarities(HOSTS["deepseek"]))
