"""From names in a file to models."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from detent import ConfigurationError, Model
from detent.machine.registry import Registry
from detent.machine.registry.document import parse

TEXT = """
[hosts.house]
api_url = "http://house:8000/"
host_type = "vllm"
api_key_env = "HOUSE_KEY"
headers = { X-Team = "a", X-Kind = "host" }
timeout = 30
profile = { bridge_after_tool = true, alternate = true }

[models.big]
host = "house"
model_name = "qwen3:32b"
label = "House model"
parameters = { temperature = 0 }
headers = { X-Kind = "model" }
profile = { alternate = false }
first_token_timeout = 5.5

[models.mini]
host = "openai"
model_name = "gpt-5-mini"

[models.old]
api_url = "http://chat:3000/"
api_key = ""
model_name = "llama3.1"
label = ""

[roles]
chat = "big"
listed = ["mini", "big", "old"]

[roles.orchestrator]
model = "big"
fallbacks = ["old", "mini"]
"""


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.setenv("HOUSE_KEY", "sk-house")
    monkeypatch.setenv("HOUSE_API_KEY", "sk-house")


def registry(text: str = TEXT, path: str = "/etc/detent.toml") -> Registry:
    return Registry.of(parse(Path(path), text))


def test_a_model_is_what_its_host_and_its_own_entry_say() -> None:
    model = registry().model("big")

    assert ("qwen3:32b", "House model", "vllm") == (model.name, model.label, model.profile.name)
    assert ("http://house:8000/v1", "sk-house") == (model.address.url, model.address.api_key)
    assert {"X-Team": "a", "X-Kind": "model"} == model.headers
    assert {"temperature": 0} == model.parameters
    assert (True, False) == (model.profile.bridge_after_tool, model.profile.alternate)
    assert (30, 5.5, None, 120) == (
        model.timeout,
        model.first_token_timeout,
        model.between_tokens_timeout,
        model.retry_within,
    )


def test_a_model_with_an_address_of_its_own_needs_no_host() -> None:
    model = registry().model("old")

    assert ("llama3.1", "openwebui", "http://chat:3000/api", "none") == (
        model.label,
        model.profile.name,
        model.address.url,
        model.address.api_key,
    )


def test_a_kind_of_host_is_a_host_at_its_usual_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-mine")

    assert Model("gpt-5-mini", base_url="https://api.openai.com/v1", host="openai") == registry().model("mini")
    assert "sk-mine" == registry().model("mini").address.api_key


def test_the_address_of_the_environment_does_not_draw_the_key_of_a_file_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://elsewhere")
    monkeypatch.setenv("MY_KEY", "sk-mine")
    named = registry('[models.m]\nhost = "openai"\nmodel_name = "m"\napi_key_env = "MY_KEY"')

    assert ("https://api.openai.com/v1", "sk-mine") == (named.model("m").address.url, named.model("m").address.api_key)


def test_a_host_of_the_file_goes_before_the_kind_of_that_name() -> None:
    named = registry('[hosts.openai]\napi_url = "http://h/v1"\n[models.m]\nhost = "openai"\nmodel_name = "m"')

    assert "http://h/v1" == named.model("m").address.url


@pytest.mark.parametrize("own", ['api_key = "sk-own"', 'api_key_env = "OWN_KEY"', 'api_key_file = "own"'])
def test_a_key_of_the_model_goes_before_that_of_its_host(own: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWN_KEY", " sk-own\n")
    (tmp_path / "own").write_text("sk-own\n", "utf-8")
    text = TEXT.replace('model_name = "qwen3:32b"', f'model_name = "qwen3:32b"\n{own}')

    assert "sk-own" == registry(text, str(tmp_path / "detent.toml")).model("big").address.api_key


def test_a_role_is_its_model_and_then_its_fallbacks_in_order() -> None:
    made = registry()

    assert ["House model", "llama3.1", "gpt-5-mini"] == [model.label for model in made.models("role:orchestrator")]
    assert ["gpt-5-mini", "House model", "llama3.1"] == [model.label for model in made.models("role:listed")]
    assert ["House model"] == [model.label for model in made.models("role:chat")]
    assert ["House model"] == [model.label for model in made.models("big")]
    assert made.models("role:orchestrator")[0] == made.model("role:orchestrator")


def test_what_there_is_is_listed_in_the_order_of_the_file() -> None:
    made = registry()

    assert (("house",), ("big", "mini", "old")) == (made.host_names, made.model_names)
    assert {"chat": ("big",), "listed": ("mini", "big", "old"), "orchestrator": ("big", "old", "mini")} == made.roles


def test_json_says_the_same() -> None:
    as_json = registry(json.dumps(tomllib.loads(TEXT)), "/etc/detent.json")

    assert registry().models("role:listed") == as_json.models("role:listed")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("bigg", "did you mean 'big'?"),
        ("chat", "did you mean 'role:chat'?"),
        ("role:chatt", "'role:chat'?"),
        ("zzz", "'zzz'; There"),
    ],
)
def test_a_name_that_is_not_there_is_told_what_there_is(name: str, meant: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        registry().models(name)

    assert meant in str(caught.value)
    assert str(caught.value).endswith("models: big, mini, old; roles: role:chat, role:listed, role:orchestrator")


def test_a_variable_that_is_not_set_is_named_when_the_model_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOUSE_KEY")
    made = registry()

    with pytest.raises(ConfigurationError) as caught:
        made.model("big")
    assert (
        "/etc/detent.toml:5: hosts.house.api_key_env: the environment variable HOUSE_KEY is not set, "
        "so the model 'big' can not be asked"
    ) == str(caught.value)
    assert "gpt-5-mini" == made.model("role:listed").name


@pytest.mark.parametrize(
    ("held", "said"), [(None, "can not be read: No such file"), (b" \n", "is empty"), (b"\xff", "no text")]
)
def test_a_key_file_that_holds_no_key_is_told_without_its_name(held: bytes | None, said: str, tmp_path: Path) -> None:
    if held is not None:
        (tmp_path / "sk-verysecret").write_bytes(held)
    text = '[models.m]\nhost = "openai"\nmodel_name = "m"\napi_key_file = "sk-verysecret"'

    with pytest.raises(ConfigurationError) as caught:
        registry(text, str(tmp_path / "detent.toml")).model("m")
    assert said in str(caught.value)
    assert "sk-verysecret" not in str(caught.value)


def test_a_key_file_may_be_in_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "key").write_text("sk-at-home", "utf-8")

    assert (
        "sk-at-home" == registry(TEXT.replace("api_key_env", "api_key_file").replace("HOUSE_KEY", "~/key")).model("big").api_key
    )


def test_a_key_in_the_file_works_and_is_warned_about() -> None:
    made = registry(TEXT.replace('api_key_env = "HOUSE_KEY"', 'api_key = "sk-written"'))

    assert "sk-written" == made.model("big").address.api_key
    assert ("/etc/detent.toml:5: hosts.house.api_key: the key stands in the file; better api_key_env or api_key_file",) == (
        made.warnings
    )
    assert () == registry().warnings


def test_no_key_is_shown_by_anything() -> None:
    text = TEXT.replace('api_key_env = "HOUSE_KEY"', 'api_key = "sk-written"').replace('"host" }', '"sk-header" }')
    made = registry(text)
    shown = [
        repr(made),
        str(made.warnings),
        repr(made.models("role:orchestrator")),
        *map(repr, map(made.about, made.model_names)),
    ]

    assert "sk-" not in "".join(shown)
    assert "in the configuration" == made.about("big").key


def test_what_can_be_shown_of_a_model_says_where_it_goes() -> None:
    told = registry().about("big")
    old = registry().about("old")

    assert ("House model", "house", "vllm", False, "http://house:8000/v1", "$HOUSE_KEY") == (
        told.label,
        told.host,
        told.host_type,
        told.guessed,
        told.url,
        told.key,
    )
    assert (None, "openwebui", True, "none") == (old.host, old.host_type, old.guessed, old.key)
    assert "a file" == registry(TEXT.replace("api_key_env", "api_key_file")).about("big").key
    with pytest.raises(ConfigurationError, match="no model or role is named 'role:chat'"):
        registry().about("role:chat")


def test_a_type_of_an_old_file_is_heeded() -> None:
    old = {"models": {"m": {"api_url": "http://h:1", "type": "vLLM", "model_name": "m", "label": None, "host_type": ""}}}

    assert "vllm" == registry(json.dumps(old), "old.json").model("m").profile.name


def test_a_file_is_read_from_its_path_and_remembers_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "detent.toml").write_text(TEXT.replace('api_key_env = "HOUSE_KEY"', 'api_key_file = "key"'), "utf-8")
    (tmp_path / "key").write_text("sk-beside", "utf-8")
    monkeypatch.chdir(tmp_path)
    made = Registry.load("detent.toml")
    monkeypatch.chdir("/")

    assert tmp_path / "detent.toml" == made.path
    assert "sk-beside" == made.model("big").address.api_key


def test_the_configuration_that_the_documentation_shows_is_one() -> None:
    page = (Path(__file__).parents[3] / "docs" / "registry.md").read_text("utf-8")
    shown = registry(page.split("```toml\n")[1].split("```")[0])

    assert {"chat": ("big",), "orchestrator": ("big", "small")} == shown.roles
    assert ("openwebui", "ollama") == (shown.model("big").profile.name, shown.model("small").profile.name)
