"""From chat-completions messages of any origin to a history that every host accepts, saying what was changed.

Total on any JSON.  Every text and every result that can be placed is kept; only what can stand nowhere is dropped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import cast

from attrs import define, field, frozen

from .messages import AssistantMessage, Call, Message, Part, Said, UserMessage, call_id
from .shapes import is_list, is_object, objects
from .text import legal_name, settle_arguments
from .turn import Entry, Outcome, OutcomeKind, SealedTurn

__all__ = ["Repaired", "read_history", "repair"]

_STANDARD = {
    "system": {"role", "content"},
    "developer": {"role", "content"},
    "user": {"role", "content"},
    "assistant": {"role", "content", "tool_calls", "reasoning_content", "refusal", "function_call"},
    "tool": {"role", "content", "tool_call_id"},
    "function": {"role", "content", "name"},
}
_OPENER = "(The conversation so far.)"
_NO_RESULT = "Tool error: no result of this call was recorded."


@frozen(kw_only=True)
class Repaired:
    """A history as entries, the system text that came with it, and what had to be changed, a line each."""

    system: str
    entries: tuple[Entry, ...]
    changes: tuple[str, ...]

    @property
    def minted(self) -> int:
        """How many call ids were given out."""
        return sum(len(entry.calls) for entry in self.entries if isinstance(entry, SealedTurn))

    @property
    def messages(self) -> list[Message]:
        """The history as messages, the system text first where there is one."""
        head: list[Message] = [{"role": "system", "content": self.system}] if self.system else []
        return head + [message for entry in self.entries for message in entry.to_messages()]


def repair(messages: object) -> tuple[list[Message], tuple[str, ...]]:
    """Return *messages* as a valid history, and what was changed; a valid history comes back with only its ids renewed."""
    repaired = read_history(messages)
    return repaired.messages, repaired.changes


def read_history(messages: object) -> Repaired:
    """Return *messages*, any JSON, as entries of a record."""
    readable = isinstance(messages, Iterable) and not isinstance(messages, str | bytes | Mapping)
    reader = _Reader(list(cast("Iterable[object]", messages)) if readable else [])
    if not reader.messages and messages:
        reader.changes.append("not a list of messages: nothing could be read")
    return reader.read()


@define
class _Reader:
    messages: list[object]
    changes: list[str] = field(factory=list[str])
    system: list[str] = field(factory=list[str])
    entries: list[Entry] = field(factory=list[Entry])
    used: set[int] = field(factory=set[int])
    minted: int = 0

    def read(self) -> Repaired:
        for index, message in enumerate(self.messages):
            self._read_one(index, message)
        if self.entries and not isinstance(self.entries[0], UserMessage):
            self.changes.append("the history did not begin with the user: an opening message was put before it")
            self.entries.insert(0, UserMessage(content=_OPENER, synthetic=True))
        return Repaired(system="\n\n".join(self.system), entries=tuple(self.entries), changes=tuple(self.changes))

    def _read_one(self, index: int, message: object) -> None:
        if not is_object(message):
            self._note(index, "dropped: not a message")
            return
        fields = message
        role = fields.get("role")
        if not isinstance(role, str) or role not in _STANDARD:
            self._note(index, f"dropped: no such role as {role!r}")
            return
        if extra := sorted(str(key) for key in set(fields) - _STANDARD[role]):
            self._note(index, f"fields dropped: {', '.join(extra)}")
        match role:
            case "system" | "developer":
                self._read_system(index, fields)
            case "user":
                self._read_user(index, fields)
            case "assistant":
                self._read_assistant(index, fields)
            case _:
                if index not in self.used:
                    self._note(index, "dropped: a result that answers no call")

    def _read_system(self, index: int, message: Mapping[str, object]) -> None:
        if text := _text(message.get("content")):
            self.system.append(text)
        if index:
            self._note(index, "a system message moved to the front")

    def _read_user(self, index: int, message: Mapping[str, object]) -> None:
        content = message.get("content")
        parts = tuple(_part(item) for item in objects(content))
        settled = _text(content) if all(part.kind == "text" for part in parts) else parts
        if settled.strip() if isinstance(settled, str) else settled:
            self.entries.append(UserMessage(content=settled))
        else:
            self._note(index, "dropped: an empty user message")

    def _read_assistant(self, index: int, message: Mapping[str, object]) -> None:
        said = Said(text=_text(message.get("content")) or _text(message.get("refusal")))
        asked = _asked(message)
        if asked:
            calls = tuple(self._call(index, fields) for fields in asked)
            outcomes = tuple(self._result(index, call) for call in calls)
            self.entries.append(SealedTurn(said=said, calls=calls, outcomes=outcomes))
        elif not said.is_blank:
            self.entries.append(AssistantMessage(said=said))
        else:
            self._note(index, "dropped: an assistant message with neither text nor calls")

    def _call(self, index: int, fields: Mapping[str, object]) -> Call:
        function = fields.get("function")
        inner = function if is_object(function) else fields
        name, raw, host_id = inner.get("name"), inner.get("arguments"), fields.get("id")
        text = raw if isinstance(raw, str) else _dump(raw)
        text = "{}" if text.strip() in ("", "null") else text
        arguments, problem = settle_arguments(text)
        named = name if isinstance(name, str) else ""
        if legal_name(named) != named:
            self._note(index, f"the tool name {named!r} became {legal_name(named)!r}")
        if problem or not isinstance(raw, str):
            self._note(index, f"call of {named!r}: {problem or 'the arguments were not a string'}")
        call = Call(
            id=call_id(self.minted),
            name=named,
            arguments=arguments,
            host_id=host_id if isinstance(host_id, str) else "",
            problem=problem,
        )
        self.minted += 1
        return call

    def _result(self, index: int, call: Call) -> Outcome:
        """Return the first unused result after *index* that answers *call*."""
        for place in range(index + 1, len(self.messages)):
            message = self.messages[place]
            if place in self.used or not is_object(message):
                continue
            if _asks_again(message, call):
                break
            if _answers(message, call):
                self.used.add(place)
                return Outcome(kind=OutcomeKind.RETURNED, content=_text(message.get("content")))
        self._note(index, f"the call of {call.name!r} had no result: one was put in its place")
        return Outcome(kind=OutcomeKind.LOST, content=_NO_RESULT)

    def _note(self, index: int, what: str) -> None:
        self.changes.append(f"message {index}: {what}")


def _answers(message: Mapping[str, object], call: Call) -> bool:
    if message.get("role") == "function":
        return not call.host_id and message.get("name") == call.name
    return message.get("role") == "tool" and (message.get("tool_call_id") or "") == call.host_id


def _asks_again(message: Mapping[str, object], call: Call) -> bool:
    """Whether this is a later assistant message with a call of the same id, which its results then belong to."""
    return message.get("role") == "assistant" and any((asked.get("id") or "") == call.host_id for asked in _asked(message))


def _asked(message: Mapping[str, object]) -> list[Mapping[str, object]]:
    legacy = message.get("function_call")
    return objects(message.get("tool_calls")) or ([legacy] if is_object(legacy) else [])


def _text(content: object) -> str:
    """Return the text of a message's content: a string, the text parts of a list, or what else it is as JSON."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if is_list(content):
        texts = (part.get("text") or part.get("refusal") for part in objects(content))
        return "".join(text for text in texts if isinstance(text, str))
    return _dump(content)


def _part(part: Mapping[str, object]) -> Part:
    kind = part.get("type")
    return Part(kind if isinstance(kind, str) else "", _dump(part))


def _dump(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return json.dumps(repr(value))
