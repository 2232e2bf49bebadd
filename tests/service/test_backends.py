"""Which agents answer: by name, by role, by the service's choice; and what is said of a fallback."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from following import rested
from scripted_host import ScriptedHost, refuses, streams
from served import Served

from detent import Agent, ConfigurationError, Limits, MemoryJournal, Model
from detent.machine.registry import Registry
from detent.service.app import Service
from detent.service.backends import Backends
from detent.service.problems import UnknownBackend

ONE, TWO = Agent(Model("one", base_url="http://a")), Agent(Model("two", base_url="http://b", label="Second"))


def test_a_single_agent_answers_by_its_name_and_by_default() -> None:
    backends = Backends.of(ONE)

    assert {"agent": "one"} == dict(backends.names)
    assert [ONE] * 4 == [backends.choose(name).agent for name in (None, "auto", " ", "agent")]


def test_of_several_the_first_is_the_default() -> None:
    backends = Backends.of({"a": ONE, "b": TWO})

    assert (ONE, TWO, "Second") == (backends.choose(None).agent, backends.choose("b").agent, backends.choose("b").label)
    with pytest.raises(UnknownBackend, match="no backend 'c'; there are auto, a, b"):
        backends.choose("c")


@pytest.mark.parametrize("name", ["auto", "", "a~b", "a/b", "x" * 65, "-a"])
def test_a_name_that_can_not_stand_in_an_address_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="letters, digits"):
        Backends.of({name: ONE})


def test_no_agent_at_all_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="at least one agent"):
        Backends.of({})


CONFIG = """
[models.big]
api_url = "{broken}"
model_name = "big"
label = "Big one"
host_type = "portable"

[models.small]
api_url = "{sound}"
model_name = "small"
host_type = "portable"

[roles]
chat = ["big", "small"]
coder = "small"
"""


def test_models_and_roles_of_a_file_answer_and_a_fallback_is_told_where_a_model_was_named(tmp_path: Path) -> None:
    def make(models: Sequence[Model]) -> Agent[str]:
        return Agent(models[0], fallbacks=models[1:], limits=Limits(retries=0))

    with ScriptedHost(refuses(500, "out of order")) as broken, ScriptedHost(streams({"content": "hello"})) as sound:
        path = tmp_path / "detent.toml"
        path.write_text(CONFIG.format(broken=broken.base_url, sound=sound.base_url), encoding="utf-8")
        backends = Backends.from_registry(Registry.load(path), make)
        with Served(Service(backends=backends, journal=MemoryJournal())) as served, served.client() as client:
            listed = {each["name"]: each["label"] for each in client.get("/backends").json()["backends"]}
            assert {"auto": "Big one", "big": "Big one", "small": "small", "chat": "Big one", "coder": "small"} == listed
            told = {}
            for name in (None, "auto", "big", "small", "coder"):
                made = client.post("/conversations", json={"text": "hi", "backend": name}).json()
                shown = rested(client, made["id"])
                assert "done" == shown["state"]
                told[name] = (shown["backend"], shown["label"], shown["fallback_used"])
            assert 404 == client.post("/conversations", json={"text": "hi", "backend": "nobody"}).status_code

    assert {
        None: ("auto", "Big one", False),
        "auto": ("auto", "Big one", False),
        "big": ("big", "Big one", True),
        "small": ("small", "small", False),
        "coder": ("coder", "small", False),
    } == told


def test_a_conversation_can_turn_to_another_backend(tmp_path: Path) -> None:
    with ScriptedHost(streams({"content": "first"})) as a, ScriptedHost(streams({"content": "second"})) as b:
        agents = {"a": Agent(Model("m", base_url=a.base_url)), "b": Agent(Model("m", base_url=b.base_url, label="B"))}
        with Served(Service.of(agents, MemoryJournal())) as served, served.client() as client:
            made = client.post("/conversations", json={"text": "hi"}).json()
            rested(client, made["id"])
            client.post(f"/conversations/{made['id']}/messages", json={"text": "and?", "backend": "b"})
            shown = rested(client, made["id"])

    assert ("b", "B", "second") == (shown["backend"], shown["label"], shown["entries"][-1]["text"])
