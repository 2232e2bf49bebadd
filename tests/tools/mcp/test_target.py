from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from detent import ConfigurationError
from detent.tools.mcp.target import Command, Endpoint, Target, target_of


def target(
    server: str | Sequence[str],
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    headers: Mapping[str, str] | None = None,
) -> Target:
    return target_of(server, env, cwd, headers)


def test_a_line_is_split_as_a_shell_would_and_words_are_taken_as_they_are() -> None:
    assert Command(words=("npx", "-y", "a server")) == target("npx -y 'a server'")
    assert Command(words=("a b", "")) == target(["a b", ""])
    assert Command(words=("run",), env={"A": "1"}, cwd="/tmp") == target("run", {"A": "1"}, Path("/tmp"))
    assert Command(words=("run", "http://x")) == target("run http://x")


def test_an_address_is_one_with_a_scheme_and_a_host() -> None:
    assert Endpoint(url="https://host/mcp", headers={"A": "1"}) == target("https://host/mcp", headers={"A": "1"})
    assert Endpoint(url="http://[::1]:80/") == target("http://[::1]:80/")


def test_what_is_shown_of_a_target_holds_no_secret() -> None:
    endpoint = target("https://me:secret@host:1/mcp?key=secret#secret", headers={"Authorization": "secret"})
    command = target("run it", {"KEY": "secret"})

    assert "https://host:1/mcp" == str(endpoint)
    assert "run it" == str(command)
    assert "secret" not in repr(command)


@pytest.mark.parametrize(
    "server",
    ["", "  ", [], [""], "run 'it", ["run", "a\0b"], ["run", 1], 3, None, "ftp://host", "http://", "http://host:x", "http://[::1"],
)  # fmt: skip
def test_what_is_neither_is_refused(server: str) -> None:
    with pytest.raises(ConfigurationError, match="mcp_tools: "):
        target(server)


def test_an_option_of_the_other_kind_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="env and cwd are for a command"):
        target("http://host", env={})
    with pytest.raises(ConfigurationError, match="env and cwd are for a command"):
        target("http://host", cwd=Path())
    with pytest.raises(ConfigurationError, match="headers are for an address"):
        target("run", headers={})
