"""The kind of a host that old files do not name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detent import Model
from detent.machine.registry.guess import guessed_type
from detent.machine.wire.hosts import HOSTS


@pytest.mark.parametrize(
    ("url", "kind", "expected"),
    [
        ("https://api.openai.com/v1", None, "openai"),
        ("http://localhost:11434", "openai", "ollama"),
        ("https://openrouter.ai/api/v1", "openwebui", "openrouter"),
        ("http://gpu:8000", "vllm", "vllm"),
        ("http://gpu:8000", "vLLM", "vllm"),
        ("http://gpu:8000", "llama.cpp", "llamacpp"),
        ("http://chat:3000", "open-webui", "openwebui"),
        ("http://chat:3000", "Open_WebUI", "openwebui"),
        (None, "openai", "openai"),
        (None, "ollama", "ollama"),
        ("http://gpu:8000", "openai", "portable"),
        ("http://gpu:8000/v1", None, "portable"),
        ("http://gpu:8000/v1/", "something", "portable"),
        ("http://gpu:8000/v1/chat/completions", None, "portable"),
        ("http://chat:3000/api/v1", None, "openwebui"),
        ("http://chat:3000/api", None, "openwebui"),
        ("http://chat:3000", None, "openwebui"),
        ("http://chat:3000", "something", "openwebui"),
        ("http://chat:3000", "", "openwebui"),
    ],
)
def test_address_and_type_decide_in_that_order(url: str | None, kind: str | None, expected: str) -> None:
    assert expected == guessed_type(url, kind)


@given(url=st.none() | st.text(), kind=st.none() | st.text())
def test_whatever_a_file_says_the_guess_is_a_known_kind(url: str | None, kind: str | None) -> None:
    assert guessed_type(url, kind) in HOSTS


def test_without_a_hint_it_is_what_a_configuration_mapping_gets() -> None:
    config = {"api_url": "http://chat:3000", "model_name": "m"}

    assert Model.from_config(config).profile.name == guessed_type("http://chat:3000", None)
