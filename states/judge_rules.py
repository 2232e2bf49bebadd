"""The rules by name: what each asks for, and how hosts word the refusal of what breaks it.

Source of the wordings: error texts that hosts gave, as their users reported them, read 2026-11-20.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

__all__ = ["RULES", "Rule"]


@frozen
class Rule:
    """One rule: its *name*, what it *asks* for in a sentence, and how hosts *word* it, by the host's name."""

    name: str
    asks: str
    word: Mapping[str, str] = field(factory=dict[str, str], hash=False)

    def worded(self, host: str) -> str:
        """Return `host: "text"`: the words of *host* where they are known, else of another; empty where of none are."""
        said = host if host in self.word else next(iter(self.word), "")
        return f"{said}: {self.word[said]}" if said else ""


_ALL: Final = (
    Rule(
        "V1",
        "The role of a message is one the host knows; `system`, `user`, `assistant` and `tool` everywhere.",
        {
            "deepseek": "unknown variant `developer`, expected one of `system`, `user`, `assistant`, `tool`, `latest_reminder`",
            "dashscope": "developer is not one of ['system', 'assistant', 'user', 'tool', 'function'] - 'messages.[6].role'",
            "vllm": "Unexpected message role.",
        },
    ),
    Rule(
        "V2",
        "The messages are an array of objects; a request has at least one.",
        {
            "llamacpp": "Expected 'messages' to be an array",
            "mistral": "Conversation must have at least one message",
        },
    ),
    Rule(
        "V3",
        "Every message but the assistant's has `content`, and it is a text, be it an empty one.",
        {"llamacpp": "All non-assistant messages must contain 'content'"},
    ),
    Rule(
        "V4",
        "The assistant's `content` is a text; null where there are only calls.",
        {
            "openai": "Invalid value for 'content': expected a string, got null.",
            "llamacpp": "Assistant message must contain either 'content' or 'tool_calls'!",
            "ollama": "invalid message content type: <nil>",
            "anthropic": "messages: text content blocks must be non-empty",
            "xai": "Invalid request content: Each message must have at least one content element.",
        },
    ),
    Rule(
        "V5",
        "An assistant's message has a text or calls (older tokenizers: not both).",
        {"mistral": "Assistant message must have either content or tool_calls, but not both."},
    ),
    Rule(
        "V6",
        "`tool_calls` and `tools` are left out rather than empty.",
        {
            "openai": "Invalid 'messages[18].tool_calls': empty array. Expected an array with minimum length 1, but got an empty "
            "array instead.",
            "dashscope": "[] is too short - 'tools'",
        },
    ),
    Rule(
        "V7",
        "A key without a value is left out rather than null; only the assistant's `content` may be null.",
        {"mistral": "extra_forbidden"},
    ),
    Rule(
        "V8",
        "Messages and calls have no keys but those the host knows.",
        {
            "groq": "'messages.2' : for 'role:user' the following must be satisfied[('messages.2' : property 'timestamp' is "
            "unsupported)]",
            "mistral": "extra_forbidden",
        },
    ),
    Rule(
        "V9",
        "Lists of parts hold at least one part, each with a type; anything but text only where the user speaks.",
        {
            "openai": "Image URLs are only allowed for messages with role 'user', but this message with role 'tool' contains an "
            "image URL.",
        },
    ),
    Rule(
        "V10",
        "Every text is well-formed Unicode: no lone surrogate, no NUL, not even inside the arguments of a call.",
        {
            "deepseek": "lone leading surrogate in hex escape",
            "anthropic": "The request body is not valid JSON: no low surrogate in string",
        },
    ),
    Rule(
        "V11",
        "No text is longer than 10,485,760 characters, no part nested deeper than 100 levels.",
        {"openai": "string_above_max_length"},
    ),
    Rule("V12", "The `name` of a message, where it may have one, is made of letters, digits, `_` and `-`."),
    Rule(
        "V13",
        "Every call is answered by a result before the next turn.",
        {
            "openai": "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
            "'tool_call_id'. The following tool_call_ids did not have response messages: ...",
            "deepseek": "(insufficient tool messages following tool_calls message)",
            "mistral": "Not the same number of function calls and responses",
            "anthropic": "`tool_use` ids were found without `tool_result` blocks immediately after: ...",
            "gemini": "Please ensure that the number of function response parts is equal to the number of function call parts of "
            "the function call turn.",
            "dashscope": '<400> InternalError.Algo.InvalidParameter: An assistant message with "tool_calls" must be followed by '
            "tool messages ...",
        },
    ),
    Rule(
        "V14",
        "A result follows the message that made its call, or another result of it.",
        {
            "openai": "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
            "deepseek": "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'",
            "mistral": "Unexpected role 'tool' after role 'user'",
        },
    ),
    Rule(
        "V15",
        "The `tool_call_id` of a result names a call of its own group.",
        {"mistral": "Unexpected tool call id ... in tool results"},
    ),
    Rule(
        "V16",
        "An id names one call and one result of the whole history.",
        {
            "openai": "Invalid parameter: Duplicate value for 'tool_call_id' of 'call_...', in messages[7] and messages[8].",
            "mistral": "Duplicate tool call id ... in assistant message",
        },
    ),
    Rule("V17", "The results of a message stand in the order of its calls: some hosts match them by position."),
    Rule(
        "V18",
        "Nothing stands between calls and their results.",
        {
            "openai": "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'.",
            "mistral": "Unexpected role 'user' after role 'tool'",
        },
    ),
    Rule(
        "V19",
        "The history does not end with calls that have no results.",
        {
            "openai": "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
            "'tool_call_id'. The following tool_call_ids did not have response messages: ...",
            "mistral": "Not the same number of function calls and responses",
        },
    ),
    Rule(
        "V22",
        "There is one system message at most, and it is the first message.",
        {"vllm": "System message must be at the beginning."},
    ),
    Rule(
        "V23",
        "User and assistant take turns (templates of older models).",
        {"vllm": "Conversation roles must alternate user/assistant/user/assistant/..."},
    ),
    Rule("V24", "The user does not speak directly after a result.", {"mistral": "Unexpected role 'user' after role 'tool'"}),
    Rule(
        "V25",
        "A request ends with the user or with a result.",
        {
            "mistral": "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant",
            "anthropic": "This model does not support assistant message prefill. The conversation must end with a user message.",
            "llamacpp": "Assistant response prefill is incompatible with enable_thinking.",
        },
    ),
    Rule(
        "V26",
        "After the system message the user speaks first.",
        {"mistral": "Conversation must start with a user message or system message"},
    ),
    Rule("V28", 'A call is `{"id", "type": "function", "function": {"name", "arguments"}}`, nothing missing.'),
    Rule(
        "V29",
        "A call's id is of the form the host asks for; nine letters and digits will do nearly everywhere.",
        {
            "openai": "Invalid 'messages[2].tool_calls[0].id': string too long. Expected a string with maximum length 40, but got a "
            "string with length 43 instead.",
            "anthropic": "String should match pattern '^[a-zA-Z0-9_-]+$'",
            "mistral": "Tool call id was ... but must be a-z, A-Z, 0-9, with a length of 9.",
        },
    ),
    Rule(
        "V30",
        "The name of a function is 1 to 64 letters, digits, `_` and `-`, in the history too.",
        {
            "openai": "Invalid 'messages[9].tool_calls[0].function.name': string does not match pattern. Expected a string that "
            "matches the pattern '^[a-zA-Z0-9_-]+$'.",
        },
    ),
    Rule(
        "V31",
        "The arguments of a call are a text, and the text is one JSON object, each key once.",
        {
            "llamacpp": "Failed to parse tool call arguments as JSON: ...",
            "vllm": "Expecting ',' delimiter: line 1 column 54",
            "ollama": "invalid tool call arguments",
        },
    ),
    Rule("V32", "`tool_calls` stands in place of the old `function_call`."),
    Rule(
        "V33",
        "Tools are of type `function`, no more than the host takes, each named differently, with the schema of an object.",
        {
            "openai": "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length 129 "
            "instead.",
            "mistral": "Invalid tool schema: ...",
        },
    ),
    Rule(
        "V34",
        "`tool_choice` and `parallel_tool_calls` come with tools only.",
        {
            "openai": "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified.",
        },
    ),
    Rule(
        "V35",
        "While the history has calls, the request has tools.",
        {"bedrock": "The toolConfig field must be defined when using toolUse and toolResult content blocks."},
    ),
    Rule("V36", "`tool_choice` has a value that the host knows; a named function is one of the tools."),
    Rule("V37", "The schema of a tool that is `strict` keeps to the part of JSON Schema that strict tools may use."),
    Rule(
        "V40",
        "The body has no keys but those the host knows, and asks for one answer.",
        {"groq": "property 'store' is unsupported", "mistral": "extra_forbidden"},
    ),
    Rule(
        "V41",
        "Where the host asks for it, a message with calls has the reasoning it came with.",
        {
            "deepseek": "The `reasoning_content` in the thinking mode must be passed back to the API.",
            "moonshot": "thinking is enabled but reasoning_content is missing in assistant tool call message at index 2",
        },
    ),
    Rule(
        "V47",
        "Where the host refuses it, no reasoning is sent back.",
        {
            "groq": "'messages.2' : for 'role:assistant' the following must be satisfied[('messages.2' : property "
            "'reasoning_content' is unsupported)]",
            "cerebras": "property 'messages.2.assistant.reasoning_content' is unsupported",
            "mistral": "extra_forbidden",
        },
    ),
)

RULES: Final[Mapping[str, Rule]] = {rule.name: rule for rule in _ALL}
"""Every rule that a finding can name, in order."""
