"""What is wrong with a configuration: each thing named where it stands, and all of them at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detent import ConfigurationError
from detent.machine.registry import Registry
from detent.machine.registry.document import parse

HOUSE = '[hosts.house]\napi_url = "http://house"\nhost_type = "vllm"\n'
MODEL = '[models.m]\nhost = "house"\nmodel_name = "m"\n'


def wrong(text: str, name: str = "detent.toml") -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        Registry.of(parse(Path(name), text))
    return [line.strip() for line in str(caught.value).splitlines() if ":\n" not in line]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "detent.toml:1: no model is configured: a table [models.NAME] with host and model_name is wanted"),
        (HOUSE + MODEL + "[hots.a]\n", "detent.toml:7: hots: unknown, did you mean `hosts`?"),
        (HOUSE + "apikey = 'k'\n" + MODEL, "detent.toml:4: hosts.house.apikey: unknown, did you mean `api_key`?"),
        (HOUSE + "timeout = 0\n" + MODEL, "detent.toml:4: hosts.house.timeout: a number of seconds above 0 is wanted"),
        (HOUSE + "timeout = '9'\n" + MODEL, "detent.toml:4: hosts.house.timeout: a number of seconds is wanted"),
        (HOUSE + "api_key = 3\n" + MODEL, "detent.toml:4: hosts.house.api_key: a text is wanted"),
        (HOUSE + "headers = 'X'\n" + MODEL, "detent.toml:4: hosts.house.headers: a table of keys and values is wanted"),
        (HOUSE + "headers = { X = 1 }\n" + MODEL, "detent.toml:4: hosts.house.headers.X: a text is wanted"),
        (HOUSE + "[models.m]\nhost = 'house'\n", "detent.toml:4: models.m.model_name: missing"),
        (HOUSE + MODEL + "host_type = 'vllm'\n", "detent.toml:7: models.m.host_type: host and host_type exclude each other"),
        (HOUSE + MODEL + "api_url = 'http://h'\n", "detent.toml:7: models.m.api_url: host and api_url exclude each other"),
        (HOUSE + MODEL + "model_name2 = 1\n", "detent.toml:7: models.m.model_name2: unknown, did you mean `model_name`?"),
        (
            HOUSE + "[models.m]\nhost = 'hoose'\nmodel_name = 'm'",
            "detent.toml:5: models.m.host: host 'hoose': unknown, did you",
        ),
        ("[models.m]\nhost = 'azure'\nmodel_name = 'm'", "detent.toml:2: models.m.host: a host of kind 'azure' has no usual"),
        ("[models.m]\nmodel_name = 'm'", "detent.toml:1: models.m: host (or api_url) is missing: where is it?"),
        ("[hosts.h]\n" + HOUSE + MODEL, "detent.toml:1: hosts.h: api_url or host_type is missing: where is it?"),
        ("[hosts.h]\nhost_type = 'azure'\n" + HOUSE + MODEL, "detent.toml:1: hosts.h.api_url: a host of kind 'azure' has no"),
        (HOUSE.replace("vllm", "vlm") + MODEL, "detent.toml:3: hosts.house.host_type: no host is named 'vlm'; known are"),
        (HOUSE.replace("http:", "ftp:") + MODEL, "detent.toml:2: hosts.house.api_url: an http or https address is wanted, not"),
        (HOUSE + "profile = { nose = 1 }\n" + MODEL, "detent.toml:4: hosts.house.profile: a host profile has no field 'nose'"),
        (HOUSE + MODEL + "parameters = { n = 2 }", "detent.toml:7: models.m.parameters.n: 'n' must be 1"),
        (
            HOUSE + "profile = { body_keys = ['n'] }\n" + MODEL + "parameters = { seed = 2 }",
            "detent.toml:8: models.m.parameters.",
        ),
        ("[models.m]\napi_url = 'http://h'\nmodel_name = 'm'\nparameters.n = 2", "detent.toml:4: models.m.parameters.n: 'n'"),
        (HOUSE + MODEL + "[roles]\nchat = 'n'", "detent.toml:8: roles.chat: model 'n': unknown, the known ones are `m`"),
        (HOUSE + MODEL + "[roles]\nchat = ['m', 'm']", "detent.toml:8: roles.chat: model 'm' is there twice"),
        (HOUSE + MODEL + "[roles]\nchat = []", "detent.toml:8: roles.chat: the name of a model is wanted, or a list of names"),
        (HOUSE + MODEL + "[roles]\nchat = 3", "detent.toml:8: roles.chat: the name of a model is wanted, or a list of names"),
        (HOUSE + MODEL + "[roles]\nchat = ['m', 3]", "detent.toml:8: roles.chat.fallbacks.0: a text is wanted"),
        (HOUSE + MODEL + "[roles.chat]\nmodel = 'm'\nfallbacks = 'm'", "detent.toml:9: roles.chat.fallbacks: a list of names"),
        (HOUSE + MODEL.replace("s.m", "s.auto"), "detent.toml:4: models.auto: this name can not be used"),
        (HOUSE + MODEL + "[roles]\nauto = 'm'", "detent.toml:8: roles.auto: this name can not be used"),
        (HOUSE + MODEL.replace("s.m", "s.'role:x'"), "detent.toml:4: models.role:x: this name can not be used"),
        (HOUSE + MODEL.replace("s.m", "s.' '"), "detent.toml:4: models. : this name can not be used"),
    ],
)
def test_one_thing_that_is_wrong_is_named_where_it_stands(text: str, message: str) -> None:
    found = wrong(text)

    assert 1 == len(found), found
    assert found[0].startswith(message), found


def test_everything_that_is_wrong_is_named_at_once_in_the_order_of_the_file() -> None:
    text = f"""{HOUSE}timeout = -1
