"""Kinds of OpenAI-compatible hosts, as data: where they listen and what they refuse.

A profile says only in what a host differs from the rest.  Sources: the hosts' own documentation and error texts, read
2026-11-20.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from attrs import frozen

from ...errors import ConfigurationError

__all__ = ["HOSTS", "HostProfile", "guess_host", "host_named", "resolve_url"]


@frozen(kw_only=True)
class HostProfile:
    """What is peculiar to one kind of host.

    *url* is the address when none is given; *path* is appended to an address that has none (for Open WebUI: to any that
    does not end in it).  *id_pattern* is what a call id must match; *empty_content* is how an assistant's message with
    calls and no text is written.  *bridge_after_tool*: a user's message may not follow a tool's result.  *closing* is how
    tools are switched off: `none` sends them with `tool_choice: "none"`, `drop` leaves them out.
    """

    name: str
    url: str | None = None
    path: str = "/v1"
    matches: str = r"(?!)"
    id_pattern: str = r"[A-Za-z0-9_-]{1,40}"
    empty_content: Literal["null", "empty"] = "null"
    bridge_after_tool: bool = False
    closing: Literal["none", "drop"] = "none"


_ANY_ID: Final = r".{1,256}"

HOSTS: Final[dict[str, HostProfile]] = {
    host.name: host
    for host in (
        HostProfile(name="portable"),
        HostProfile(name="openai", url="https://api.openai.com/v1", matches=r"//api\.openai\.com"),
        HostProfile(name="azure", path="/openai/v1", matches=r"\.openai\.azure\.com"),
        HostProfile(name="openrouter", url="https://openrouter.ai/api/v1", path="/api/v1", matches=r"//openrouter\.ai"),
        HostProfile(name="litellm", url="http://localhost:4000/v1", id_pattern=_ANY_ID, matches=r":4000(/|$)"),
        HostProfile(name="openwebui", url="http://localhost:3000/api", path="/api", matches=r"(?!)"),
        HostProfile(name="ollama", url="http://localhost:11434/v1", matches=r":11434(/|$)"),
        HostProfile(name="lmstudio", url="http://localhost:1234/v1", matches=r":1234(/|$)"),
        HostProfile(name="llamacpp", url="http://localhost:8080/v1"),
        HostProfile(name="vllm", url="http://localhost:8000/v1", id_pattern=_ANY_ID),
        HostProfile(name="sglang", url="http://localhost:30000/v1", id_pattern=_ANY_ID, matches=r":30000(/|$)"),
        HostProfile(name="groq", url="https://api.groq.com/openai/v1", path="/openai/v1", matches=r"//api\.groq\.com"),
        HostProfile(name="together", url="https://api.together.xyz/v1", matches=r"//api\.together\.(xyz|ai)"),
        HostProfile(
            name="fireworks", url="https://api.fireworks.ai/inference/v1", path="/inference/v1", matches=r"//api\.fireworks\.ai"
        ),
        HostProfile(name="deepseek", url="https://api.deepseek.com", path="", matches=r"//api\.deepseek\.com"),
        HostProfile(
            name="mistral",
            url="https://api.mistral.ai/v1",
            matches=r"//api\.mistral\.ai",
            id_pattern=r"[a-zA-Z0-9]{9}",
            bridge_after_tool=True,
            closing="drop",
        ),
        HostProfile(
            name="gemini",
            url="https://generativelanguage.googleapis.com/v1beta/openai",
            path="/v1beta/openai",
            matches=r"//generativelanguage\.googleapis\.com",
            id_pattern=_ANY_ID,
        ),
        HostProfile(name="anthropic", url="https://api.anthropic.com/v1", matches=r"//api\.anthropic\.com"),
        HostProfile(name="bedrock", path="/openai/v1", matches=r"//bedrock-runtime\."),
        HostProfile(name="xai", url="https://api.x.ai/v1", matches=r"//api\.x\.ai"),
        HostProfile(name="moonshot", url="https://api.moonshot.ai/v1", matches=r"//api\.moonshot\.", id_pattern=_ANY_ID),
        HostProfile(
            name="dashscope",
            url="https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
            path="/compatible-mode/v1",
            matches=r"//dashscope[a-z-]*\.aliyuncs\.com",
        ),
        HostProfile(name="zai", url="https://api.z.ai/api/paas/v4", path="/api/paas/v4", matches=r"//api\.z\.ai"),
        HostProfile(name="cerebras", url="https://api.cerebras.ai/v1", matches=r"//api\.cerebras\.ai"),
        HostProfile(name="nvidia", url="https://integrate.api.nvidia.com/v1", matches=r"//integrate\.api\.nvidia\.com"),
        HostProfile(name="huggingface", url="https://router.huggingface.co/v1", matches=r"//router\.huggingface\.co"),
    )
}


def host_named(name: str) -> HostProfile:
    """Return the profile of that name.  Raises `ConfigurationError`, which lists the names, when there is none."""
    try:
        return HOSTS[name]
    except KeyError:
        raise ConfigurationError(f"no host is named {name!r}; known are {', '.join(sorted(HOSTS))}") from None


def guess_host(url: str | None) -> HostProfile:
    """Return the profile whose addresses *url* looks like: `openai` for no address, `portable` for an unknown one."""
    if url is None:
        return HOSTS["openai"]
    return next((host for host in HOSTS.values() if re.search(host.matches, url)), HOSTS["portable"])


def resolve_url(url: str | None, host: HostProfile) -> str:
    """Return the base to which `/chat/completions` is appended.

    Trailing slashes and a trailing `/chat/completions` do not matter.  An address without a path gets the host's own;
    Open WebUI's gets `/api` unless it has it.  Raises `ConfigurationError` when there is no address, or not an http one.
    """
    given = host.url if url is None else url
    if not given:
        raise ConfigurationError(f"Model(base_url=...): a host of kind {host.name!r} has no usual address, give one")
    base = given.strip().rstrip("/").removesuffix("/chat/completions").rstrip("/")
    match = re.fullmatch(r"https?://[^/\s]+(/[^\s?#]*)?", base)
    if match is None:
        raise ConfigurationError(f"Model(base_url=...): an http or https address is wanted, not {url!r}")
    path = match.group(1) or ""
    if host.name == "openwebui":
        return base if re.search(r"/api(/v\d+)?$", path) else base + host.path
    return base if path else base + host.path
