"""Messages among each other: calls and their results, and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from attrs import define, field

from .kinds import brief, is_array, is_object
from .profile import Profile

__all__ = ["Placed", "order_faults", "pairing_faults"]

Placed: TypeAlias = tuple[str, int | None, str]
"""The rule that is broken, at which message, and what is wrong in words."""


def pairing_faults(messages: Sequence[object]) -> Iterator[Placed]:
    """R5: each call has one result, right behind it and in call order; each id is used once in the whole history."""
    group = _Group()
    for index, message in enumerate(messages):
        role = _role(message)
        if role == "tool" and is_object(message):
            yield from group.answered(index, message.get("tool_call_id"))
            continue
        if group.owed:
            rule, before = ("V13", "the next turn") if role == "assistant" else ("V18", f"a message by {_said(role)}")
            yield rule, index, f"{group.said_owed} before {before}"
            group.owed.clear()
        if role == "assistant":
            yield from group.opened(index, _ids(message))
    if group.owed:
        yield "V13", group.index, f"{group.said_owed} at all"
        yield "V19", len(messages) - 1, f"the history ends while {group.said_owed}"


@define
class _Group:
    """The open group: the ids whose results are still to come, and every id that was ever used."""

    index: int = 0
    owed: list[str] = field(factory=list[str])
    seen: set[str] = field(factory=set[str])

    @property
    def said_owed(self) -> str:
        """What is missing, in words."""
        ids = ", ".join(brief(call_id) for call_id in self.owed[:3])
        more = f" and {len(self.owed) - 3} more" if len(self.owed) > 3 else ""
        return f"{ids}{more} of message {self.index} has no result"

    def opened(self, index: int, ids: list[str]) -> Iterator[Placed]:
        """Open the group of the assistant's message at *index*."""
        self.index = index
        for call_id in ids:
            if call_id in self.seen:
                yield "V16", index, f"the call id {brief(call_id)} was used before"
            self.seen.add(call_id)
            self.owed.append(call_id)

    def answered(self, index: int, call_id: object) -> Iterator[Placed]:
        """Take the result at *index* off what is owed."""
        if not self.owed:
            yield "V14", index, "a result that follows no call"
        if not isinstance(call_id, str):
            return
        if call_id in self.owed:
            if call_id != self.owed[0]:
                yield "V17", index, f"the result of {brief(call_id)} stands before that of {brief(self.owed[0])}"
            self.owed.remove(call_id)
        elif call_id in self.seen:
            yield "V16", index, f"another result of {brief(call_id)}"
        elif self.owed:
            yield "V15", index, f"no call has the id {brief(call_id)}"


def order_faults(messages: Sequence[object], profile: Profile, *, sendable: bool) -> Iterator[Placed]:
    """R6: where the system speaks, who begins, who may follow whom, who comes last."""
    roles = [_role(message) for message in messages]
    if profile.single_system:
        for index, role in enumerate(roles):
            if role in ("system", "developer") and index:
                yield "V22", index, f"a message by {role} that is not the first message"
    first = next((index for index, role in enumerate(roles) if role not in ("system", "developer")), None)
    if first is not None and roles[first] != "user":
        yield "V26", first, f"the conversation begins with {_said(roles[first])}, not with the user"
    for index in range(1, len(messages)):
        yield from _follows(index, messages, roles, profile)
    if sendable and not roles:
        yield "V2", None, "there is no message"
    if sendable and roles and roles[-1] not in ("user", "tool"):
        yield "V25", len(roles) - 1, f"the last message is by {_said(roles[-1])}, not by user or tool"


def _follows(index: int, messages: Sequence[object], roles: list[str], profile: Profile) -> Iterator[Placed]:
    before, now = roles[index - 1], roles[index]
    if profile.bridge_after_tool and (before, now) == ("tool", "user"):
        yield "V24", index, "a user's message directly after a result"
    if profile.alternate and before == now == "user":
        yield "V23", index, "two messages by the user in a row"
    if profile.alternate and before == now == "assistant" and not _ids(messages[index]) and not _ids(messages[index - 1]):
        yield "V23", index, "two messages by the assistant in a row"


def _role(message: object) -> str:
    role = message.get("role") if is_object(message) else None
    return role if isinstance(role, str) else ""


def _said(role: str) -> str:
    return role if role in ("system", "developer", "user", "assistant", "tool") else brief(role) if role else "nobody"


def _ids(message: object) -> list[str]:
    calls = message.get("tool_calls") if is_object(message) else None
    ids = [call.get("id") for call in calls if is_object(call)] if is_array(calls) else []
    return [call_id for call_id in ids if isinstance(call_id, str)]
