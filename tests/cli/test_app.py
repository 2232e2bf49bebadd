from __future__ import annotations

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from detent.cli import main
from detent.cli.app import app

RUNNER = CliRunner()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("run", "Missing argument"),
        ("run x --rounds 0", "--rounds"),
        ("run x --tool-calls 0", "--tool-calls"),
        ("run x --seconds -1", "a number above 0 is wanted"),
        ("run x --on-limit stop", "--on-limit"),
        ("run x --folder nowhere", "nowhere"),
        ("run x --nonsense", "--nonsense"),
        ("run x --base-url http://127.0.0.1:9", "--model is missing: --base-url is given"),
        ("run x --model m --host nowhere", "no host is named 'nowhere'"),
        ("run x --model m --base-url ftp://x", "an http or https address is wanted"),
        ("run x --approve calc", "--approve calc: no tool has that name"),
        ("run x --no-tools --approve calculate", "there are none"),
        ("run x --continue nowhere", "--continue nowhere: No such file"),
        ("run x --history nowhere", "--history nowhere: No such file"),
        ("run x --history a --continue b", "exclude each other"),
        ("run x --save no/where", "--save no/where"),
        ("run -", "the task is empty"),
        ("practice --port -1", "--port"),
        ("diagram --format png", "--format"),
        ("diagram --output no/where", "--output no/where"),
        ("nonsense", "nonsense"),
    ],
)
def test_wrong_usage_is_told_on_stderr_and_exits_with_2(
    arguments: str, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")
    result = RUNNER.invoke(app, arguments.split())

    assert 2 == result.exit_code
    assert "" == result.stdout
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_taken_port_is_told_and_exits_with_2(practice_url: str) -> None:
    port = practice_url.split(":")[2].removesuffix("/v1")
    result = RUNNER.invoke(app, ["practice", "--port", port])

    assert 2 == result.exit_code
    assert f"detent: --port {port}: " in result.stderr


def test_the_version_is_that_of_the_distribution() -> None:
    from importlib.metadata import version

    assert f"detent {version('detent')}\n" == RUNNER.invoke(app, ["--version"]).stdout


@pytest.mark.parametrize("arguments", ["--help", "run -h", "practice --help", "diagram --help"])
def test_every_command_explains_itself(arguments: str) -> None:
    result = RUNNER.invoke(app, arguments.split(), env={"COLUMNS": "200"})

    assert 0 == result.exit_code
    assert "Usage: " in result.stdout
    assert ("130 cancelled (Ctrl-C)" in result.stdout) == (arguments in ("--help", "run -h"))


@pytest.mark.parametrize(("form", "begins"), [("mermaid", "stateDiagram-v2"), ("svg", "<svg"), ("table", "|")])
def test_the_machine_is_drawn_as_asked(form: str, begins: str, tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["diagram", "--format", form])
    written = RUNNER.invoke(app, ["diagram", "--format", form, "-o", str(tmp_path / "drawn")])

    assert (0, 0, "") == (result.exit_code, written.exit_code, written.stdout)
    assert begins in result.stdout and "awaiting_model" in result.stdout
    assert result.stdout == (tmp_path / "drawn").read_text(encoding="utf-8")


def test_without_typer_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "detent.cli.app")
    monkeypatch.setitem(sys.modules, "typer", None)
    with pytest.raises(SystemExit) as ended:
        main()

    assert 2 == ended.value.code
    assert ("", "the command line needs typer: pip install 'detent[cli]'\n") == capsys.readouterr()
