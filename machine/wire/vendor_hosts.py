"""The vendors' own endpoints, for their own models."""

from __future__ import annotations

from typing import Final

from .host_keys import ANY_ID, COMMON_BODY, names
from .host_profile import PORTABLE_CALL_KEYS, PORTABLE_KEYS, PORTABLE_ROLES, HostProfile

__all__ = ["VENDORS"]

_OPENAI_KEYS: Final = {
    **{role: PORTABLE_KEYS[role] | {"name"} for role in ("system", "user")},
    "developer": PORTABLE_KEYS["system"] | {"name"},
    "assistant": PORTABLE_KEYS["assistant"] | {"name", "refusal", "audio"},
    "tool": PORTABLE_KEYS["tool"],
}
_OPENAI_BODY: Final = COMMON_BODY | names("""
    max_tokens max_completion_tokens stream_options logprobs top_logprobs logit_bias user reasoning_effort verbosity store
    metadata service_tier prediction modalities audio prompt_cache_key prompt_cache_retention safety_identifier
    web_search_options
""")

# "property 'store' is unsupported", says Groq.
_GROQ_BODY: Final = COMMON_BODY | names("""
    max_tokens max_completion_tokens stream_options user service_tier reasoning_effort reasoning_format include_reasoning
    logit_bias logprobs top_logprobs documents search_settings citation_options compound_custom disable_tool_validation
""")
_CEREBRAS_BODY: Final = COMMON_BODY | names("""
    max_tokens max_completion_tokens stream_options user logprobs top_logprobs logit_bias reasoning_effort service_tier
    prediction disable_reasoning clear_thinking reasoning_format
""")
# 422 `extra_forbidden` for store, max_completion_tokens and metadata; the seed is called `random_seed`.
_MISTRAL_BODY: Final = COMMON_BODY - {"seed"} | names("""
    max_tokens random_seed safe_prompt prompt_mode prediction reasoning_effort guardrails
""")

# Google's documented stand-in for the signature of a call that Gemini did not make; without one Gemini 3 answers 400
# "Function call is missing a thought_signature in functionCall parts".
_UNSIGNED: Final = '{"google":{"thought_signature":"skip_thought_signature_validator"}}'

VENDORS: Final = (
    HostProfile(
        name="openai",
        url="https://api.openai.com/v1",
        matches=r"//api\.openai\.com",
        roles=PORTABLE_ROLES | {"developer"},
        keys=_OPENAI_KEYS,
        id_pattern=r".{1,40}",  # "Expected a string with maximum length 40"
        single_system=False,
        sticky_tools=False,
        reply_limit="max_completion_tokens",
        body_keys=_OPENAI_BODY,
    ),
    HostProfile(
        name="azure",
        path="/openai/v1",
        matches=r"\.(openai|cognitiveservices)\.azure\.(com|us)|\.services\.ai\.azure\.com",
        key_header="api-key",
        roles=PORTABLE_ROLES | {"developer"},
        keys=_OPENAI_KEYS,
        id_pattern=r".{1,40}",
        single_system=False,
        sticky_tools=False,
        reply_limit="max_completion_tokens",
        body_keys=_OPENAI_BODY | {"data_sources"},
    ),
    HostProfile(
        name="groq",  # "property 'reasoning_content' is unsupported"
        url="https://api.groq.com/openai/v1",
        path="/openai/v1",
        matches=r"//api\.groq\.com",
        sticky_tools=False,
        reply_limit="max_completion_tokens",
        body_keys=_GROQ_BODY,
    ),
    HostProfile(
        name="deepseek",
        url="https://api.deepseek.com",
        path="",
        matches=r"//api\.deepseek\.com",
        id_pattern=ANY_ID,
        reasoning="required",  # "The `reasoning_content` in the thinking mode must be passed back to the API."
        reasoning_keys=names("reasoning_content"),
        tool_choices=names("none auto"),  # the reasoner refuses to be forced
        sticky_tools=False,
    ),
    HostProfile(
        name="mistral",
        dialect="mistral",
        url="https://api.mistral.ai/v1",
        matches=r"//api\.mistral\.ai",
        id_pattern=r"[a-zA-Z0-9]{9}",  # "must be a-z, A-Z, 0-9, with a length of 9", code 3280
        keys={**PORTABLE_KEYS, "tool": PORTABLE_KEYS["tool"] | {"name"}},
        bridge_after_tool=True,  # "Unexpected role 'user' after role 'tool'", code 3230
        sticky_tools=False,
        closing="drop",  # with `none` and tools the reply is garbled
        stream_usage=False,  # 422 `extra_forbidden`; the usage comes without being asked for
        body_keys=_MISTRAL_BODY,
    ),
    HostProfile(
        name="gemini",
        dialect="gemini",
        url="https://generativelanguage.googleapis.com/v1beta/openai",
        path="/v1beta/openai",
        matches=r"//generativelanguage\.googleapis\.com",
        id_pattern=ANY_ID,
        call_keys=PORTABLE_CALL_KEYS | {"extra_content"},
        reasoning="allowed",
        reasoning_keys=names("extra_content"),
        unsigned_call=_UNSIGNED,
    ),
    HostProfile(
        name="anthropic",  # thinking never comes back, so none goes there
        url="https://api.anthropic.com/v1",
        matches=r"//api\.anthropic\.com",
        models_path=None,
        id_pattern=r"[a-zA-Z0-9_-]{1,64}",  # "String should match pattern '^[a-zA-Z0-9_-]+$'"
    ),
    HostProfile(
        name="bedrock",  # "The toolConfig field must be defined when using toolUse and toolResult content blocks."
        path="/openai/v1",
        matches=r"//bedrock-(runtime|mantle)\.",
        models_path=None,
        id_pattern=r"[a-zA-Z0-9_-]{1,64}",
    ),
    HostProfile(name="xai", url="https://api.x.ai/v1", matches=r"//api\.x\.ai", sticky_tools=False),
    HostProfile(
        name="moonshot",
        dialect="moonshot",
        url="https://api.moonshot.ai/v1",
        matches=r"//api\.moonshot\.(ai|cn)",
        id_pattern=ANY_ID,
        reasoning="required",  # "thinking is enabled but reasoning_content is missing in assistant tool call message"
        reasoning_keys=names("reasoning_content"),
        tool_choices=names("none auto"),
        sticky_tools=False,
    ),
    HostProfile(
        name="dashscope",
        url="https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
        path="/compatible-mode/v1",
        matches=r"//dashscope[a-z-]*\.aliyuncs\.com",
        tool_choices=names("none auto named"),
        sticky_tools=False,
    ),
    HostProfile(
        name="zai",
        url="https://api.z.ai/api/paas/v4",
        path="/api/paas/v4",
        matches=r"//api\.z\.ai",
        models_path=None,
        reasoning="allowed",
        reasoning_keys=names("reasoning_content"),
        tool_choices=names("auto"),
        sticky_tools=False,
        closing="drop",
    ),
    HostProfile(
        name="cerebras",  # "property 'messages.2.assistant.reasoning_content' is unsupported", code wrong_api_format
        url="https://api.cerebras.ai/v1",
        matches=r"//api\.cerebras\.ai",
        sticky_tools=False,
        reply_limit="max_completion_tokens",
        body_keys=_CEREBRAS_BODY,
    ),
)
