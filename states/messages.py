"""The entries of a history that stand alone, and the small values they are made of.

The record keeps what arrived, verbatim: arguments as the text the model wrote, the host's own call ids, reasoning blobs
as the JSON text they came in.  What each host may be sent of it is the projection's business.
"""

from __future__ import annotations

import json
import re
from typing import TypeAlias

from attrs import field, frozen
from attrs.converters import optional
from attrs.validators import instance_of

from .text import legal_name, settle_arguments, settle_part, well_formed

__all__ = [
    "AssistantMessage",
    "Call",
    "JSONValue",
    "Message",
    "Opaque",
    "Origin",
    "Part",
    "Said",
    "UserMessage",
    "call_id",
    "call_number",
]

JSONValue: TypeAlias = "str | int | float | bool | list[JSONValue] | dict[str, JSONValue] | None"
Message: TypeAlias = dict[str, JSONValue]
"""One chat-completions message as plain JSON."""


@frozen
class Part:
    """One part of a user's message that is not plain text: *kind* as the wire names it, *json* the whole part as text.

    Raises ValueError where *json* is no object with a `type`.
    """

    kind: str = field(converter=well_formed)
    json: str = field(converter=settle_part)


@frozen
class Origin:
    """Which model at which host said something; reasoning blobs go back to the same pair only."""

    host: str = field(converter=well_formed)
    model: str = field(converter=well_formed)


@frozen
class Opaque:
    """A field the host wants back byte for byte: the wire's *key* and the value's JSON text."""

    key: str = field(converter=well_formed)
    json: str = field(converter=well_formed)


@frozen(kw_only=True)
class Call:
    """One tool call as recorded.

    *id* is ours, unique in the conversation: nine letters and digits, which every host accepts.  *arguments* is the text
    as the model wrote it, *host_id* the id the host gave.  *problem* says why the call can not be run as it stands.
    """

    id: str
    name: str = field(converter=legal_name)
    arguments: str = field(default="{}", converter=well_formed)
    host_id: str = field(default="", converter=well_formed)
    opaque: tuple[Opaque, ...] = ()
    problem: str | None = field(default=None, converter=optional(well_formed))

    def __attrs_post_init__(self) -> None:
        """Refuse arguments that could not be sent and are not marked: they would poison the history."""
        if self.problem is None and (flaw := settle_arguments(self.arguments)[1]) is not None:
            raise ValueError(f"call {self.id}: {flaw}; a call with a flaw carries it as its problem")

    @property
    def sendable_arguments(self) -> str:
        """The argument text for the wire: *arguments*, or an empty object for a call with a problem.

        Hosts that parse the history refuse, for ever, a conversation in which this is not one JSON object (llama.cpp
        answers 500 "Failed to parse tool call arguments as JSON").  The call's outcome tells the model what was wrong.
        """
        return self.arguments if self.problem is None else "{}"

    def to_message(self) -> JSONValue:
        """Return the call as an entry of `tool_calls`, under our own id."""
        function: JSONValue = {"name": self.name, "arguments": self.sendable_arguments}
        return {"id": self.id, "type": "function", "function": function}


@frozen(kw_only=True)
class Said:
    """What the assistant said besides its calls.  *finish* is the host's `finish_reason`, kept for the curious."""

    text: str = field(default="", converter=well_formed)
    reasoning: str = field(default="", converter=well_formed)
    opaque: tuple[Opaque, ...] = ()
    origin: Origin | None = None
    finish: str | None = field(default=None, converter=optional(well_formed))

    @property
    def is_blank(self) -> bool:
        """Whether there is no text to speak of."""
        return not self.text.strip()


def _settle_content(content: str | tuple[Part, ...]) -> str | tuple[Part, ...]:
    return well_formed(content) if isinstance(content, str) else tuple(content)


def _something(instance: object, attribute: object, value: str | tuple[Part, ...]) -> None:
    if not (value.strip() if isinstance(value, str) else value):
        raise ValueError("a user's message needs a text or at least one part")


@frozen(kw_only=True)
class UserMessage:
    """What the user said; *synthetic* when the library said it in the user's place, to nudge the model."""

    content: str | tuple[Part, ...] = field(converter=_settle_content, validator=_something)
    synthetic: bool = False

    def to_messages(self) -> tuple[Message, ...]:
        """Return it as one chat-completions message."""
        if isinstance(self.content, str):
            return ({"role": "user", "content": self.content},)
        parts: list[JSONValue] = [json.loads(part.json) for part in self.content]
        return ({"role": "user", "content": parts},)


def _not_blank(instance: object, attribute: object, value: Said) -> None:
    if value.is_blank:
        raise ValueError("an assistant's message without calls needs a text: hosts refuse an empty one")


@frozen(kw_only=True)
class AssistantMessage:
    """An answer, without calls.  *synthetic* when the library wrote it: the summary of a run that met its limit."""

    said: Said = field(validator=[instance_of(Said), _not_blank])
    synthetic: bool = False

    def to_messages(self) -> tuple[Message, ...]:
        """Return it as one chat-completions message."""
        return ({"role": "assistant", "content": self.said.text},)


_OURS = re.compile(r"call[0-9a-z]{5,12}")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def call_id(number: int) -> str:
    """Return the id of the conversation's call of that number: `call` and five base-36 digits (60 million calls).

    Nine letters and digits is the one form that every host accepts (Mistral asks for exactly that).
    """
    digits = ""
    while number or len(digits) < 5:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return f"call{digits}"


def call_number(identity: str) -> int:
    """Return the number of a call id of ours; -1 for any other text."""
    return int(identity[4:], 36) if _OURS.fullmatch(identity) else -1
