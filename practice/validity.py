"""Which requests are refused, in OpenAI's words where they are known.  Pure: a request's body in, the first refusal out.

Strict on purpose: a history that passes here is one that hosts accept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from .calls import check_call, check_name
from .pairing import unpaired
from .refusal import Refusal, too_long, too_short
from .request import as_list, as_mapping, is_array, is_object

__all__ = ["MOST_TOOLS", "Refusal", "refusal"]

MOST_TOOLS = 128
LONGEST_TEXT = 10_485_760
_ROLES = ("developer", "system", "user", "assistant", "tool")
_PARTS = {"user": ("text", "image_url", "input_audio", "file"), "assistant": ("text", "refusal")}
_AN_IMAGE = "contains an image URL."
_SURROGATE = re.compile("[\ud800-\udfff]")
Messages: TypeAlias = list[Mapping[str, object]]
Check: TypeAlias = Callable[[Mapping[str, object]], Iterator[Refusal]]


def refusal(body: object) -> Refusal | None:
    """Return why *body*, any JSON, is refused as a chat-completions request; None when it is accepted."""
    if not is_object(body):
        return Refusal("The body must be a JSON object.", code="invalid_type")
    return next((one for check in CHECKS for one in check(as_mapping(body))), None)


def _messages(body: Mapping[str, object]) -> Messages:
    return [as_mapping(message) for message in as_list(body.get("messages"))]


def _has_messages(body: Mapping[str, object]) -> Iterator[Refusal]:
    """Check that there is a message, and that each has a role."""
    messages = body.get("messages")
    if messages is None:
        yield Refusal("'messages' is required", "messages", "missing_required_parameter")
    elif not is_array(messages):
        yield Refusal("Expected 'messages' to be an array", "messages", "invalid_type")
    elif not messages:
        yield Refusal(too_short("messages"), "messages", "empty_array")
    for at, message in enumerate(as_list(messages)):
        role = as_mapping(message).get("role")
        if role not in _ROLES:
            supported = ", ".join(f"'{one}'" for one in _ROLES)
            yield Refusal(
                f"Invalid value: {role!r}. Supported values are: {supported}.", f"messages.[{at}].role", "invalid_value"
            )


def _no_empty_calls(body: Mapping[str, object]) -> Iterator[Refusal]:
    """Check that `tool_calls`, where it stands, is a list with a call in it, and not beside the older `function_call`."""
    for at, message in enumerate(_messages(body)):
        where = f"messages[{at}].tool_calls"
        if message.get("tool_calls") == []:
            yield Refusal(too_short(where), where, "empty_array")
        elif "tool_calls" in message and not is_array(message["tool_calls"]):
            yield Refusal(f"Invalid type for '{where}': expected an array of objects.", where, "invalid_type")
        if message.get("function_call") is not None and "tool_calls" in message:
            yield Refusal(f"messages[{at}] has both 'function_call' and 'tool_calls'.", f"messages.[{at}]", "invalid_value")


def _has_content(body: Mapping[str, object]) -> Iterator[Refusal]:
    """Check that every message has a content; only an assistant's with calls may leave it out or null."""
    for at, message in enumerate(_messages(body)):
        content, where = message.get("content"), f"messages.[{at}].content"
        if content is None and not (message.get("role") == "assistant" and message.get("tool_calls")):
            yield Refusal("Invalid value for 'content': expected a string, got null.", where)
        elif content is not None and not isinstance(content, str | list):
            yield Refusal("Invalid value for 'content': expected a string.", where, "invalid_type")
        elif content == []:
            yield Refusal(too_short(f"messages[{at}].content"), where, "empty_array")
        yield from _parts(at, message)
        if isinstance(content, str) and len(content) > LONGEST_TEXT:
            yield Refusal(too_long(f"messages[{at}].content", LONGEST_TEXT, len(content)), where, "string_above_max_length")


def _parts(at: int, message: Mapping[str, object]) -> Iterator[Refusal]:
    role = str(message.get("role"))
    for part in as_list(message.get("content")):
        kind, where = as_mapping(part).get("type"), f"messages.[{at}].content"
        if kind == "image_url" and role != "user":
            told = f"Image URLs are only allowed for messages with role 'user', but this message with role '{role}' {_AN_IMAGE}"
            yield Refusal(f"Invalid 'messages[{at}]'. {told}", f"messages.[{at}]", "invalid_value")
        elif kind not in _PARTS.get(role, ("text",)) or (kind == "text" and not isinstance(as_mapping(part).get("text"), str)):
            yield Refusal(f"Invalid part in 'messages[{at}].content' of role '{role}'.", where, "invalid_value")


def _well_formed(body: Mapping[str, object]) -> Iterator[Refusal]:
    """Check that no text has a lone surrogate, not even in an escape inside a call's arguments."""
    for at, message in enumerate(_messages(body)):
        if _SURROGATE.search(json.dumps(message, ensure_ascii=False)) or _hidden(message):
            yield Refusal("The request body is not valid JSON: no low surrogate in string", f"messages.[{at}]", "invalid_value")


