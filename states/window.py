"""How much of what came before is shown to the model: the newest messages, cut where a history may begin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import TypeVar

from .messages import UserMessage
from .shapes import is_object, objects
from .turn import Entry, SealedTurn

__all__ = ["window", "window_of_messages"]

M = TypeVar("M", bound=Mapping[str, object])


def window(entries: tuple[Entry, ...], keep: int | None) -> int:
    """Return the index of the first entry to show so that about *keep* messages are shown; None shows all.

    A history may begin where the user speaks, or be empty: of these places the one nearest to the newest *keep* messages
    is taken, the earlier of two.  A call and its results are never parted.
    """
    if keep is None:
        return 0
    newest_first = ((_size(entry), isinstance(entry, UserMessage)) for entry in reversed(entries))
    return _cut(newest_first, len(entries), keep)


def window_of_messages(messages: Sequence[M], keep: int | None) -> list[M]:
    """Return about the newest *keep* of chat-completions *messages*, cut where a history may begin; None keeps all.

    That is at a message of the user's which stands inside no group of calls and results, or at the end: of these places the
    nearest is taken, the earlier of two.  System messages at the front stay, beside the count.  Total on any JSON; of a
    valid history comes a valid one.
    """
    if not isinstance(messages, list | tuple):  # pyright: ignore[reportUnnecessaryIsInstance]  # any JSON may come
        return []
    if keep is None:
        return [*messages]
    roles = [_role(message) for message in messages]
    head = next((index for index, role in enumerate(roles) if role not in ("system", "developer")), len(roles))
    inside = _inside_a_group(messages)
    newest_first = ((1, roles[index] == "user" and not inside[index]) for index in range(len(roles) - 1, head - 1, -1))
    return [*messages[:head], *messages[_cut(newest_first, len(roles), keep) :]]


def _cut(newest_first: Iterable[tuple[int, bool]], length: int, keep: int) -> int:
    """Return where to begin so that about *keep* are shown, given of each item how many it counts and whether it may begin."""
    best, least, shown = length, keep, 0
    for back, (size, may_begin) in enumerate(newest_first, start=1):
        shown += size
        if may_begin and abs(shown - keep) <= least:
            best, least = length - back, abs(shown - keep)
        if shown > 2 * keep:
            break
    return best


def _size(entry: Entry) -> int:
    if not isinstance(entry, SealedTurn):
        return 1
    return 1 + len(entry.calls) + any(outcome.parts for outcome in entry.outcomes)  # what they returned follows as a message


def _inside_a_group(messages: Sequence[object]) -> list[bool]:
    """Return of each message whether a call before it has its result in or after it."""
    change = [0] * (len(messages) + 1)
    asked: dict[str, int] = {}
    newest: int | None = None
    for index, message in enumerate(messages):
        if _role(message) in ("tool", "function"):
            named = message.get("tool_call_id") if is_object(message) else None
            asker = asked.get(named, newest) if isinstance(named, str) else newest
            if asker is not None:
                change[asker + 1] += 1
                change[index + 1] -= 1
        elif _role(message) == "assistant" and is_object(message) and ({"tool_calls", "function_call"} & message.keys()):
            newest = index
            asked |= dict.fromkeys(_ids(message), index)
    return [depth > 0 for depth in accumulate(change[:-1])]


def _ids(message: Mapping[str, object]) -> list[str]:
    ids = (call.get("id") for call in objects(message.get("tool_calls")))
    return [call_id for call_id in ids if isinstance(call_id, str)]


def _role(message: object) -> object:
    return message.get("role") if is_object(message) else None
