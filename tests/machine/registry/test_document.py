"""A configuration file that can not be read, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from detent import ConfigurationError
from detent.machine.registry.document import Problem, parse, read

TOML, JSON = Path("detent.toml"), Path("detent.json")


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        (TOML, "[hosts.a]\napi_url = \n", "detent.toml:2: not TOML: Invalid value, in column 11"),
        (TOML, "[hosts.a\n", "detent.toml:1: not TOML: "),
        (TOML, 'a = """\n\n', "detent.toml:2: not TOML: "),
        (TOML, "[hosts.a]\n[hosts.a]\n", "detent.toml:2: not TOML: Cannot declare"),
        (JSON, '{"a": 1,\n "b" 2}', "detent.json:2: not JSON: Expecting ':' delimiter, in column 6"),
        (JSON, "[]", "detent.json:1: an object with hosts, models and roles is wanted"),
        (JSON, "[" * 100_000, "detent.json: the configuration is nested too deeply"),
        (JSON, '{"hosts": {"a": 1,\n "a": 2}}', "detent.json:2: hosts.a: is there twice"),
    ],
)
def test_what_is_not_what_it_should_be_is_named_with_its_line(path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse(path, text)

    assert str(caught.value).startswith(message)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"detent\.toml: the configuration can not be read: No such file"):
        read(tmp_path / "detent.toml")


def test_bytes_that_are_no_text_are_named_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "detent.toml").write_bytes(b"# \n# \n# \xff\n")

    with pytest.raises(ConfigurationError, match=r"detent\.toml:3: the configuration is not UTF-8"):
        read(tmp_path / "detent.toml")


def test_a_byte_order_mark_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "detent.toml").write_bytes(b"\xef\xbb\xbfa = 1\n")

    assert {"a": 1} == read(tmp_path / "detent.toml").data


def test_a_problem_is_told_where_it_is_or_else_where_it_would_be() -> None:
    document = parse(TOML, "\n[hosts.a]\napi_url = 'x'\n\n[hosts.a.headers]\nX = '1'\n")
    places = [("roles", "x"), ("hosts", "a", "headers", "Y"), ("hosts", "a", "api_url"), ("hosts", "a", "timeout"), ()]

    assert (
        "detent.toml:1: roles.x: wrong",
        "detent.toml:1: wrong",
        "detent.toml:2: hosts.a.timeout: wrong",
        "detent.toml:3: hosts.a.api_url: wrong",
        "detent.toml:5: hosts.a.headers.Y: wrong",
    ) == document.told(Problem(place, "wrong") for place in places)


def test_nothing_of_the_file_is_shown() -> None:
    assert "sk-secret" not in repr(parse(TOML, 'api_key = "sk-secret"'))