def _hidden(message: Mapping[str, object]) -> bool:
    """Whether the arguments of a call, once parsed, have a lone surrogate."""
    functions = [as_mapping(as_mapping(call).get("function")) for call in as_list(message.get("tool_calls"))]
    try:
        parsed = [json.loads(str(function.get("arguments"))) for function in functions]
    except (ValueError, RecursionError):
        return False
    return _SURROGATE.search(json.dumps(parsed, ensure_ascii=False)) is not None


def _calls_are_calls(body: Mapping[str, object]) -> Iterator[Refusal]:
    """Check that a call has an id, the type "function", a legal name and the text of one JSON object."""
    for at, message in enumerate(_messages(body)):
        if message.get("role") != "assistant" and "tool_calls" in message:
            yield Refusal(
                "'tool_calls' is only allowed for messages with role 'assistant'.",
                f"messages.[{at}].tool_calls",
                "invalid_value",
            )
        for number, call in enumerate(as_list(message.get("tool_calls"))):
            yield from check_call(f"messages[{at}].tool_calls[{number}]", as_mapping(call))


def _paired(body: Mapping[str, object]) -> Iterator[Refusal]:
    """Check that every call has exactly one result, right after its message, and every result its call."""
    yield from (Refusal(message, param, "invalid_value") for message, param in unpaired(_messages(body)))


def _tools(body: Mapping[str, object]) -> Iterator[Refusal]:
    """Check the tools: 1 to 128 functions, each with a legal name of its own and the schema of an object."""
    tools = body.get("tools")
    if "tools" in body and not is_array(tools):
        yield Refusal("Invalid type for 'tools': expected an array of objects.", "tools", "invalid_type")
    offered = as_list(tools)
    if tools == []:
        yield Refusal(too_short("tools"), "tools", "empty_array")
    if len(offered) > MOST_TOOLS:
        told = f"Expected an array with maximum length {MOST_TOOLS}, but got an array with length {len(offered)} instead."
        yield Refusal(f"Invalid 'tools': array too long. {told}", "tools", "array_above_max_length")
    for at, tool in enumerate(offered):
        function = as_mapping(as_mapping(tool).get("function"))
        if as_mapping(tool).get("type") != "function":
            yield Refusal(f"Invalid value for 'tools[{at}].type': expected 'function'.", f"tools[{at}].type", "invalid_value")
        yield from check_name(f"tools[{at}].function.name", function.get("name"))
        parameters = function.get("parameters", {"type": "object"})
        if not is_object(parameters) or (parameters and as_mapping(parameters).get("type") != "object"):
            told = f"Invalid schema for function '{function.get('name')}': schema must be a JSON Schema of 'type: \"object\"'."
            yield Refusal(told, f"tools[{at}].function.parameters", "invalid_function_parameters")
    names = [str(name) for name in _tool_names(body)]
    yield from (
        Refusal(f"Tool names must be unique: {name!r} is given twice.", "tools", "invalid_value") for name in _twice(names)
    )


def _tool_names(body: Mapping[str, object]) -> list[object]:
    return [as_mapping(as_mapping(tool).get("function")).get("name") for tool in as_list(body.get("tools"))]


def _twice(names: list[str]) -> list[str]:
    return [name for at, name in enumerate(names) if name in names[:at]]


def _choice(body: Mapping[str, object]) -> Iterator[Refusal]:
    """Check that `tool_choice` and `parallel_tool_calls` go with tools; a tool that is named is among them."""
    for key in ("tool_choice", "parallel_tool_calls"):
        if body.get(key) is not None and not body.get("tools"):
            yield Refusal(
                f"Invalid value for '{key}': '{key}' is only allowed when 'tools' are specified.", key, "invalid_value"
            )
    choice = body.get("tool_choice")
    named = as_mapping(as_mapping(choice).get("function")).get("name")
    if is_object(choice):
        if as_mapping(choice).get("type") != "function" or named not in _tool_names(body):
            yield Refusal(
                f"Invalid value for 'tool_choice': no tool named {named!r} in 'tools'.", "tool_choice", "invalid_value"
            )
    elif choice not in (None, "none", "auto", "required"):
        yield Refusal(
            f"Invalid value: {choice!r}. Supported values are: 'none', 'auto', and 'required'.", "tool_choice", "invalid_value"
        )


def _one_answer(body: Mapping[str, object]) -> Iterator[Refusal]:
    if body.get("n") not in (None, 1):
        yield Refusal("Invalid value for 'n': the practice endpoint gives one answer.", "n", "invalid_value")


CHECKS: tuple[Check, ...] = (
    _has_messages,
    _no_empty_calls,
    _has_content,
    _well_formed,
    _calls_are_calls,
    _paired,
    _tools,
    _choice,
    _one_answer,
)
