"""Servers that one runs oneself, gateways to many vendors, and hosts of everybody's open models."""

from __future__ import annotations

from typing import Final

from .host_keys import ANY_ID, COMMON_BODY, names
from .host_profile import HostProfile

__all__ = ["SERVED"]

# With chat_id, id, session_id, tool_ids or features in the body the server runs tools itself and answers with task ids.
_OPENWEBUI_BODY: Final = COMMON_BODY | names("""
    max_tokens max_completion_tokens stream_options logprobs top_logprobs logit_bias user reasoning_effort top_k min_p
    repeat_penalty num_ctx num_predict keep_alive think format options chat_template_kwargs files
""")

SERVED: Final = (
    HostProfile(
        name="openrouter",
        url="https://openrouter.ai/api/v1",
        path="/api/v1",
        matches=r"//openrouter\.ai",
        single_system=False,
        reasoning="allowed",
        reasoning_keys=names("reasoning_details"),  # the array unmodified and in order
    ),
    HostProfile(
        name="litellm",
        url="http://localhost:4000/v1",
        matches=r":4000(/|$)",
        id_pattern=ANY_ID,
        reasoning="allowed",
        reasoning_keys=names("thinking_blocks reasoning_content"),
    ),
    HostProfile(name="openwebui", url="http://localhost:3000/api", path="/api", body_keys=_OPENWEBUI_BODY),
    HostProfile(
        name="ollama",
        url="http://localhost:11434/v1",
        matches=r":11434(/|$)",
        id_pattern=ANY_ID,
        reasoning="allowed",
        reasoning_keys=names("reasoning"),
        tool_choices=names("auto"),  # it ignores `tool_choice`, so only leaving the tools out switches them off
        sticky_tools=False,
        closing="drop",
    ),
    HostProfile(name="lmstudio", url="http://localhost:1234/v1", matches=r":1234(/|$)", id_pattern=ANY_ID, sticky_tools=False),
    HostProfile(
        name="llamacpp",
        url="http://localhost:8080/v1",
        id_pattern=ANY_ID,
        reasoning="allowed",
        reasoning_keys=names("reasoning_content"),
        sticky_tools=False,
    ),
    HostProfile(
        name="vllm",
        url="http://localhost:8000/v1",
        id_pattern=ANY_ID,
        reasoning="allowed",
        reasoning_keys=names("reasoning_content reasoning"),
        sticky_tools=False,
    ),
    HostProfile(
        name="sglang",
        url="http://localhost:30000/v1",
        matches=r":30000(/|$)",
        id_pattern=ANY_ID,
        reasoning="allowed",
        reasoning_keys=names("reasoning_content"),
        sticky_tools=False,
    ),
    HostProfile(
        name="together",
        url="https://api.together.xyz/v1",
        matches=r"//api\.together\.(xyz|ai)",
        id_pattern=ANY_ID,
        models_shape="list",
        sticky_tools=False,
    ),
    HostProfile(
        name="fireworks",
        url="https://api.fireworks.ai/inference/v1",
        path="/inference/v1",
        matches=r"//api\.fireworks\.ai",
        id_pattern=ANY_ID,
        reasoning="allowed",
        reasoning_keys=names("reasoning_content"),
        sticky_tools=False,
    ),
    HostProfile(
        name="nvidia",
        url="https://integrate.api.nvidia.com/v1",
        matches=r"//integrate\.api\.nvidia\.com",
        id_pattern=ANY_ID,
        sticky_tools=False,
    ),
    HostProfile(
        name="huggingface",
        url="https://router.huggingface.co/v1",
        matches=r"//router\.huggingface\.co",
        id_pattern=ANY_ID,
        sticky_tools=False,
    ),
)
