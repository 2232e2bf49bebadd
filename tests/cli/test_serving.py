"""The options of `detent serve` that go together, and those that do not."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from detent.cli import serving_http
from detent.cli.app import app
from detent.cli.serving_http import ServedOverHttp

CONFIG = '[models.small]\nhost = "ollama"\nmodel_name = "m"\n[roles]\nchat = "small"\n'


def test_a_file_of_models_needs_no_model_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[ServedOverHttp] = []
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-other-programs")
    monkeypatch.setattr(serving_http, "serve_http", served.append)
    (tmp_path / "detent.toml").write_text(CONFIG, encoding="utf-8")
    ran = CliRunner().invoke(app, ["serve", "--config", str(tmp_path / "detent.toml")])

    assert (0, 1) == (ran.exit_code, len(served))


@pytest.mark.parametrize(
    "options",
    [
        ("--mcp", "--key-file", "keys"),
        ("--mcp-http", "0", "--key-file", "keys"),
        ("--mcp", "--config", "detent.toml"),
        ("--mcp", "--journal", "j.db"),
        ("--config", "detent.toml", "--agent", "a:b"),
        ("--config", "detent.toml", "--model", "m"),
    ],
)
def test_an_option_that_would_be_left_out_of_account_is_refused(options: tuple[str, ...]) -> None:
    ran = CliRunner().invoke(app, ["serve", *options])

    assert 2 == ran.exit_code
    assert "left out of account" in ran.stderr or "exclude each other" in ran.stderr


@pytest.mark.parametrize("held", ["", "\n# alice: commented-out-key\n"])
def test_a_key_file_without_a_key_does_not_open_the_service(held: str, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text(held, encoding="utf-8")
    ran = CliRunner().invoke(app, ["serve", "--key-file", str(keys), "--port", "0", "--journal", str(tmp_path / "j.db")])

    assert 2 == ran.exit_code
    assert "it holds no key" in ran.stderr
