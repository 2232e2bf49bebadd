"""Calls written as text: told from prose and from code that was asked for."""

# ruff: noqa: E501  # the texts are as models write them

from __future__ import annotations

import pytest

from detent.machine.wire.written import written_call

OFFERED = frozenset({"look", "get_weather"})

WRITTEN = {
    "Hermes": '<tool_call>\n{"name": "look", "arguments": {"x": 1}}\n</tool_call>',
    "Hermes, after words": 'I will look.\n<tool_call>\n{"name": "look", "arguments": {}}\n</tool_call>',
    "Hermes, cut": '<tool_call>\n{"name": "look", "argum',
    "Hermes, and an answer made up behind it": '<tool_call>{"name": "look", "arguments": {}}</tool_call>\nI see a dog.',
    "Qwen coder": "<tool_call>\n<function=look>\n<parameter=x>\n1\n</parameter>\n</function>\n</tool_call>",
    "GLM": "<tool_call>look\n<arg_key>x</arg_key>\n<arg_value>1</arg_value>\n</tool_call>",
    "Kimi": '<|tool_calls_section_begin|><|tool_call_begin|>functions.look:0<|tool_call_argument_begin|>{"x":1}',
    "DeepSeek": "<\uff5ctool\u2581calls\u2581begin\uff5c><\uff5ctool\u2581call\u2581begin\uff5c>function<\uff5ctool\u2581sep\uff5c>look",
    "Llama 3.1": '<function=look>{"x": 1}</function>',
    "Llama 3 JSON": '<|python_tag|>{"name": "look", "parameters": {}}',
    "Llama 3.2": '[look(x="1")]',
    "Mistral": '[TOOL_CALLS][{"name": "look", "arguments": {}}]',
    "functools": 'functools[{"name": "look", "arguments": {"x": 1}}]',
    "harmony": '<|channel|>commentary to=functions.look <|message|>{"x":1}',
    "harmony, tokens lost": 'assistantcommentary to=functions.look json{"x":1}',
    "invoke": '<function_calls>\n<invoke name="get_weather">\n</invoke>\n</function_calls>',
    "Gemma": "```tool_code\nlook(x=1)\n```",
    "bare": '{"name": "look", "parameters": {"x": 1}}',
    "bare, after words": 'Let me look.\n\n{"name": "look", "arguments": {"x": 1}}',
    "bare, with its type": '{"type": "function", "function": {"name": "look", "arguments": "{}"}}',
    "bare, several": '[{"name": "look", "arguments": {}}, {"name": "get_weather", "arguments": {}}]',
    "as in a message": '{"tool_calls": [{"id": "1", "type": "function", "function": {"name": "look", "arguments": "{}"}}]}',
    "ReAct": '{"action": "look", "action_input": {"x": 1}}',
    "fenced": '```json\n{"name": "look", "arguments": {"x": 1}}\n```',
    "fenced, after words": 'I will call it:\n```json\n{"name": "functions.look", "arguments": {"x": 1}}\n```\n',
    "fenced markup": '```\n<tool_call>{"name": "look", "arguments": {}}</tool_call>\n```',
}

PROSE = {
    "an answer": "It is 4 degrees in Oslo (and it rains).",
    "an answer with a name": "I used get_weather(city) and look at the result: {4 degrees}.",
    "an answer in JSON": '{"city": "Oslo", "degrees": 4}',
    "a person in JSON": '{"name": "look", "age": 4}',
    "a tool that was not offered": '{"name": "delete_all", "arguments": {"x": 1}}',
    "fenced, not offered": '```json\n{"name": "delete_all", "arguments": {}}\n```',
    "an example in the middle": 'A call looks so:\n```json\n{"name": "look", "arguments": {}}\n```\nThe host sends it as JSON.',
    "two examples": '```json\n{"name": "look", "arguments": {}}\n```\nor\n```json\n{"name": "look", "arguments": {"x": 1}}\n```',
    "a program": '```python\nresult = look(x=1)\nprint({"name": "look", "arguments": result})\n```',
    "a schema": '```json\n{"name": "look", "description": "Look.", "parameters": {"type": "object"}, "strict": true, "x": 1}\n```',
    "a tag in back ticks": "Models write `<tool_call>{...}</tool_call>` around a call.",
    "a tag in a sentence": "The <tool_call> tag holds JSON such as {}.",
    "markup in an example": 'In Hermes it is:\n```xml\n<tool_call>\n{"name": "look", "arguments": {}}\n</tool_call>\n```\nThat is all.',
    "a list": "[look]",
    "HTML": '<p class="x">Hello {name}</p>',
    "shell": '```sh\ncurl -d \'{"name": "x"}\' localhost\n```',
    "a word": "assistant",
    "to=": "The form is to=functions.name in harmony.",
    "tool code of something else": "```tool_code\nprint(1)\n```",
    "cut JSON": '{"name": "look", "argu',
    "deep": "[" * 5000,
    "empty": "",
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN.keys())
def test_a_call_in_the_text_is_seen(text: str) -> None:
    assert written_call(text, OFFERED) in OFFERED


@pytest.mark.parametrize("text", PROSE.values(), ids=PROSE.keys())
def test_prose_and_code_are_left_alone(text: str) -> None:
    assert written_call(text, OFFERED) is None


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN.keys())
def test_nothing_is_a_call_where_no_tool_was_offered(text: str) -> None:
    assert written_call(text, frozenset()) is None


def test_markup_without_a_known_name_is_a_call_all_the_same() -> None:
    assert "a tool" == written_call('<tool_call>\n{"name": "lookup", "arguments": {}}', OFFERED)
