from __future__ import annotations

from pathlib import Path

import pytest

from detent import ConfigurationError
from detent.cli.toolset import check_names, toolset


def test_five_tools_that_only_look_are_offered(folder: Path) -> None:
    tools = toolset(folder)

    assert ["list_files", "read_file", "search_files", "calculate", "now"] == [each.name for each in tools]
    assert all(each.idempotent and each.timeout and each.approve is False and each.description for each in tools)


def test_the_file_tools_see_the_folder_alone(folder: Path) -> None:
    listing, reading, *_ = toolset(folder)

    assert "notes.txt\nother.txt" == listing()
    with pytest.raises(PermissionError):
        reading("../outside.txt")


def test_a_tool_that_is_named_asks_first(folder: Path) -> None:
    assert ["calculate"] == [each.name for each in toolset(folder, ("calculate",)) if each.approve]


def test_a_misspelt_name_is_refused_and_the_names_are_listed(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="--approve calc: no tool has that name; there are list_files, "):
        toolset(folder, ("calc",))
    with pytest.raises(ConfigurationError, match="there are none"):
        check_names(("calculate",), (), "--ask")
