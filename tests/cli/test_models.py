"""`detent models`: what each role resolves to, and whether the models are there."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from detent import ConfigurationError
from detent.cli.models import list_models
from detent.practice import MODEL


@pytest.fixture
def config(tmp_path: Path, practice_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a configuration whose key stands in the file, and make it the default one."""
    path = tmp_path / "detent.toml"
    monkeypatch.setenv("DETENT_CONFIG", str(path))
    path.write_text(
        f"""
[hosts.practice]
api_url = "{practice_url}"
api_key = "sk-verysecret"
headers = {{ X-Team = "sk-header" }}

[models.rules]
host = "practice"
model_name = "{MODEL}"
label = "The\\u001b[31m rules"

# Ours.
[models.paid]
host = "openai"
model_name = "gpt-5-mini"
api_key_env = "NO_SUCH_KEY"

[roles]
chat = "rules"
orchestrator = ["rules", "paid"]
""",
        "utf-8",
    )
    return path


def sound(config: Path) -> Path:
    config.write_text(config.read_text("utf-8").replace('"openai"', '"practice"').replace("api_key_env", "# "), "utf-8")
    return config


def test_what_each_role_resolves_to_is_shown(config: Path, capsys: pytest.CaptureFixture[str], practice_url: str) -> None:
    code = list_models(config, check=False, rewrite=False, as_json=False)
    lines = [line.split("  ") for line in capsys.readouterr().out.splitlines()]
    cells = [[cell.strip() for cell in line if cell.strip()] for line in lines]

    assert 0 == code
    assert [str(config)] == cells[0]
    assert ["orchestrator", "rules, then paid"] in cells
    assert ["rules", MODEL, "The rules", "portable (guessed)", practice_url, "key: in the configuration"] in cells
    assert ["paid", "gpt-5-mini", "gpt-5-mini", "openai", "https://api.openai.com/v1", "key: $NO_SUCH_KEY"] in cells
    assert cells[-1][0].startswith(f"warning: {config}:4: hosts.practice.api_key: the key stands in the file")


def test_without_a_file_the_default_one_is_shown(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    list_models(None, check=False, rewrite=False, as_json=True)

    assert str(config) == json.loads(capsys.readouterr().out)["file"]


def test_models_that_are_well_are_said_to_be(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = list_models(sound(config), check=True, rewrite=False, as_json=True)
    told = json.loads(capsys.readouterr().out)
    checks = {model["name"]: model["check"] for model in told["models"]}

    assert 1 == code  # the practice endpoint does not list gpt-5-mini
    assert (True, True, "freely", "", True) == tuple(
        checks["rules"][key] for key in ("answers", "listed", "calls", "problem", "is_well")
    )
    assert (True, False, False) == tuple(checks["paid"][key] for key in ("answers", "listed", "is_well"))


def test_all_is_well_is_exit_code_0(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = sound(config)
    config.write_text(config.read_text("utf-8").replace("gpt-5-mini", MODEL), "utf-8")

    assert 0 == list_models(config, check=True, rewrite=False, as_json=False)
    assert 2 == capsys.readouterr().out.count(" s; is listed; calls a tool freely")


def test_a_key_that_is_not_there_and_a_port_where_nobody_is_are_told(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    dead = f'\n[models.dead]\napi_url = "http://127.0.0.1:{port}/v1"\nmodel_name = "m"\n'
    config.write_text(dead + config.read_text("utf-8"), "utf-8")
    code = list_models(config, check=True, rewrite=False, as_json=False)
    out = capsys.readouterr().out

    assert 1 == code
    assert f"no answer from http://127.0.0.1:{port}/v1" in out
    assert f"{config}:20: models.paid.api_key_env: the environment variable NO_SUCH_KEY is not set" in out
    assert "answers in " in out


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("check", [True, False])
def test_no_key_is_ever_printed(config: Path, as_json: bool, check: bool, capsys: pytest.CaptureFixture[str]) -> None:
    list_models(config, check=check, rewrite=False, as_json=as_json)
    printed = capsys.readouterr()

    assert "sk-" not in printed.out + printed.err
    assert "\x1b" not in printed.out


def test_the_file_is_rewritten_only_when_that_is_asked_for(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = config.read_text("utf-8")
    list_models(config, check=False, rewrite=False, as_json=False)
    assert before == config.read_text("utf-8")

    list_models(config, check=False, rewrite=True, as_json=False)
    wanted = before.replace('"sk-header" }\n', '"sk-header" }\nhost_type = "portable"\n')
    assert wanted == config.read_text("utf-8")
    assert "host_type written: hosts.practice\n" in capsys.readouterr().out

    list_models(config, check=False, rewrite=True, as_json=True)
    assert [] == json.loads(capsys.readouterr().out)["written"]


def test_a_file_that_is_wrong_is_the_callers_fault(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.toml: the configuration can not be read"):
        list_models(tmp_path / "nowhere.toml", check=False, rewrite=False, as_json=False)


def test_a_file_without_roles_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "detent.json"
    path.write_text('{"models": {"m": {"host": "ollama", "model_name": "m"}}}', "utf-8")

    assert 0 == list_models(path, check=False, rewrite=False, as_json=False)
    assert "roles\n  none\n" in capsys.readouterr().out