[hosts.other]
api_url = "nowhere"
api_key_env = "A"
api_key_file = "b"
[models.m]
host = "house"
[models.n]
host = "hose"
model_name = "n"
parameters = {{ model = "x", n = 2 }}
[models.o]
api_url = "http://h"
model_name = "o"
parameters = {{ model = "x", n = 2 }}
[roles]
chat = ["m", "n", "q"]
"""
    assert [
        "detent.toml:4: hosts.house.timeout",
        "detent.toml:6: hosts.other.api_url",
        "detent.toml:8: hosts.other.api_key_file",
        "detent.toml:9: models.m.model_name",
        "detent.toml:12: models.n.host",
        "detent.toml:18: models.o.parameters.model",
        "detent.toml:18: models.o.parameters.n",
        "detent.toml:20: roles.chat",
    ] == [line.split(": ")[0] + ": " + line.split(": ")[1] for line in wrong(text)[1:]]
    assert "8 things are wrong in the configuration:" == wrong(text)[0]


def test_json_is_told_by_its_lines_too() -> None:
    text = '{\n "models": {\n  "m": {\n   "host": "opena", "model_name": "m"}}}'

    assert wrong(text, "detent.json")[0].startswith(
        "detent.json:4: models.m.host: host 'opena': unknown, did you mean `openai`?"
    )


@pytest.mark.parametrize("table", ["hosts", "models"])
def test_what_names_an_entry_that_is_wrong_itself_is_not_to_blame(table: str) -> None:
    sound = HOUSE + MODEL + "[roles]\nchat = 'm'"
    last = {"hosts": 'host_type = "vllm"\n', "models": 'model_name = "m"\n'}[table]
    found = wrong(sound.replace(last, f"{last}nose = 1\n"))

    assert 1 == len(found), found
    assert f"{table}." in found[0]


@pytest.mark.parametrize("text", ["hosts = 3\n" + MODEL, "models = 3\n[roles]\nchat = 'm'"])
def test_a_table_that_is_none_is_one_problem(text: str) -> None:
    assert ["a table of keys and values is wanted"] == [line.split(": ")[2] for line in wrong(text)]


@pytest.mark.parametrize(
    "where",
    [
        'api_key = "{0}"\nnose = 1',
        'api_key = "{0}"\napi_key_env = "A"',
        'api_key_env = "{0}"',
        'api_key_env = "gsk_{0}"',
        'api_key = ["{0}"]',
        'headers = {{ Authorization = "Bearer {0}", X = 3 }}',
        'headers = "{0}"',
        'timeout = "{0}"',
        'api_key = "{0}',
        "api_key = {0}",
    ],
)
def test_no_message_shows_a_key_wherever_it_was_put(where: str) -> None:
    said = wrong(HOUSE + where.format("sk-verysecret0123") + "\n" + MODEL)

    assert "verysecret" not in "\n".join(said)


@pytest.mark.parametrize("url", ["ftp://h?key=sk-secret", "http://me:sk-secret@h", "http://h?key=sk-secret", "sk-secret"])
def test_no_message_shows_an_address_that_may_hold_a_key(url: str) -> None:
    said = wrong(HOUSE.replace("http://house", url) + MODEL)

    assert said[0].startswith("detent.toml:2: hosts.house.api_url: ")
    assert "sk-secret" not in said[0]


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "m", "house", "vllm", "openai", "http://h"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["hosts", "models", "roles", "host", "model_name", "m", "api_url", "type", "n"]), inner
        )
    ),
    max_leaves=12,
)


@given(hosts=JSONS, models=JSONS, roles=JSONS)
def test_any_contents_are_a_registry_or_one_clear_error(hosts: object, models: object, roles: object) -> None:
    text = json.dumps({"hosts": hosts, "models": models, "roles": roles}, indent=1)
    try:
        registry = Registry.of(parse(Path("detent.json"), text))
    except ConfigurationError as error:
        said = str(error)
    else:
        said = f"detent.json: {registry.model_names}"
        assert all(registry.models(f"role:{role}") for role in registry.roles)

    assert "detent.json:" in said
