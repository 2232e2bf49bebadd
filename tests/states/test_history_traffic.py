"""The judge on requests that were really sent: what hosts answered, it should hardly refuse."""

from __future__ import annotations

import functools
import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest

from detent.machine.wire import HOSTS
from detent.states.history import PORTABLE, Profile, judge, judge_request, repair, window

RECORDED = Path(__file__).parents[1] / "data" / "traffic" / "traffic.jsonl.gz"

HOST_OF = {
    "alibaba": "dashscope",
    "anthropic-compat": "anthropic",
    "azure-ai": "azure",
    "bedrock-mantle": "bedrock",
    "copilot": "openai",
    "gemini-compat": "gemini",
    "litellm-proxy": "litellm",
    "ollama-cloud": "ollama",
}
"""Providers of the recordings that are a kind of host under another name."""


@functools.cache
def recorded() -> tuple[dict[str, Any], ...]:
    with gzip.open(RECORDED, "rt", encoding="utf-8") as lines:
        return tuple(exchange for exchange in map(json.loads, lines) if exchange["request"] is not None)


def profile_of(exchange: dict[str, Any]) -> Profile | None:
    provider: str = exchange["provider"]
    host = HOSTS.get(HOST_OF.get(provider, provider))
    return None if host is None else cast("Profile", host)


def was_taken(exchange: dict[str, Any]) -> bool:
    return bool(exchange["status"] < 300)


def test_the_requests_are_there() -> None:
    assert 2106 == len(recorded())


@pytest.mark.parametrize("name", HOSTS)
def test_every_recorded_request_is_judged_at_every_host(name: str) -> None:
    profile = cast("Profile", HOSTS[name])
    for exchange in recorded():
        for finding in judge_request(exchange["request"], profile):
            assert finding.index is None or 0 <= finding.index < len(exchange["request"]["messages"])


def test_every_recorded_history_is_valid_once_it_is_repaired() -> None:
    for exchange in recorded():
        messages = exchange["request"]["messages"]
        repaired, changes = repair(messages)

        assert [] == judge(repaired), exchange["id"]
        assert (repaired, ()) == repair(repaired), exchange["id"]
        assert bool(judge(messages)) is bool(changes), exchange["id"]
        assert changes or repaired == messages, exchange["id"]


def test_a_repair_keeps_every_text_and_every_result_of_a_recorded_history() -> None:
    for exchange in recorded():
        kept = json.dumps(repair(exchange["request"]["messages"])[0])
        for message in exchange["request"]["messages"]:
            content = message.get("content")
            texts = [part.get("text") for part in content] if isinstance(content, list) else [content]
            for text in texts:
                assert not isinstance(text, str) or not text.strip() or json.dumps(text)[1:-1] in kept, exchange["id"]


@pytest.mark.parametrize("keep", [0, 1, 3, 8])
def test_every_recorded_valid_history_has_a_valid_window(keep: int) -> None:
    for exchange in recorded():
        if not judge(exchange["request"]["messages"]):
            assert [] == judge(window(exchange["request"]["messages"], keep)), exchange["id"]


REFUSED_THOUGH_TAKEN: dict[str, dict[str, int]] = {
    "azure": {"V7": 2, "V8": 2},
    "deepseek": {"V26": 1, "V36": 3, "V41": 10, "V8": 11},
    "groq": {"V29": 2, "V31": 4},
    "huggingface": {"V36": 1, "V6": 4, "V8": 6},
    "llamacpp": {"V26": 1},
    "mistral": {"V24": 5, "V26": 4, "V29": 9, "V33": 10, "V34": 1, "V36": 33, "V4": 2, "V40": 2, "V6": 1, "V8": 22},
    "ollama": {"V13": 1, "V19": 1, "V26": 1, "V47": 20, "V8": 5},
    "openai": {"V25": 33, "V26": 11, "V31": 1, "V33": 1, "V4": 1, "V40": 7, "V5": 1, "V7": 5, "V8": 79},
    "openrouter": {"V1": 14, "V25": 2, "V26": 3, "V29": 6, "V33": 6, "V35": 3, "V37": 2, "V4": 1, "V47": 4, "V5": 1, "V8": 40},
    "xai": {"V47": 2},
    "zai": {"V36": 2},
}
"""Findings in requests that were answered, by host and rule; a sentence each in `WHY`."""

WHY = {
    "V1": "OpenRouter takes `developer` for the models of OpenAI that are behind it",
    "V4": "OpenAI and OpenRouter took an answer without a text; two lists without parts were taken by Mistral",
    "V5": "the same answers",
    "V6": "Hugging Face takes `tools: []`, and Mistral took `tool_calls: []` once",
    "V7": "OpenAI takes its own `refusal: null` back",
    "V8": "keys that do no harm there: `name` in results, `annotations`, `index` in calls, `prefix`, `cache_control`",
    "V13": "one history with a call that has no result, which Ollama does not mind",
    "V19": "the same history",
    "V24": "Mistral is reported to refuse it, and did not here",
    "V25": "OpenAI and OpenRouter go on from an answer",
    "V26": "histories that begin with an answer or a call: few hosts mind",
    "V29": "ids that the recorder redacted, and ids such as `functions.add:0` of other hosts",
    "V31": "Groq took arguments of `null`, OpenAI took some that are no JSON: a Llama template would not",
    "V33": "tools of the host's own, such as a connector or a web search",
    "V34": "Mistral took `tool_choice` without tools once",
    "V35": "OpenRouter has models behind it for which it is no rule",
    "V36": "`any` is Mistral's own word; DeepSeek and Z.AI took more than their thinking models do; a form without a type",
    "V37": "two strict schemas through OpenRouter, whose host does not know `strict`",
    "V40": "parameters beyond the list",
    "V41": "DeepSeek's models that do not think need no reasoning",
    "V47": "Ollama, OpenRouter and xAI take reasoning under more names than they give it",
}


def refused_though_taken() -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = {}
    for exchange in recorded():
        profile = profile_of(exchange)
        if profile is not None and was_taken(exchange):
            found.setdefault(profile.name, Counter()).update(
                finding.rule for finding in judge_request(exchange["request"], profile)
            )
    return {host: dict(sorted(rules.items())) for host, rules in sorted(found.items()) if rules}


def test_what_a_host_took_is_hardly_refused_with_its_own_profile() -> None:
    found = refused_though_taken()

    assert REFUSED_THOUGH_TAKEN == found
    assert set(WHY) == {rule for rules in found.values() for rule in rules}


def test_most_requests_that_were_taken_have_no_finding_at_all() -> None:
    judged = [(exchange, profile) for exchange in recorded() if was_taken(exchange) and (profile := profile_of(exchange))]
    clean = sum(not judge_request(exchange["request"], profile) for exchange, profile in judged)

    assert (1885, 1604) == (len(judged), clean)


def test_the_portable_rules_refuse_more_than_any_host_for_they_are_those_of_all() -> None:
    portable = sum(bool(judge(exchange["request"]["messages"], PORTABLE)) for exchange in recorded() if was_taken(exchange))

    assert 573 == portable
