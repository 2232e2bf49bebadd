"""Host profiles: what is known of each kind of host, guessing one, changing one."""

from __future__ import annotations

import re
from typing import Any

import pytest

from detent import ConfigurationError, Model
from detent.machine.wire.address import resolve_url
from detent.machine.wire.host_profile import HostProfile, overridden
from detent.machine.wire.hosts import HOSTS, guess_host, host_named
from detent.states.judging.profile import Profile
from detent.states.messages import call_id

NAMES = """
openai azure openrouter litellm openwebui ollama lmstudio llamacpp vllm sglang groq together fireworks deepseek mistral gemini
anthropic bedrock xai moonshot dashscope zai cerebras nvidia huggingface portable
"""
ALL = NAMES.split()


def having(**fields: object) -> set[str]:
    """Return the names of the hosts with these fields."""
    return {name for name, host in HOSTS.items() if all(getattr(host, field) == value for field, value in fields.items())}


def test_these_hosts_are_known() -> None:
    assert sorted(ALL) == sorted(HOSTS)
    assert all(name == host.name for name, host in HOSTS.items())


def test_a_profile_is_what_the_judge_of_histories_reads() -> None:
    profiles: list[Profile] = list(HOSTS.values())

    assert 26 == len(profiles)


@pytest.mark.parametrize("name", ALL)
def test_our_own_ids_are_legal_at_every_host(name: str) -> None:
    assert re.fullmatch(HOSTS[name].id_pattern, call_id(0))
    assert re.fullmatch(HOSTS[name].id_pattern, call_id(36**5 - 1))


@pytest.mark.parametrize("name", ALL)
def test_every_host_knows_what_it_is_sent(name: str) -> None:
    host = HOSTS[name]

    assert HOSTS["portable"].roles <= host.roles
    assert HOSTS["portable"].call_keys <= host.call_keys
    assert all(keys <= host.keys[role] for role, keys in HOSTS["portable"].keys.items())
    assert host.reasoning_keys <= host.keys["assistant"] | host.call_keys
    sent = {"model", "messages", "tools", "tool_choice", "stream", host.reply_limit} | (
        {"stream_options"} if host.stream_usage else set()
    )
    assert host.body_keys is None or sent <= host.body_keys


@pytest.mark.parametrize("name", ALL)
def test_a_host_without_a_way_to_say_none_has_its_tools_left_out(name: str) -> None:
    host = HOSTS[name]

    assert "none" in host.tool_choices or (host.closing == "drop" and not host.sticky_tools)


def test_the_portable_profile_is_the_strictest_in_what_it_sends() -> None:
    portable = HOSTS["portable"]
    for name in sorted(set(ALL) - {"mistral"}):
        for host_id in ("call_abc-1", "x", "A" * 40):
            assert re.fullmatch(portable.id_pattern, host_id) and re.fullmatch(HOSTS[name].id_pattern, host_id), name

    assert ("forbidden", True, True) == (portable.reasoning, portable.single_system, portable.sticky_tools)


def test_mistral_wants_nine_letters_or_digits_and_a_word_before_the_user() -> None:
    """Code 3280: "must be a-z, A-Z, 0-9, with a length of 9"; code 3230: "Unexpected role 'user' after role 'tool'"."""
    mistral = HOSTS["mistral"]

    assert [True, False, False, False] == [
        bool(re.fullmatch(mistral.id_pattern, each)) for each in ("aB3aB3aB3", "aB3aB3aB", "aB3aB3aB3x", "aB3_B3aB3")
    ]
    assert (True, "drop", False, "forbidden") == (
        mistral.bridge_after_tool,
        mistral.closing,
        mistral.stream_usage,
        mistral.reasoning,
    )
    assert {"mistral"} == having(bridge_after_tool=True)
    assert {"mistral"} == having(stream_usage=False)


@pytest.mark.parametrize("name", ["vllm", "sglang", "moonshot"])
def test_the_ids_of_kimi_are_legal_where_it_is_served(name: str) -> None:
    assert re.fullmatch(HOSTS[name].id_pattern, "functions.get_weather:0")


def test_litellm_keeps_the_signature_of_gemini_in_an_id() -> None:
    assert re.fullmatch(HOSTS["litellm"].id_pattern, "call_1__thought__" + "Aa+/=" * 500)


@pytest.mark.parametrize("name", ["openai", "azure"])
def test_openai_takes_ids_of_at_most_forty_characters(name: str) -> None:
    """ "Expected a string with maximum length 40, but got a string with length 43 instead." """
    assert re.fullmatch(HOSTS[name].id_pattern, "x" * 40)
    assert not re.fullmatch(HOSTS[name].id_pattern, "x" * 41)


