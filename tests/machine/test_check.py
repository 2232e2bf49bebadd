"""What an agent is given: each mistake is named with what would do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from detent import Agent, ConfigurationError, Limits, Model
from detent.machine.check import checked_count, checked_instance, checked_model, checked_text, task_message


def test_a_model_is_taken_as_it_is_or_made_of_a_name_or_a_configuration() -> None:
    model = Model("m", base_url="http://h")
    configured = checked_model({"model_name": "m", "api_url": "http://h", "label": "mine"}, "model")

    assert model is checked_model(model, "model")
    assert ("llama3.1", "ollama") == (
        checked_model("ollama:llama3.1", "model").name,
        checked_model("ollama:x", "model").profile.name,
    )
    assert ("m", "mine") == (configured.name, configured.label)


@pytest.mark.parametrize("model", [3, [], b"m", ("m",)])
def test_what_is_no_model_is_refused_with_its_argument(model: object) -> None:
    with pytest.raises(ConfigurationError, match=r"Agent\(fallbacks=\.\.\.\)"):
        checked_model(model, "fallbacks")


def test_no_model_at_all_is_an_error_of_its_own() -> None:
    with pytest.raises(ConfigurationError, match="no model is configured"):
        checked_model(None, "model")


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (lambda: checked_instance(3, Limits, "limits"), "Agent(limits=...): a Limits is wanted, not 3"),
        (lambda: checked_text("", "id"), "id: a text is wanted, not ''"),
        (lambda: checked_text(3, "id"), "id: a text is wanted, not 3"),
        (lambda: checked_count(0, "window", least=1), "Agent(window=...): a whole number of at least 1 is wanted, not 0"),
        (lambda: checked_count(True, "window", least=0), "not True"),
        (lambda: checked_count(1.0, "window", least=0), "not 1.0"),
    ],
)
def test_a_wrong_value_is_named_with_what_would_do(check: Any, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        check()

    assert message in str(caught.value)


@pytest.mark.parametrize("text", ["\udcff", "a\0b", "", 3])
def test_a_text_that_no_file_can_hold_is_refused(text: Any) -> None:
    with pytest.raises(ConfigurationError, match="a text is wanted"):
        checked_text(text, "id")
    with pytest.raises(ConfigurationError, match="the model's name"):
        Model(text)


def test_instructions_are_made_well_formed() -> None:
    assert "a\ufffd" == Agent(Model("m", base_url="http://h"), instructions="a\udcff").system


def test_right_values_pass() -> None:
    checked_instance(Limits(), Limits, "limits")
    checked_text("x", "id")
    checked_count(0, "window", least=0)


def test_a_task_is_a_text_or_parts() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    message = task_message([{"type": "text", "text": "ü?"}, picture])

    assert " go " == task_message(" go ").content
    assert [("text", {"type": "text", "text": "ü?"}), ("image_url", picture)] == [
        (part.kind, json.loads(part.json)) for part in message.content if not isinstance(part, str)
    ]


@pytest.mark.parametrize("task", ["", " \n", [], [{}], [{"type": 3}], [{"type": "text", "text": "a"}, "b"]])
def test_a_task_that_says_nothing_is_refused(task: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"run\(task=\.\.\.\)"):
        task_message(task)
