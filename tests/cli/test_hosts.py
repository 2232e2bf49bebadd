"""`detent hosts`: what is known of the kinds of hosts."""

from __future__ import annotations

import json

import pytest
from attrs import fields_dict
from typer.testing import CliRunner, Result

from detent.cli import hosts as hosts_module
from detent.cli.app import app
from detent.cli.screen import console_on
from detent.machine.wire.hosts import HOSTS, HostProfile


def detent(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["hosts", *arguments])


def test_every_host_has_a_line_and_portable_the_first() -> None:
    result = detent()
    names = [line.split()[0] for line in result.stdout.splitlines()]

    assert 0 == result.exit_code
    assert ["portable", *sorted(HOSTS.keys() - {"portable"})] == names
    assert "https://api.groq.com/openai/v1" in result.stdout
    assert all(line == line.rstrip() for line in result.stdout.splitlines())


def test_on_a_terminal_it_is_a_table_that_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    console = console_on()
    console._force_terminal, console.width = True, 90  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(hosts_module, "console_on", lambda: console)
    with console.capture() as capture:
        hosts_module.list_hosts(as_json=False)

    assert "usual address" in capture.get()
    assert all(name in capture.get() for name in HOSTS)


def test_all_hosts_as_json_are_what_the_library_knows() -> None:
    listed = json.loads(detent("--json").stdout)

    assert ["portable", *sorted(HOSTS.keys() - {"portable"})] == [host["name"] for host in listed]
    assert all([*fields_dict(HostProfile)] == [*host] for host in listed)


@pytest.mark.parametrize("name", HOSTS)
def test_every_field_of_a_host_is_shown(name: str) -> None:
    shown, told = detent(name), json.loads(detent(name, "--json").stdout)

    assert 0 == shown.exit_code
    assert [*fields_dict(HostProfile)] == [line.split()[0] for line in shown.stdout.splitlines()]
    assert sorted(HOSTS[name].roles) == told["roles"]
    assert {role: sorted(keys) for role, keys in HOSTS[name].keys.items()} == told["keys"]
    assert HOSTS[name].id_pattern == told["id_pattern"]


def test_a_host_that_is_not_known_is_wrong_usage() -> None:
    result = detent("nowhere")

    assert 2 == result.exit_code
    assert "no host is named 'nowhere'; known are anthropic, " in result.stderr