def test_reasoning_is_required_allowed_or_forbidden_as_the_hosts_say() -> None:
    assert {"deepseek", "moonshot"} == having(reasoning="required")
    assert {"groq", "cerebras", "mistral", "openai", "azure", "portable"} <= having(reasoning="forbidden")
    fields = {name: set(host.reasoning_keys) for name, host in HOSTS.items() if host.reasoning != "forbidden"}
    assert {"reasoning_content"} == fields["deepseek"] == fields["moonshot"] == fields["zai"]
    assert {"reasoning_details"} == fields["openrouter"]
    assert "thinking_blocks" in fields["litellm"]
    assert {"extra_content"} == fields["gemini"]
    assert {"extra_content"} == HOSTS["gemini"].call_echoes
    assert frozenset() == HOSTS["gemini"].message_echoes


def test_hosts_that_need_tools_while_there_are_calls_are_marked() -> None:
    """ "The toolConfig field must be defined when using toolUse and toolResult content blocks." """
    assert {"bedrock", "anthropic", "gemini", "portable", "openrouter", "litellm", "openwebui"} == having(sticky_tools=True)


def test_azure_takes_its_key_in_a_header_of_its_own() -> None:
    assert {"azure"} == having(key_header="api-key")


def test_open_webui_is_never_sent_what_makes_it_run_the_tools_itself() -> None:
    known = HOSTS["openwebui"].body_keys

    assert known is not None
    assert not known & {"id", "chat_id", "session_id", "tool_ids", "features"}


@pytest.mark.parametrize("name", ["deepseek", "moonshot", "dashscope", "zai", "ollama"])
def test_hosts_that_can_not_be_made_to_call_are_marked(name: str) -> None:
    assert "required" not in HOSTS[name].tool_choices


# --- guessing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (None, "openai"),
        ("https://api.openai.com/v1", "openai"),
        ("https://me.openai.azure.com/openai/v1/", "azure"),
        ("https://me.services.ai.azure.com/openai/v1", "azure"),
        ("https://openrouter.ai/api/v1", "openrouter"),
        ("http://proxy:4000", "litellm"),
        ("http://localhost:11434", "ollama"),
        ("http://localhost:1234/v1", "lmstudio"),
        ("http://gpu:30000/v1", "sglang"),
        ("https://api.groq.com/openai/v1", "groq"),
        ("https://api.together.ai/v1", "together"),
        ("https://api.fireworks.ai/inference/v1", "fireworks"),
        ("https://api.deepseek.com/v1", "deepseek"),
        ("https://api.mistral.ai/v1", "mistral"),
        ("https://generativelanguage.googleapis.com/v1beta/openai/", "gemini"),
        ("https://api.anthropic.com/v1/", "anthropic"),
        ("https://bedrock-runtime.eu-west-1.amazonaws.com/openai/v1", "bedrock"),
        ("https://bedrock-mantle.us-east-1.api.aws/v1", "bedrock"),
        ("https://api.x.ai/v1", "xai"),
        ("https://api.moonshot.cn/v1", "moonshot"),
        ("https://dashscope.aliyuncs.com/compatible-mode/v1", "dashscope"),
        ("https://api.z.ai/api/paas/v4", "zai"),
        ("https://api.cerebras.ai/v1", "cerebras"),
        ("https://integrate.api.nvidia.com/v1", "nvidia"),
        ("https://router.huggingface.co/v1", "huggingface"),
        ("http://localhost:8000/v1", "portable"),
        ("http://localhost:40001/v1", "portable"),
        ("https://llm.example/v1", "portable"),
    ],
)
def test_a_host_is_guessed_from_its_address(url: str | None, name: str) -> None:
    assert name == guess_host(url).name


@pytest.mark.parametrize("host", [host for host in HOSTS.values() if host.url], ids=lambda host: host.name)
def test_a_usual_address_is_settled_already_and_begins_a_shorter_one(host: HostProfile) -> None:
    assert host.url == resolve_url(None, host) == resolve_url(host.url, host)
    assert host.url == resolve_url((host.url or "").removesuffix(host.path), host)


