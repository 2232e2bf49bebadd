"""`Model`: what a caller says of a model, settled early."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from detent import Agent, ConfigurationError, DetentError, Model
from detent.machine.wire import HostProfile


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


@pytest.mark.parametrize(
    ("url", "host", "expected"),
    [
        (None, None, "https://api.openai.com/v1"),
        ("http://h:8000", None, "http://h:8000/v1"),
        ("http://h:8000/", None, "http://h:8000/v1"),
        ("http://h:8000/v1///", None, "http://h:8000/v1"),
        ("http://h:8000/v1/chat/completions", None, "http://h:8000/v1"),
        ("http://h:8000/v1/chat/completions/", None, "http://h:8000/v1"),
        ("http://h:3000", "openwebui", "http://h:3000/api"),
        ("http://h:3000/", "openwebui", "http://h:3000/api"),
        ("http://h:3000/api", "openwebui", "http://h:3000/api"),
        ("http://h/webui/", "openwebui", "http://h/webui/api"),
        ("http://h:3000/api/v1", "openwebui", "http://h:3000/api/v1"),
        ("http://localhost:11434", None, "http://localhost:11434/v1"),
        (None, "ollama", "http://localhost:11434/v1"),
        (None, "zai", "https://api.z.ai/api/paas/v4"),
        ("https://api.deepseek.com", None, "https://api.deepseek.com"),
        ("  http://h/v1 ", None, "http://h/v1"),
    ],
)
def test_the_address_is_settled(url: str | None, host: str | None, expected: str) -> None:
    assert expected == Model("m", base_url=url, host=host).address.url


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("", {}, "Model(name=...)"),
        ("  ", {}, "Model(name=...)"),
        (3, {}, "Model(name=...)"),
        ("m", {"host": "nowhere"}, "no host is named 'nowhere'; known are"),
        ("m", {"base_url": "ftp://h"}, "http or https address is wanted, not 'ftp://h'"),
        ("m", {"base_url": "localhost:8000"}, "http or https address"),
        ("m", {"host": "azure"}, "'azure' has no usual address"),
    ],
)
def test_a_wrong_argument_is_named(name: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Model(name, **options)

    assert message in str(caught.value)


def test_an_absent_key_becomes_none() -> None:
    assert "none" == Model("m", base_url="http://h").address.api_key


def test_the_key_of_the_environment_goes_to_openai_and_to_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-mine")

    assert "sk-mine" == Model("m").address.api_key
    assert "none" == Model("m", base_url="http://h").address.api_key


def test_the_address_of_the_environment_is_used_where_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://proxy:4000")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-mine")

    assert ("http://proxy:4000/v1", "sk-mine") == (Model("m").address.url, Model("m").address.api_key)
    assert "http://localhost:11434/v1" == Model("m", host="ollama").address.url


def test_a_key_is_never_shown() -> None:
    model = Model("m", base_url="http://h", api_key="sk-secret", headers={"X-Key": "sk-other"})

    assert "sk-" not in repr(model) + repr(model.address)


@pytest.mark.parametrize(
    ("text", "host", "name"),
    [
        ("gpt-5-mini", "openai", "gpt-5-mini"),
        ("ollama:llama3.1:8b", "ollama", "llama3.1:8b"),
        ("ft:gpt-4:me", "openai", "ft:gpt-4:me"),
    ],
)
def test_a_model_can_be_named_in_one_text(text: str, host: str, name: str) -> None:
    model = Model.named(text)

    assert (host, name) == (model.profile.name, model.name)


def test_a_role_without_a_configuration_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("DETENT_CONFIG", raising=False)

    with pytest.raises(ConfigurationError, match="no configuration: neither"):
        Model("role:chat")


def test_a_role_is_the_model_that_the_configuration_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = tmp_path / "detent.toml"
    written.write_text(
        """
        [models]
        big = { api_url = "http://h:3000", model_name = "qwen", label = "House model" }
        small = { host = "ollama", model_name = "llama3.1" }
        [roles]
        chat = ["big", "small"]
        """
    )
    monkeypatch.setenv("DETENT_CONFIG", str(written))

    assert ("qwen", "House model", "openwebui") == (
        (model := Model("role:chat")).name,
        model.label,
        model.profile.name,
    )
    assert Model("role:chat") == Model.named("role:chat")
    assert ["qwen", "llama3.1"] == [each.name for each in Agent("role:chat").models]
    assert ["qwen", "m"] == [each.name for each in Agent("role:chat", fallbacks=[Model("m", host="ollama")]).models]


def test_a_configuration_becomes_a_model() -> None:
    config = {"api_url": "http://h:3000/", "api_key": "", "model_name": "qwen", "label": "House model"}
    model = Model.from_config(config)

    assert ("qwen", "House model", "openwebui") == (model.name, model.label, model.profile.name)
    assert ("http://h:3000/api", "none") == (model.address.url, model.address.api_key)


def test_the_host_type_of_a_configuration_is_heeded() -> None:
    assert "ollama" == Model.from_config({"api_url": "http://h:1", "model_name": "m", "host_type": "ollama"}).profile.name


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (None, "no model is configured"),
        ({}, "no model is configured"),
        ({"label": "Big"}, "the model 'Big' is not fully configured: api_url and model_name missing"),
        ({"label": "Big", "api_url": "http://h"}, "the model 'Big' is not fully configured: model_name missing"),
        ({"label": "Big", "model_name": "m", "api_url": "  "}, "the model 'Big' is not fully configured: api_url missing"),
    ],
)
def test_a_configuration_that_lacks_something_is_an_error_that_names_the_label(
    config: dict[str, object] | None, message: str
) -> None:
    with pytest.raises(DetentError, match=message):
        Model.from_config(config)


def test_fields_of_the_profile_can_be_replaced() -> None:
    model = Model("m", host="vllm", profile={"bridge_after_tool": True})

    assert ("vllm", True) == (model.profile.name, model.profile.bridge_after_tool)
    assert not Model("m", host="vllm").profile.bridge_after_tool


def test_a_host_can_be_a_profile_of_ones_own() -> None:
    house = HostProfile(name="house", url="https://llm.example/v1", empty_content="empty")
    model = Model("m", host=house, profile={"closing": "drop"})

    assert ("https://llm.example/v1", "house", "empty", "drop") == (
        model.address.url,
        model.origin.host,
        model.profile.empty_content,
        model.profile.closing,
    )


def test_a_copy_of_a_model_keeps_its_profile_and_settles_it_anew() -> None:
    model = evolve(Model("m", host="vllm", profile={"bridge_after_tool": True}), host="groq")

    assert ("groq", True, "https://api.groq.com/openai/v1") == (
        model.profile.name,
        model.profile.bridge_after_tool,
        model.address.url,
    )


def test_azure_is_given_its_key_in_a_header_of_its_own() -> None:
    azure = Model("m", base_url="https://me.openai.azure.com", api_key="secret")
    with_a_token = Model("m", base_url="https://me.openai.azure.com", headers={"Authorization": "Bearer token"})
    own_header = Model("m", host="azure", base_url="https://h", api_key="secret", headers={"api-key": "other"})

    assert (("api-key", "secret"),) == azure.address.headers
    assert (("Authorization", "Bearer token"),) == with_a_token.address.headers
    assert (("api-key", "other"),) == own_header.address.headers
    assert () == Model("m", base_url="http://h", api_key="secret").address.headers


@pytest.mark.parametrize(
    ("host", "parameters", "message"),
    [
        ("mistral", {"seed": 1}, "'mistral' does not take 'seed'; it takes frequency_penalty"),
        ("groq", {"store": True}, "'groq' does not take 'store'"),
        ("openwebui", {"chat_id": "x"}, "'openwebui' does not take 'chat_id'"),
        ("portable", {"tool_ids": ["x"]}, "'tool_ids' would make Open WebUI run the tools itself"),
        ("portable", {"messages": []}, "'messages' is written by the library"),
        ("portable", {"stream": True}, "'stream' is written by the library"),
        ("portable", {"n": 2}, "'n' must be 1"),
        ("portable", {"temperature": object()}, "'temperature' can not be written as JSON"),
        ("moonshot", {"tool_choice": "required"}, "knows no tool_choice 'required'; it knows auto, none"),
        ("deepseek", {"tool_choice": {"type": "function", "function": {"name": "look"}}}, "knows no tool_choice {"),
    ],
)
def test_a_parameter_that_the_host_would_refuse_is_named(host: str, parameters: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Model("m", host=host, base_url="http://h", parameters=parameters)

    assert message in str(caught.value)


def test_parameters_that_the_host_takes_are_kept_as_they_are() -> None:
    parameters = {"temperature": 0, "max_tokens": 5, "max_completion_tokens": 6, "n": 1, "tool_choice": "auto"}

    assert parameters == Model("m", host="mistral", parameters=parameters).parameters
    assert Model("m", host="mistral", parameters={"seed": 1}, profile={"body_keys": None}).parameters
    assert Model("m", host="ollama", parameters={"top_k": 3, "anything": [1]}).parameters
