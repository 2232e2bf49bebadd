"""The calls in an assistant's message, in whatever form they were written."""

from __future__ import annotations

import json
from collections.abc import Mapping

from attrs import frozen

from ..shapes import is_list, is_object
from ..text import legal_name, settle_arguments
from .content import dump
from .notes import Notes, shown

__all__ = ["Asked", "key_of", "read_calls"]


@frozen(kw_only=True)
class Asked:
    """A call.  *key* is what its results name it by: its id, where *has_text_id*, else the id's JSON; None for no id.

    *arguments* are well-formed; *problem* says why they are not one JSON object.
    """

    key: str | None
    has_text_id: bool
    name: str
    given_name: str
    arguments: str
    problem: str | None

    @property
    def sendable(self) -> str:
        """The arguments as one JSON object: what is none is kept in one, as a text."""
        return self.arguments if self.problem is None else json.dumps({"INVALID_JSON": self.arguments}, ensure_ascii=False)


def read_calls(index: int, message: Mapping[str, object], notes: Notes) -> tuple[Asked, ...]:
    """Return the calls of the *message* at *index*; what is none is dropped, and what is changed is noted."""
    given, legacy = message.get("tool_calls"), message.get("function_call")
    if "tool_calls" in message and not is_list(given):
        notes.add(index, "fields dropped: tool_calls", "messages" if given is None else "both")
    calls = tuple(_Reading(index, notes).call(call) for call in given if is_object(call)) if is_list(given) else ()
    if is_list(given) and len(calls) < len(given):
        notes.add(index, "a call that is none was dropped")
    if is_list(given) and not given:
        notes.add(index, "fields dropped: tool_calls, which held no call", "messages")
    if "function_call" not in message:
        return calls
    if calls or not is_object(legacy):
        notes.add(index, "fields dropped: function_call", "both" if is_object(legacy) else "messages")
        return calls
    notes.add(index, "a function_call became a call", "messages")
    return (_Reading(index, notes).call({"function": legacy, "type": "function"}),)


def key_of(call_id: object) -> str | None:
    """Return what tells a call's id from others; None for no id."""
    if isinstance(call_id, str):
        return call_id or None
    return None if call_id is None else dump(call_id)


@frozen
class _Reading:
    """The message whose calls are read."""

    index: int
    notes: Notes

    def call(self, call: Mapping[str, object]) -> Asked:
        """Return *call* as it may be sent."""
        inner = self._function(call)
        name = inner.get("name")
        given_name = name if isinstance(name, str) else ""
        if legal_name(given_name) != name:
            self.notes.add(self.index, f"the tool name {shown(name)} became {legal_name(given_name)!r}")
        arguments, problem = self._arguments(given_name, inner.get("arguments"))
        return Asked(
            key=key_of(call.get("id")),
            has_text_id=isinstance(call.get("id"), str),
            name=legal_name(given_name),
            given_name=given_name,
            arguments=arguments,
            problem=problem,
        )

    def _function(self, call: Mapping[str, object]) -> Mapping[str, object]:
        """Return what holds the name and the arguments of *call*."""
        function, custom = call.get("function"), call.get("custom")
        if is_object(function):
            inner, known = function, {"id", "type", "function"}
            if call.get("type") != "function":
                self.notes.add(self.index, "a call without its type was given it", "messages")
        elif is_object(custom):
            inner, known = {"name": custom.get("name"), "arguments": {"input": custom.get("input")}}, {"id", "type", "custom"}
            self.notes.add(self.index, "a custom call became a call of a function")
        else:
            inner, known = {key: call[key] for key in ("name", "arguments") if key in call}, {"id", "type", "name", "arguments"}
            self.notes.add(self.index, "a call without its function was written anew", "messages")
        if extra := sorted(str(key) for key in (set(call) - known) | (set(inner) - {"name", "arguments"})):
            said = f"fields of a call dropped: {', '.join(extra)}"
            self.notes.add(self.index, said, "messages" if extra == ["index"] else "both")
        return inner

    def _arguments(self, name: str, given: object) -> tuple[str, str | None]:
        """Return the arguments to record, and what is wrong with them."""
        text = given if isinstance(given, str) else dump(given)
        if text.strip() in ("", "null"):
            self.notes.add(self.index, f"call of {shown(name)}: no arguments became an empty object", "messages")
            return "{}", None
        arguments, problem = settle_arguments(text)
        if problem:
            said = f"call of {shown(name)}: {problem}"
            self.notes.add(self.index, said, "record")
            self.notes.add(self.index, f"{said}; they are kept as a text", "messages")
        elif not isinstance(given, str):
            self.notes.add(self.index, f"call of {shown(name)}: the arguments were not a string")
        elif arguments != given:
            self.notes.add(self.index, f"call of {shown(name)}: characters that are none were replaced in the arguments")
        return arguments, problem
