"""Writing the guessed kinds of hosts into the file: nothing else changes."""

from __future__ import annotations

import json
import os
import stat
import sys
import tomllib
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from detent import ConfigurationError
from detent.machine.registry import Registry
from detent.machine.registry.document import parse
from detent.machine.registry.saving import write_host_types

OLD = """\
# Ours.

[hosts]  # where they are
short = {api_url = "http://s:8000/v1"}

[hosts.house]  # the house
type = "openai"  # it says so
api_url = "http://house"   # behind the door

# The models.
[models.qwen]
host = "house"
model_name = "qwen"

[hosts.named]
host_type = "vllm"
api_url = "http://v"

[models.old]
model_name = "old"
api_url = "http://chat:3000"
"""

NEW = """\
# Ours.

[hosts]  # where they are
short = {api_url = "http://s:8000/v1",host_type = "portable"}

[hosts.house]  # the house
type = "openai"  # it says so
api_url = "http://house"   # behind the door
host_type = "portable"

# The models.
[models.qwen]
host = "house"
model_name = "qwen"

[hosts.named]
host_type = "vllm"
api_url = "http://v"

[models.old]
model_name = "old"
api_url = "http://chat:3000"
host_type = "openwebui"
"""


def test_toml_keeps_its_comments_its_order_and_its_spaces(tmp_path: Path) -> None:
    path = tmp_path / "detent.toml"
    path.write_text(OLD, "utf-8")
    Registry.load(path).save()

    assert NEW == path.read_text("utf-8")
    assert {} == Registry.load(path).unwritten
    assert Registry.load(path).model("qwen") == Registry.of(parse(path, OLD)).model("qwen")


def test_a_file_without_guesses_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "detent.toml"
    path.write_text(NEW, "utf-8")
    before = path.stat()
    Registry.load(path).save()

    assert (before.st_ino, before.st_mtime_ns) == (path.stat().st_ino, path.stat().st_mtime_ns)


def test_json_keeps_its_order(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_text('{"models": {"é": {"type": "ollama", "api_url": "http://h:1", "model_name": "m"}}, "hosts": {}}', "utf-8")
    Registry.load(path).save()

    entry = {"type": "ollama", "api_url": "http://h:1", "model_name": "m", "host_type": "ollama"}
    assert json.dumps({"models": {"é": entry}, "hosts": {}}, indent=2, ensure_ascii=False) + "\n" == path.read_text("utf-8")


def test_a_file_that_has_changed_since_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "detent.toml"
    path.write_text(OLD, "utf-8")
    registry = Registry.load(path)
    path.write_text(OLD + "# more\n", "utf-8")

    with pytest.raises(ConfigurationError, match="has changed since it was read"):
        registry.save()
    assert OLD + "# more\n" == path.read_text("utf-8")


def test_who_may_read_the_file_stays_as_it_was_and_a_link_stays_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "real.toml", tmp_path / "detent.toml"
    path.write_text(OLD, "utf-8")
    path.chmod(0o640)
    link.symlink_to(path)
    Registry.load(link).save()

    assert link.is_symlink()
    assert 0o640 == stat.S_IMODE(path.stat().st_mode)
    assert NEW == path.read_text("utf-8")
    assert ["detent.toml", "real.toml"] == sorted(os.listdir(tmp_path))


def test_a_write_that_fails_leaves_the_file_and_nothing_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "detent.toml"
    path.write_text(OLD, "utf-8")

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(ConfigurationError, match=r"detent\.toml: can not be written: No space left on device"):
        Registry.load(path).save()

    assert OLD == path.read_text("utf-8")
    assert ["detent.toml"] == os.listdir(tmp_path)


def test_a_byte_order_mark_and_carriage_returns_are_no_change(tmp_path: Path) -> None:
    path = tmp_path / "detent.toml"
    path.write_bytes(b"\xef\xbb\xbf" + OLD.replace("\n", "\r\n").encode())
    Registry.load(path).save()

    assert tomllib.loads(NEW) == tomllib.loads(path.read_text("utf-8"))


def test_what_would_not_read_back_the_same_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "old.toml"
    text = '[models.m]\napi_url = "http://h"\nmodel_name = "m"\nparameters = { temperature = nan }\n'
    path.write_text(text, "utf-8")

    with pytest.raises(ConfigurationError, match="host_type can not be written into this file, add it by hand"):
        Registry.load(path).save()
    assert text == path.read_text("utf-8")


def test_without_the_library_that_keeps_comments_toml_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tomlkit", None)
    path = tmp_path / "detent.toml"
    path.write_text(OLD, "utf-8")

    with pytest.raises(ConfigurationError, match=r"writing TOML needs tomlkit: pip install 'detent\[cli\]'"):
        Registry.load(path).save()


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=5)
ENTRIES = st.dictionaries(st.sampled_from(["api_url", "type", "headers"]), st.text(alphabet='ab" #=[]', max_size=5), min_size=1)


@given(hosts=st.dictionaries(NAMES, ENTRIES, min_size=1, max_size=4), comments=st.lists(st.integers(0, 20), max_size=5))
def test_any_toml_says_the_same_afterwards_and_the_kinds(
    hosts: dict[str, dict[str, str]], comments: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    lines = tomlkit.dumps({"hosts": hosts}).split("\n")
    for place in comments:
        lines.insert(place, f"# {place}")
    path = tmp_path_factory.mktemp("any") / "detent.toml"
    path.write_text("\n".join(lines), "utf-8")
    write_host_types(parse(path, "\n".join(lines)), {("hosts", name): "vllm" for name in hosts})
    after = path.read_text("utf-8")

    assert {"hosts": {name: {**entry, "host_type": "vllm"} for name, entry in hosts.items()}} == tomllib.loads(after)
    assert [line for line in lines if line.startswith("# ")] == [line for line in after.split("\n") if line.startswith("# ")]
