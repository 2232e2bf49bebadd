"""The default file, read on first use and again when it has changed."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from detent import ConfigurationError
from detent.machine.registry import config_path, current_registry

ONE = '[models.one]\nhost = "openai"\nmodel_name = "m"\n'
TWO = '[models.two]\nhost = "openai"\nmodel_name = "m"\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty home, with an empty working folder in it."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("DETENT_CONFIG", raising=False)
    return tmp_path


def test_the_variable_goes_first_then_the_folder_then_the_home(home: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no configuration: neither detent\.toml nor"):
        config_path()

    in_home = home / ".config" / "detent" / "config.toml"
    in_home.parent.mkdir(parents=True)
    in_home.touch()
    assert in_home == config_path()

    (home / "work" / "detent.toml").touch()
    assert home / "work" / "detent.toml" == config_path()

    assert home / "other.json" == config_path({"DETENT_CONFIG": "~/other.json"})


def test_a_variable_that_names_no_file_is_an_error_that_names_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DETENT_CONFIG", "nowhere.toml")

    with pytest.raises(ConfigurationError, match=r"nowhere\.toml: the configuration can not be read"):
        current_registry()


def test_a_file_is_read_once_and_again_when_it_has_changed(home: Path) -> None:
    Path("detent.toml").write_text(ONE, "utf-8")
    first = current_registry()
    assert first is current_registry() is current_registry("detent.toml")

    Path("detent.toml").write_text(ONE + TWO, "utf-8")

    assert ("one",) == first.model_names
    assert ("one", "two") == current_registry().model_names


def test_a_file_that_is_replaced_by_one_of_the_same_size_and_time_is_read_again(home: Path) -> None:
    path, other = Path("detent.toml"), Path("other.toml")
    path.write_text(ONE, "utf-8")
    assert ("one",) == current_registry().model_names

    other.write_text(TWO, "utf-8")
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)

    assert ("two",) == current_registry().model_names


def test_a_file_that_changes_for_the_worse_is_logged_once_and_what_was_read_stands(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Path("detent.toml").write_text(ONE, "utf-8")
    good = current_registry()
    Path("detent.toml").write_text(ONE + "[", "utf-8")

    with caplog.at_level(logging.ERROR, "detent"):
        assert good is current_registry() is current_registry()
    assert 1 == len(caplog.records)
    assert "detent.toml:4: not TOML" in caplog.text

    Path("detent.toml").unlink()
    assert good is current_registry(home / "work" / "detent.toml")

    Path("detent.toml").write_text(TWO, "utf-8")
    assert ("two",) == current_registry().model_names


def test_a_file_that_could_never_be_read_is_an_error_each_time(home: Path) -> None:
    Path("detent.toml").write_text("[", "utf-8")
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="not TOML"):
            current_registry()
    Path("detent.toml").write_text(ONE, "utf-8")

    assert ("one",) == current_registry().model_names


def test_a_key_in_the_file_is_warned_about_once_without_being_shown(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    Path("detent.toml").write_text(ONE + 'api_key = "sk-secret"\n', "utf-8")
    with caplog.at_level(logging.WARNING, "detent"):
        current_registry()
        current_registry()

    assert 1 == len(caplog.records)
    assert "detent.toml:4: models.one.api_key" in caplog.text
    assert "sk-secret" not in caplog.text