@pytest.mark.parametrize(
    ("url", "name", "expected"),
    [
        ("https://openrouter.ai/api", "openrouter", "https://openrouter.ai/api/v1"),
        ("https://api.groq.com/openai/", "groq", "https://api.groq.com/openai/v1"),
        ("https://me.openai.azure.com", "azure", "https://me.openai.azure.com/openai/v1"),
        ("https://me.openai.azure.com/openai", "azure", "https://me.openai.azure.com/openai/v1"),
        ("https://api.z.ai", "zai", "https://api.z.ai/api/paas/v4"),
        ("https://api.deepseek.com/v1", "deepseek", "https://api.deepseek.com/v1"),
        ("http://h/v", "portable", "http://h/v"),
        ("http://h/other", "portable", "http://h/other"),
    ],
)
def test_the_beginning_of_a_hosts_path_is_completed_and_another_path_is_kept(url: str, name: str, expected: str) -> None:
    assert expected == resolve_url(url, HOSTS[name])


def test_an_address_with_a_query_is_refused_with_the_one_that_needs_none() -> None:
    with pytest.raises(ConfigurationError, match="/openai/v1 needs no api-version"):
        resolve_url("https://me.openai.azure.com/openai/deployments/x?api-version=2024-10-21", HOSTS["azure"])


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match=r"no host is named 'opnai'; known are .*\bopenai\b"):
        host_named("opnai")


# --- changing ------------------------------------------------------------------------------------


def test_single_fields_of_a_profile_can_be_replaced() -> None:
    changed = overridden(HOSTS["vllm"], {"bridge_after_tool": True, "body_keys": ["model"]})

    assert (True, frozenset({"model"}), "vllm") == (changed.bridge_after_tool, changed.body_keys, changed.name)
    assert HOSTS["vllm"] == overridden(HOSTS["vllm"], {})
    assert not HOSTS["vllm"].bridge_after_tool


def test_reasoning_keys_become_keys_of_the_message_unless_they_are_of_the_call() -> None:
    changed = overridden(HOSTS["openwebui"], {"reasoning": "allowed", "reasoning_keys": ["reasoning_content"]})
    of_calls = overridden(
        HOSTS["openwebui"],
        {"reasoning": "allowed", "reasoning_keys": {"extra_content"}, "call_keys": {"id", "type", "function", "extra_content"}},
    )

    assert {"reasoning_content"} == changed.message_echoes
    assert "reasoning_content" in changed.keys["assistant"]
    assert (frozenset(), frozenset({"extra_content"})) == (of_calls.message_echoes, of_calls.call_echoes)


def test_the_keys_of_one_role_can_be_replaced_alone() -> None:
    changed = overridden(HOSTS["portable"], {"keys": {"user": ["role", "content", "name"]}})

    assert {"role", "content", "name"} == changed.keys["user"]
    assert HOSTS["portable"].keys["tool"] == changed.keys["tool"]


def test_a_field_that_there_is_not_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match=r"no field 'bridge_after_tol'; known are name, url, .*\bbridge_after_tool\b"):
        Model("m", profile={"bridge_after_tol": True})


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("bridge_after_tool", "yes", "bridge_after_tool must be True or False, not 'yes'"),
        ("empty_content", "nil", "empty_content must be 'null' or 'empty' or 'absent', not 'nil'"),
        ("empty_content", ["null"], "empty_content must be"),
        ("reasoning", None, "reasoning must be 'required' or 'allowed' or 'forbidden', not None"),
        ("closing", "none ", "closing must be"),
        ("id_pattern", "(", "id_pattern must be a regular expression"),
        ("id_pattern", 3, "id_pattern must be a regular expression"),
        ("max_tools", 0, "max_tools must be a number above 0"),
        ("max_tools", True, "max_tools must be a number above 0"),
        ("reasoning_keys", "reasoning_content", "reasoning_keys must be a frozenset of texts, not 'reasoning_content'"),
        ("body_keys", 3, "body_keys must be a frozenset of texts or None"),
        ("body_keys", [3], "body_keys must be a frozenset of texts or None, not [3]"),
        ("roles", frozenset({3}), "roles must be a frozenset of texts"),
        ("keys", ["role"], "keys must be a mapping of roles to frozensets of texts"),
        ("keys", {"user": "role"}, "keys must be a mapping of roles to frozensets of texts"),
        ("path", None, "path must be a text"),
        ("unsigned_call", 3, "unsigned_call must be a text or None"),
    ],
)
def test_a_value_that_can_not_be_is_refused(field: str, value: Any, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        overridden(HOSTS["portable"], {field: value})

    assert message in str(caught.value)


def test_profiles_can_be_compared_and_hashed() -> None:
    assert 26 == len(set(HOSTS.values()))
    assert HOSTS["groq"] != overridden(HOSTS["groq"], {"keys": {"user": ["role"]}})
