"""How hosts word the refusal of what breaks a rule, by rule and by host; the first is the best known.

Source: error texts that hosts gave, as their users reported them, read 2026-11-20.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["WORDS"]

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "V1": {
        "deepseek": "unknown variant `developer`, expected one of `system`, `user`, `assistant`, `tool`, `latest_reminder`",
        "dashscope": "developer is not one of ['system', 'assistant', 'user', 'tool', 'function'] - 'messages.[6].role'",
        "vllm": "Unexpected message role.",
    },
    "V2": {
        "llamacpp": "Expected 'messages' to be an array",
        "mistral": "Conversation must have at least one message",
    },
    "V3": {
        "llamacpp": "All non-assistant messages must contain 'content'",
    },
    "V4": {
        "openai": "Invalid value for 'content': expected a string, got null.",
        "llamacpp": "Assistant message must contain either 'content' or 'tool_calls'!",
        "ollama": "invalid message content type: <nil>",
        "anthropic": "messages: text content blocks must be non-empty",
        "xai": "Invalid request content: Each message must have at least one content element.",
    },
    "V5": {
        "mistral": "Assistant message must have either content or tool_calls, but not both.",
    },
    "V6": {
        "openai": "empty array. Expected an array with minimum length 1, but got an empty array instead.",
        "dashscope": "[] is too short - 'tools'",
    },
    "V7": {
        "mistral": "extra_forbidden",
    },
    "V8": {
        "groq": "'messages.2' : for 'role:user' the following must be satisfied[('messages.2' : property 'timestamp' "
        "is unsupported)]",
        "mistral": "extra_forbidden",
    },
    "V9": {
        "openai": "Image URLs are only allowed for messages with role 'user', but this message with role 'tool' "
        "contains an image URL.",
    },
    "V10": {
        "deepseek": "lone leading surrogate in hex escape",
        "anthropic": "The request body is not valid JSON: no low surrogate in string",
    },
    "V11": {
        "openai": "string_above_max_length",
    },
    "V13": {
        "openai": "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
        "'tool_call_id'. The following tool_call_ids did not have response messages: ...",
        "deepseek": "(insufficient tool messages following tool_calls message)",
        "mistral": "Not the same number of function calls and responses",
        "anthropic": "`tool_use` ids were found without `tool_result` blocks immediately after: ...",
        "gemini": "Please ensure that the number of function response parts is equal to the number of function call "
        "parts of the function call turn.",
        "dashscope": '<400> InternalError.Algo.InvalidParameter: An assistant message with "tool_calls" must be followed '
        "by tool messages ...",
    },
    "V14": {
        "openai": "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
        "deepseek": "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'",
        "mistral": "Unexpected role 'tool' after role 'user'",
    },
    "V15": {
        "mistral": "Unexpected tool call id ... in tool results",
    },
    "V16": {
        "openai": "Invalid parameter: Duplicate value for 'tool_call_id' of 'call_...', in messages[7] and messages[8].",
        "mistral": "Duplicate tool call id ... in assistant message",
    },
    "V18": {
        "openai": "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'.",
        "mistral": "Unexpected role 'user' after role 'tool'",
    },
    "V19": {
        "openai": "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
        "'tool_call_id'. The following tool_call_ids did not have response messages: ...",
        "mistral": "Not the same number of function calls and responses",
    },
    "V22": {
        "vllm": "System message must be at the beginning.",
    },
    "V23": {
        "vllm": "Conversation roles must alternate user/assistant/user/assistant/...",
    },
    "V24": {
        "mistral": "Unexpected role 'user' after role 'tool'",
    },
    "V25": {
        "mistral": "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant",
        "anthropic": "This model does not support assistant message prefill. The conversation must end with a user message.",
        "llamacpp": "Assistant response prefill is incompatible with enable_thinking.",
    },
    "V26": {
        "mistral": "Conversation must start with a user message or system message",
    },
    "V29": {
        "openai": "Invalid 'messages[2].tool_calls[0].id': string too long. Expected a string with maximum length 40, "
        "but got a string with length 43 instead.",
        "anthropic": "String should match pattern '^[a-zA-Z0-9_-]+$'",
        "mistral": "Tool call id was ... but must be a-z, A-Z, 0-9, with a length of 9.",
    },
    "V30": {
        "openai": "Invalid 'messages[9].tool_calls[0].function.name': string does not match pattern. Expected a string "
        "that matches the pattern '^[a-zA-Z0-9_-]+$'.",
    },
    "V31": {
        "llamacpp": "Failed to parse tool call arguments as JSON: ...",
        "vllm": "Expecting ',' delimiter: line 1 column 54",
        "ollama": "invalid tool call arguments",
    },
    "V33": {
        "openai": "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with "
        "length 129 instead.",
        "mistral": "Invalid tool schema: ...",
    },
    "V34": {
        "openai": "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified.",
    },
    "V35": {
        "bedrock": "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
    },
    "V40": {
        "groq": "property 'store' is unsupported",
        "mistral": "extra_forbidden",
    },
    "V41": {
        "deepseek": "The `reasoning_content` in the thinking mode must be passed back to the API.",
        "moonshot": "thinking is enabled but reasoning_content is missing in assistant tool call message at index 2",
    },
    "V47": {
        "groq": "'messages.2' : for 'role:assistant' the following must be satisfied[('messages.2' : property "
        "'reasoning_content' is unsupported)]",
        "cerebras": "property 'messages.2.assistant.reasoning_content' is unsupported",
        "mistral": "extra_forbidden",
    },
}
