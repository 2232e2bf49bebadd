"""The rules by name, what each asks for, and how hosts word the refusal of what breaks it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen

from .words import WORDS

__all__ = ["RULES", "Rule"]


@frozen
class Rule:
    """One rule: its *name*, and what it *asks* for in a sentence."""

    name: str
    asks: str

    @property
    def words(self) -> Mapping[str, str]:
        """How hosts word the refusal, by the host's name; empty where none is known to refuse it in so many words."""
        return WORDS.get(self.name, {})

    def worded(self, host: str) -> str:
        """Return `host: text` in the words of *host*, of another where those are not known; empty where none are."""
        known = host if host in self.words else next(iter(self.words), "")
        return f"{known}: {self.words[known]}" if known else ""


_ASKS: Final = {
    "V1": "The role of a message is one the host knows; `system`, `user`, `assistant` and `tool` everywhere.",
    "V2": "The messages are an array of objects; a request has at least one.",
    "V3": "Every message but the assistant's has `content`, and it is a text, be it an empty one.",
    "V4": "The assistant's `content` is a text; null where there are only calls.",
    "V5": "An assistant's message has a text or calls (older tokenizers: not both).",
    "V6": "`tool_calls` and `tools` are left out rather than empty.",
    "V7": "A key without a value is left out rather than null; only the assistant's `content` may be null.",
    "V8": "Messages and calls have no keys but those the host knows.",
    "V9": "Lists of parts hold at least one part, each with a type; anything but text only where the user speaks.",
    "V10": "Every text is well-formed Unicode: no lone surrogate, no NUL, not even inside the arguments of a call.",
    "V11": "No text is longer than 10,485,760 characters, no part nested deeper than 100 levels.",
    "V12": "The `name` of a message, where it may have one, is made of letters, digits, `_` and `-`.",
    "V13": "Every call is answered by a result before the next turn.",
    "V14": "A result follows the message that made its call, or another result of it.",
    "V15": "The `tool_call_id` of a result names a call of its own group.",
    "V16": "An id names one call and one result of the whole history.",
    "V17": "The results of a message stand in the order of its calls: some hosts match them by position.",
    "V18": "Nothing stands between calls and their results.",
    "V19": "The history does not end with calls that have no results.",
    "V22": "There is one system message at most, and it is the first message.",
    "V23": "User and assistant take turns (templates of older models).",
    "V24": "The user does not speak directly after a result.",
    "V25": "A request ends with the user or with a result.",
    "V26": "After the system message the user speaks first.",
    "V28": 'A call is `{"id", "type": "function", "function": {"name", "arguments"}}`, nothing missing.',
    "V29": "A call's id is of the form the host asks for; nine letters and digits will do nearly everywhere.",
    "V30": "The name of a function is 1 to 64 letters, digits, `_` and `-`, in the history too.",
    "V31": "The arguments of a call are a text, and the text is one JSON object, each key once.",
    "V32": "`tool_calls` stands in place of the old `function_call`.",
    "V33": "Tools are of type `function`, no more than the host takes, each named differently, with the schema of an object.",
    "V34": "`tool_choice` and `parallel_tool_calls` come with tools only.",
    "V35": "While the history has calls, the request has tools.",
    "V36": "`tool_choice` has a value that the host knows; a named function is one of the tools.",
    "V37": "The schema of a tool that is `strict` keeps to the part of JSON Schema that strict tools may use.",
    "V40": "The body has no keys but those the host knows, and asks for one answer.",
    "V41": "Where the host asks for it, a message with calls has the reasoning it came with.",
    "V47": "Where the host refuses it, no reasoning is sent back.",
}

RULES: Final[Mapping[str, Rule]] = {name: Rule(name, asks) for name, asks in _ASKS.items()}
"""Every rule that a finding can name, in order."""
