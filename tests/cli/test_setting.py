from __future__ import annotations

from collections.abc import Mapping

import pytest

from detent import ConfigurationError
from detent.cli.setting import Setting, model_of, setting

KEY = {"OPENAI_API_KEY": "k"}
URL = {"OPENAI_BASE_URL": "http://proxy/v1"}


def chosen(options: Mapping[str, str], environment: Mapping[str, str]) -> Setting | None:
    given = {name: options.get(name) for name in ("model", "base_url", "api_key", "host")}
    return setting(environment=environment, **given)


@pytest.mark.parametrize(
    ("options", "environment", "expected"),
    [
        ({}, {}, None),
        ({"model": "", "base_url": ""}, {"OPENAI_API_KEY": "", "HOME": "/"}, None),
        ({"model": "m"}, {}, Setting(name="m")),
        ({"model": "m"}, KEY | URL, Setting(name="m")),
        ({}, {"OPENAI_MODEL": "e"}, Setting(name="e")),
        ({"model": "m"}, {"OPENAI_MODEL": "e"}, Setting(name="m")),
        ({"base_url": "http://x"}, {"OPENAI_MODEL": "e"}, Setting(name="e", base_url="http://x")),
        (
            {"model": "m", "base_url": "http://x", "api_key": "s", "host": "vllm"},
            KEY,
            Setting(name="m", base_url="http://x", api_key="s", host="vllm"),
        ),
    ],
)
def test_options_come_before_the_environment_and_nothing_at_all_means_practice(
    options: Mapping[str, str], environment: Mapping[str, str], expected: Setting | None
) -> None:
    assert expected == chosen(options, environment)


@pytest.mark.parametrize(
    ("options", "environment", "given"),
    [
        ({"base_url": "http://x"}, {}, "--base-url"),
        ({"host": "ollama"}, {}, "--host"),
        ({"api_key": "k"}, {}, "--api-key"),
        ({}, URL, "OPENAI_BASE_URL"),
        ({}, KEY, "OPENAI_API_KEY"),
    ],
)
def test_a_place_without_a_model_is_refused_with_the_option_that_is_missing(
    options: Mapping[str, str], environment: Mapping[str, str], given: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"--model is missing: {given} is given"):
        chosen(options, environment)


@pytest.mark.parametrize(
    ("asked", "name", "host", "url"),
    [
        (Setting(name="gpt"), "gpt", "openai", "https://api.openai.com/v1"),
        (Setting(name="ollama:llama3.1"), "llama3.1", "ollama", "http://localhost:11434/v1"),
        (Setting(name="mistral:7b", host="ollama"), "mistral:7b", "ollama", "http://localhost:11434/v1"),
        (Setting(name="mistral:7b", base_url="http://gpu:11434"), "mistral:7b", "ollama", "http://gpu:11434/v1"),
        (Setting(name="m", base_url="http://x/v1/", host="vllm"), "m", "vllm", "http://x/v1"),
    ],
)
def test_a_host_in_the_name_counts_unless_an_option_says_where(asked: Setting, name: str, host: str, url: str) -> None:
    model = model_of(asked)

    assert (name, host, url) == (model.name, model.profile.name, model.address.url)


def test_a_key_goes_with_a_host_in_the_name() -> None:
    model = model_of(Setting(name="ollama:llama3.1", api_key="secret"))

    assert "secret" == model.address.api_key
    assert "secret" not in repr(model)


def test_the_key_of_the_environment_is_not_sent_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")

    assert "none" == model_of(Setting(name="m", base_url="http://elsewhere")).address.api_key
    assert "secret" == model_of(Setting(name="m")).address.api_key
